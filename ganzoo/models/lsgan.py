"""LSGAN.

Mao, Li, Xie, Lau, Wang and Smolley, "Least Squares Generative Adversarial Networks", 2016,
arXiv:1611.04076.

Objective (equation 2), a the target of generated images, b that of real ones, and c what the
generator wants the discriminator to say:

    min_D  E_x[(D(x) - b)^2] / 2 + E_z[(D(G(z)) - a)^2] / 2        min_G  E_z[(D(G(z)) - c)^2] / 2

*Differs from the paper*

* The networks are DCGAN's, whose discriminator ends in a linear layer; the paper's are deeper, for
  112x112 pixels.
* Losses are means over the batch; the authors' code sums them, which Adam divides out again.
* The generator's step asks the discriminator again after its update, as `dcgan.py` does.
* A sample's batch statistics are the moving averages of training, so that an image does not depend
  on its neighbours.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan as networks
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class LSGAN(LatentModel):
    """Least squares GAN (arXiv:1611.04076): latents to square images.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model,
    or `predict`, takes latents `(batch, latent_dim)`, N(0, 1), and returns such images.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        latent_dim: length of z.
        filters: width of the layers next to the image; each halving of the side doubles it.
        kernel_size: side of the strided convolutions' kernels.
        fake_target: a, what the discriminator is to say of generated images.
        real_target: b, what it is to say of real ones.
        generator_target: c; with (a, b, c) = (-1, 1, 0) the generator minimises the Pearson
            divergence (theorem 1).
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import LSGAN
    >>> model = LSGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2)
    >>> model.compile()  # the paper's optimizers: Adam, 1e-3, beta_1 0.5
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 4), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    decision_threshold = 0.5  # between the default targets
    discriminator_loss_at_chance = 0.25
    prior = Normal()
    # Section 4, whose code has batches of 64.
    recipe = {"batch_size": 64, "epochs": 25, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (64, 64, 3),
        latent_dim: int = 100,
        filters: int = 64,
        kernel_size: int = 4,
        fake_target: float = 0.0,
        real_target: float = 1.0,
        generator_target: float = 1.0,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        if min(latent_dim, filters, kernel_size) < 1:
            raise InputError(
                "latent_dim, filters and kernel_size must be at least 1. "
                f"Received: {latent_dim}, {filters}, {kernel_size}"
            )
        if not fake_target < generator_target <= real_target:
            raise InputError(
                "fake_target must be below generator_target, and that at most real_target. "
                f"Received: {fake_target}, {generator_target}, {real_target}"
            )
        networks.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.filters = filters
        self.kernel_size = kernel_size
        self.fake_target = fake_target
        self.real_target = real_target
        self.generator_target = generator_target
        self.sync_batch_norm = sync_batch_norm
        self.decision_threshold = (fake_target + real_target) / 2.0
        self.discriminator_loss_at_chance = (real_target - fake_target) ** 2 / 4.0
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "filters": filters,
            "kernel_size": kernel_size,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = networks.generator(latent_dim=latent_dim, **of_both)
        self.discriminator = networks.discriminator(**of_both)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3, beta_1: float = 0.5):
        """Adam for each network (section 4.1)."""
        return adam_pair(learning_rate, beta_1)

    def discriminator_loss(self, real_scores, fake_scores):
        """E_x[(D(x) - b)^2] / 2 + E_z[(D(G(z)) - a)^2] / 2, equation 2."""
        real_loss = losses.least_squares(self.real_target, real_scores)
        fake_loss = losses.least_squares(self.fake_target, fake_scores)
        return 0.5 * (real_loss + fake_loss)

    def generator_loss(self, fake_scores):
        """E_z[(D(G(z)) - c)^2] / 2, equation 2."""
        return 0.5 * losses.least_squares(self.generator_target, fake_scores)

    def train_step(self, data):
        images = self.unpack(data)
        # One forward pass of G serves both updates, which share their latents.
        with tf.GradientTape() as generator_tape:
            fakes = self._fakes(images, self.key, training=True)

        with tf.GradientTape() as discriminator_tape:
            # Two calls, for reals and fakes are normalised by batch statistics of their own.
            real_scores = self.discriminator(images, training=True)
            fake_scores = self.discriminator(fakes, training=True)
            d_loss = self.discriminator_loss(real_scores, fake_scores)
        self.update_discriminator(d_loss, discriminator_tape)

        with generator_tape:
            g_loss = self.generator_loss(self.discriminator(fakes, training=True))
        self.update_generator(g_loss, generator_tape)

        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def forward(self, batch, key, training):
        fakes = self._fakes(batch, key, training)
        real_scores = self.discriminator(batch, training=training)
        fake_scores = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_scores, fake_scores),
            "generator_loss": self.generator_loss(fake_scores),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_scores, fake_scores)}

    def _fakes(self, images, key, training):
        """As many images of G as there are real ones."""
        latents = self.draw_latents(tf.shape(images)[0], key("latents"))
        return self.generator(latents, training=training)
