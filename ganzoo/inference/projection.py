"""`project`: from images back to latents, those whose image is nearest, by gradient descent."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError
from ganzoo.inference.encodings import Found, encodings, given_images, write_found
from ganzoo.inference.sources import (
    Label,
    LatentSource,
    background_of,
    checked_labels,
    images_of,
    latent_space_of,
    open_source,
)
from ganzoo.metrics.pairs import psnr
from ganzoo.runs.loading import load_model
from ganzoo.saving.files import path_of

AT_ONCE = 32  # latents that are searched for together
CANDIDATES = 256  # seeds that the initialisations are chosen from


def project(
    run: LatentSource,
    images: np.ndarray | str | os.PathLike | Sequence[str | os.PathLike],
    *,
    steps: int = 500,
    restarts: int = 4,
    learning_rate: float = 0.1,
    extractor: str | os.PathLike | keras.Model | Callable | None = None,
    feature_weight: float = 1.0,
    label: Label | None = None,
    seed: int = 0,
    output: str | os.PathLike | None = None,
    checkpoint: str | int = "newest",
) -> Found:
    """Finds the latents whose images are nearest to given ones.

    Minimises mean (G(z) - x)^2 and, with an extractor f, `feature_weight` times mean
    (f(G(z)) - f(x))^2 over z, with Adam, whose learning rate falls to zero in a half cosine; of
    the restarts the one with the smallest loss wins. Initialisations are the latents of those of
    256 seeds whose images are nearest; where the model has an encoder, what that finds comes first.
    After each step z is clipped to its prior's bounds, where it has any. Without bounds nothing
    keeps z where latents are likely: for images unlike all that the model generates it may end far
    out.

    Args:
        run: a run folder, an exported SavedModel's, or a model that samples from noise.
        images: float `(count, height, width, channels)` in [-1, 1], or one such image, or the path
            of a picture, or a list of them, all of the model's `image_shape`. Behind what is
            transparent in a picture is what the run's data has there, `background`; white, where
            `run` is no run folder.
        steps: of Adam.
        restarts: the number of initialisations for each image, 1 to 256.
        learning_rate: Adam's first.
        extractor: a model, function or `.keras` file that makes features of float images in
            [-1, 1]; left out, pixels alone count.
        feature_weight: the weight of the features' term.
        label: for a model with labels, the class of the images, or their attributes by name.
        seed: the first of the seeds for initialisations.
        output: a folder for the found latents, `NAME.npy` for each picture, their images next to
            the pictures, `NAME.png`, and `latents.npy`, all of them.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Raises:
        InputError: for images of another size or range, a setting out of range, a label for a model
            without any, none for a model with labels, or a model that states no prior.
        ResourceError: if `run` is no trained run and no export, a picture cannot be read, or the
            output cannot be written.
    """
    if steps < 1 or not 1 <= restarts <= CANDIDATES or learning_rate <= 0 or feature_weight < 0:
        raise InputError(
            f"steps must be at least 1, restarts 1 to {CANDIDATES}, learning_rate above 0 and "
            "feature_weight at least 0. "
            f"Received: {steps}, {restarts}, {learning_rate}, {feature_weight}"
        )
    if not 0 <= seed <= 2**63 - CANDIDATES:
        raise InputError(f"Seeds must be in 0 to 2^63 - 1. Received: {seed}")
    model = open_source(run, checkpoint)
    latent_space = latent_space_of(model, ", whose bounds projection needs")
    if label is None and abilities_of(model).takes_labels:
        raise InputError("This model makes images of a label; say which (label). Received: none")
    labels = checked_labels(model, None if label is None else [label])
    names, targets = given_images(images, model.image_shape, background_of(run))
    if isinstance(extractor, (str, Path)):
        extractor = load_model(extractor, compile=False)

    seeds = tf.range(seed, seed + CANDIDATES, dtype=tf.int64)
    candidates = model.latents_of_seeds(seeds).numpy()
    made = images_of(model, candidates, labels)
    distances = np.stack([((made - target) ** 2).mean((1, 2, 3)) for target in targets])
    starts = candidates[np.argsort(distances, 1, kind="stable")[:, :restarts]]
    if abilities_of(model).encodes:
        starts[:, 0] = encodings(model, targets)

    losses = _losses_of(model, labels, extractor, feature_weight)
    found = []
    together = max(1, AT_ONCE // restarts)
    for first in tqdm(range(0, len(targets), together), "Projecting", unit="batch", delay=2):
        some = slice(first, first + together)
        latents, values = _descend(
            losses, starts[some].reshape(-1, starts.shape[-1]),
            np.repeat(targets[some], restarts, 0), steps, learning_rate, latent_space,
        )  # fmt: skip
        best = values.reshape(-1, restarts).argmin(1)
        found.append(latents.reshape(len(best), restarts, -1)[np.arange(len(best)), best])
    latents = np.concatenate(found)
    made = images_of(model, latents, labels)
    if output is not None:
        write_found(path_of(output), names, latents, targets, made)
    return Found(latents, made, psnr(made, targets))


def _losses_of(model, labels, extractor, feature_weight):
    """Returns the function of latents and target images, a row each, that gives their losses."""

    def losses(latents, targets):
        inputs = latents
        if labels:
            inputs = latents, tf.repeat(tf.constant(labels[:1]), tf.shape(latents)[0], axis=0)
        images = model(inputs, training=False)
        values = tf.reduce_mean((images - targets) ** 2, (1, 2, 3))
        if extractor is not None:
            difference = extractor(images) - extractor(targets)
            squares = tf.reshape(difference**2, [tf.shape(images)[0], -1])
            values += feature_weight * tf.reduce_mean(squares, 1)
        return values

    return losses


def _descend(losses, initial, targets, steps, learning_rate, latent_space):
    """Returns the latents that Adam finds from initial ones, and their losses."""
    latents = tf.Variable(initial)
    targets = tf.constant(targets)
    rates = keras.optimizers.schedules.CosineDecay(learning_rate, steps)
    optimizer = keras.optimizers.Adam(rates)
    optimizer.build([latents])

    @tf.function
    def search():
        for _ in tf.range(steps):
            with tf.GradientTape() as tape:
                # A sum: rows do not depend on each other.
                loss = tf.reduce_sum(losses(latents, targets))
            optimizer.apply([tape.gradient(loss, latents)], [latents])
            latents.assign(tf.clip_by_value(latents, latent_space.low, latent_space.high))
        return losses(latents, targets)

    values = search().numpy()
    return latents.numpy(), values
