"""Training as a moving picture: a small GAN learns a mixture of Gaussians."""

import logging
import os

import keras
import numpy as np
import tensorflow as tf

from ganzoo import randomness
from ganzoo.demo import pictures
from ganzoo.demo.mixtures import Coverage, Mixture
from ganzoo.demo.point_critics import PointDRAGAN, PointWGANGP
from ganzoo.demo.point_gan import PointGAN
from ganzoo.errors import InputError, unknown
from ganzoo.images.animations import captioned, check_animation, save_animation
from ganzoo.models.latent import LatentModel

BATCH_SIZE = 512
EVALUATED = 2500  # samples, as many as Srivastava et al. (2017) take
SHOWN = 500  # points in a picture
FRAMES = 50
MODELS = {"gan": PointGAN, "wgan_gp": PointWGANGP, "dragan": PointDRAGAN}

log = logging.getLogger(__name__)


def gaussian(
    output: str | os.PathLike | None = None,
    *,
    model: str = "gan",
    modes: int = 8,
    dimensions: int = 2,
    grid: bool = False,
    steps: int = 4000,
    discriminator_steps: int = 1,
    seed: int = 0,
    fps: float = 10.0,
) -> Coverage:
    """Trains a small GAN on a mixture of Gaussians and draws how it converges.

    Args:
        output: a `.gif` or `.mp4` file; left out, none is written.
        model: the GAN of points: `"gan"`, `"wgan_gp"` or `"dragan"`.
        modes: Gaussians of the mixture, 1 to 20; on a grid 1, 4, 9, 16 or 25.
        dimensions: 2, a ring, or 1, a row.
        grid: a square grid in place of the ring.
        steps: of training, at least 1; both learning rates fall to zero over them.
        discriminator_steps: the discriminator's updates in each of them, k of algorithm 1; of
            `"gan"` alone.
        seed: of weights, noise and data.
        fps: frames a second.

    Returns:
        What the samples of the end cover, see `Mixture.coverage`.

    Raises:
        InputError: if an argument is out of range.
        ResourceError: if the output cannot be written.
    """
    if model not in MODELS:
        raise unknown("model of points", model, MODELS)
    if discriminator_steps != 1 and model != "gan":
        raise InputError(
            f"discriminator_steps is of the model 'gan'. Received: {discriminator_steps}, {model!r}"
        )
    mixture = Mixture(modes, dimensions, grid)
    if min(steps, discriminator_steps) < 1:
        raise InputError(
            "steps and discriminator_steps must be at least 1. "
            f"Received: {steps}, {discriminator_steps}"
        )
    if output is not None:
        check_animation(output, fps)
    randomness.seed_initializers(seed)
    # As many latents as dimensions: with more, modes of a row are lost.
    own = {"discriminator_steps": discriminator_steps} if model == "gan" else {}
    network = MODELS[model](dimensions, dimensions, seed=seed, **own)
    network.compile(*network.default_optimizers(steps=steps))
    film = Film(mixture, network, max(1, steps // FRAMES))
    data = mixture.batches(network.batches_per_step * BATCH_SIZE, seed)
    network.fit(data, steps_per_epoch=steps, verbose=0, shuffle=False, callbacks=[film])
    if output is not None:
        save_animation(output, film.frames, fps, hold=2.0)
    return film.coverage


class Film(keras.callbacks.Callback):
    """Draws a frame of training every so many steps, and the last one at its end.

    Attributes:
        frames: the pictures, uint8 `(height, width, 3)`, the step and the modes found above each.
        coverage: what the samples of the newest one cover.
    """

    def __init__(self, mixture: Mixture, model: LatentModel, every_steps: int):
        super().__init__()
        self.mixture = mixture
        self.every_steps = every_steps
        self.frames: list[np.ndarray] = []
        key = randomness.key(model.seed, "shown", 0)
        self.latents = model.prior.draw((EVALUATED, model.latent_dim), key)
        self.data = mixture.draw(SHOWN, seed=model.seed, step=-1).numpy()
        self.places = pictures.places(mixture)

    def on_train_begin(self, logs=None):
        self._draw(0)

    def on_train_batch_end(self, batch, logs=None):
        if (batch + 1) % self.every_steps == 0:
            self._draw(batch + 1)

    def on_train_end(self, logs=None):
        if int(self.model.step) % self.every_steps:
            self._draw(int(self.model.step))

    def _draw(self, step):
        samples = self.model(self.latents).numpy()
        scores = self.model.discriminator(self.places)
        if self.model.decision_threshold is None:  # a critic's scores have no zero
            scores -= tf.reduce_mean(scores)
        answers = tf.sigmoid(scores).numpy()
        self.coverage = self.mixture.coverage(samples)
        found = f"{self.coverage.modes_found} of {self.mixture.modes} modes"
        shown = samples if self.mixture.dimensions == 1 else samples[:SHOWN]
        picture = pictures.draw(self.mixture, self.data, shown, answers[:, 0])
        self.frames.append(captioned(picture, f"step {step:,}: {found}"))
        if len(self.frames) % 10 == 1:
            log.info("step %d: %s, %.0f %% of samples good", step, found, 100 * self.coverage[1])
