"""ProGAN.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", 2018, arXiv:1710.10196.

Objective (appendix A.1, WGAN-GP's and a drift that keeps scores near zero):

    min_D  E_z[D(G(z))] - E_x[D(x)] + lambda E_x'[(|grad D(x')|_2 / gamma - 1)^2] + eps E_x[D(x)^2]
    max_G  E_z[D(G(z))]

Training begins with images of 4x4 pixels. Layers for twice the side are faded in, in both networks
and in the real images, then trained for as long, until the images have their size.

*Differs from the paper*

* The batch has one size at all resolutions; the paper's falls from 16 to 3 beyond 256x256.
* Level and mixture change from step to step; in the authors' code after every fourth.
* The minibatch standard deviation is of images that follow one another, `MinibatchDeviation`.
* The generator's update comes after the discriminator's at every size; in the authors' code for
  CIFAR-10 both are of the same pass.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import growth, losses, penalties
from ganzoo.models.growing import GrowingModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import progan
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class ProGAN(GrowingModel):
    """Progressively growing GAN (arXiv:1710.10196): latents to square images.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], of the whole size
    from the first step on. Calling the model, or `predict`, takes latents `(batch, latent_dim)`,
    N(0, 1), and returns such images, as detailed as the networks have grown. A critic's scores mean
    nothing by themselves: look at `wasserstein_distance`.

    Args:
        image_shape: `(side, side, channels)`; side 4, 8, 16, 32, ..., channels 1 or 3.
        latent_dim: length of z.
        filters: the most channels that maps have.
        base: maps of side s have 2 * base / s channels, where that is less.
        stable_images: real images for which a resolution is trained.
        fade_images: real images over which the next one is faded in.
        minibatch_group: images of which the discriminator sees the standard deviation; it divides
            the batch on each device.
        lambda_gp: weight of the penalty.
        penalty_target: gamma, the norm that the penalty wants gradients to have.
        drift: eps, weight of the mean square of real scores.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import ProGAN
    >>> model = ProGAN(
    ...     image_shape=(8, 8, 1), latent_dim=4, filters=4, base=16, stable_images=4,
    ...     fade_images=4, minibatch_group=2,
    ... )
    >>> model.compile()  # the paper's optimizers: Adam, 1e-3, beta_1 0, beta_2 0.99
    >>> _ = model.fit(np.zeros((4, 8, 8, 1), "float32"), batch_size=2, verbose=0)
    >>> model.predict(np.zeros((3, 4), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    loss_names = ("discriminator_loss", "generator_loss", "wasserstein_distance", "gradient_norm")
    decision_threshold = discriminator_loss_at_chance = None  # a critic
    prior = Normal()
    # Appendix A.1: a batch of 16, and mirrored images. The paper counts 12 million of them.
    recipe = {"batch_size": 16, "epochs": 100, "sample_count": 64, "horizontal_flip": True}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (128, 128, 3),
        latent_dim: int = 512,
        filters: int = 512,
        base: int = 8192,
        stable_images: int = 800_000,
        fade_images: int = 800_000,
        minibatch_group: int = 16,
        lambda_gp: float = 10.0,
        penalty_target: float = 1.0,
        drift: float = 0.001,
        seed: int = 0,
        moving_average: float = 0.999,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = latent_dim, filters, base, minibatch_group
        weights = lambda_gp, drift
        if min(counts) < 1 or min(weights) < 0 or penalty_target <= 0:
            raise InputError(
                "latent_dim, filters, base and minibatch_group must be at least 1, lambda_gp and "
                "drift at least 0, and penalty_target above 0. "
                f"Received: {', '.join(map(str, (*counts, *weights, penalty_target)))}"
            )
        last = progan.levels_of(image_shape)  # raises if there is no such network
        self.schedule = growth.Schedule(0, last, stable_images, fade_images)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.filters = filters
        self.base = base
        self.stable_images = stable_images
        self.fade_images = fade_images
        self.minibatch_group = minibatch_group
        self.lambda_gp = lambda_gp
        self.penalty_target = penalty_target
        self.drift = drift
        # === Networks ===
        self.generator = progan.generator(
            self.image_shape, latent_dim, filters, base, self.dtype_policy
        )
        self.discriminator = progan.discriminator(
            self.image_shape, filters, base, minibatch_group, self.dtype_policy
        )
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3, beta_1: float = 0.0, beta_2: float = 0.99):
        """Adam for each network (appendix A.1), which begins anew with each stage of growth."""
        return adam_pair(learning_rate, beta_1, beta_2)

    def wasserstein_distance(self, real_scores, fake_scores):
        """E_x[D(x)] - E_z[D(G(z))], an estimate of the distance that the critic measures."""
        return losses.score_difference(real_scores, fake_scores)

    def discriminator_loss(self, real_scores, fake_scores, norms):
        """The first line of the objective.

        Args:
            real_scores: D(x).
            fake_scores: D(G(z)).
            norms: |grad D(x')|_2, `(batch,)`, for x' between a real and a generated image.
        """
        penalty = penalties.unit_norm_penalty(norms / self.penalty_target)
        drift = tf.reduce_mean(real_scores**2)
        distance = self.wasserstein_distance(real_scores, fake_scores)
        return self.lambda_gp * penalty + self.drift * drift - distance

    def generator_loss(self, fake_scores):
        """- E_z[D(G(z))]."""
        return losses.critic_generator_loss(fake_scores)

    def train_step(self, data):
        images, networks = self.unpack(data), self.grown()
        with tf.GradientTape() as tape:
            found, _ = self.judged(networks, images, self.key, training=True)
        self.update_discriminator(found["discriminator_loss"], tape)

        latents = self.draw_latents(tf.shape(images)[0], self.key("latents/generator"))
        with tf.GradientTape() as tape:
            fakes = networks.images(latents, training=True)
            g_loss = self.generator_loss(networks.scores(fakes, training=True))
        self.update_generator(g_loss, tape)

        return self.end_growing_step(images, **found | {"generator_loss": g_loss})

    def forward(self, batch, key, training):
        return self.judged(self.whole(), batch, key, training)

    def judged(self, networks, batch, key, training):
        """Returns what `forward` does, of networks that have grown, or of the whole ones."""
        reals = networks.reals(batch)
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = networks.images(latents, training=training)
        # One call: groups of the minibatch standard deviation are of reals or of fakes.
        scores = networks.scores(tf.concat([reals, fakes], 0), training=training)
        real_scores, fake_scores = tf.split(scores, 2)
        norms = networks.pixels_per_pixel * penalties.gradient_norms(
            lambda images: networks.scores(images, training=training),
            penalties.between(reals, fakes, key("share")),
        )
        found = {
            "discriminator_loss": self.discriminator_loss(real_scores, fake_scores, norms),
            "generator_loss": self.generator_loss(fake_scores),
            "wasserstein_distance": self.wasserstein_distance(real_scores, fake_scores),
            "gradient_norm": tf.reduce_mean(norms),
        }
        shown = AdversarialOutputs(reals, self.shown(fakes), real_scores, fake_scores)
        return found, {"images": shown}
