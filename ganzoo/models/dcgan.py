"""DCGAN.

Radford, Metz and Chintala, "Unsupervised Representation Learning with Deep Convolutional
Generative Adversarial Networks", 2015, arXiv:1511.06434.

Objective, that of Goodfellow et al. (2014) with the non-saturating generator loss:

    max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))]        max_G  E_z[log D(G(z))]

*Differs from the paper*

* The default layout is that of dcgan.torch: 64 filters and 4x4 kernels. The paper's own is
  `filters=128, kernel_size=5` (preset `dcgan/celeb_a_paper`).
* Latents are N(0, 1), as in dcgan.torch; the paper draws them uniformly.
* No convolution has a bias, as in dcgan.torch; the paper does not say. One each would make 963 more
  weights in the generator and 961 in the discriminator at 64x64.
* The generator's step asks the discriminator again after its update, as in algorithm 1 of
  Goodfellow et al.; dcgan.torch takes D's answer from before it, and the authors' first code
  updates one network per batch.
* A sample's batch statistics are the moving averages of training, so that an image does not depend
  on its neighbours; the authors' first code normalises by the batch at all times.
* The first map is normalised per channel, as in dcgan.torch, not per unit.
"""

import math

import keras
import tensorflow as tf

from ganzoo import losses, randomness
from ganzoo.errors import InputError
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan as networks
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class DCGAN(LatentModel):
    """Deep convolutional GAN (arXiv:1511.06434): latents to square images.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model,
    or `predict`, takes latents `(batch, latent_dim)`, N(0, 1), and returns such images.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        latent_dim: length of z.
        filters: width of the layers next to the image; each halving of the side doubles it.
        kernel_size: side of the strided convolutions' kernels.
        label_smoothing: one-sided: the discriminator's target for reals is 1 minus this.
        instance_noise: standard deviation of the N(0, 1) noise added to all that the
            discriminator sees in training.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import DCGAN
    >>> model = DCGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2)
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0.5
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 4), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()
    # Section 4, without augmentation; the epochs are those of dcgan.torch.
    recipe = {"batch_size": 128, "epochs": 25, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (64, 64, 3),
        latent_dim: int = 100,
        filters: int = 64,
        kernel_size: int = 4,
        label_smoothing: float = 0.0,
        instance_noise: float = 0.0,
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
        if not 0 <= label_smoothing < 1 or instance_noise < 0:
            raise InputError(
                "label_smoothing must be in [0, 1) and instance_noise at least 0. "
                f"Received: {label_smoothing}, {instance_noise}"
            )
        networks.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.filters = filters
        self.kernel_size = kernel_size
        self.label_smoothing = label_smoothing
        self.instance_noise = instance_noise
        self.sync_batch_norm = sync_batch_norm
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
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each network (section 3)."""
        return adam_pair(learning_rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D(x)] - E_z[log(1 - D(G(z)))], D being the logits' sigmoid.

        With label smoothing s the first term is - E_x[(1 - s) log D(x) + s log(1 - D(x))].
        """
        real_loss = losses.sigmoid_cross_entropy(1.0 - self.label_smoothing, real_logits)
        fake_loss = losses.sigmoid_cross_entropy(0.0, fake_logits)
        return real_loss + fake_loss

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))], the non-saturating loss."""
        return losses.sigmoid_cross_entropy(1.0, fake_logits)

    def train_step(self, data):
        images = self.unpack(data)
        # One forward pass of G serves both updates: D is trained on its fakes, and the tape goes on
        # recording from there when it is G's turn.
        with tf.GradientTape() as generator_tape:
            fakes = self._fakes(images, self.key, training=True)

        with tf.GradientTape() as discriminator_tape:
            # Two calls, for reals and fakes are normalised by batch statistics of their own.
            real_logits = self.discriminator(self._noisy(images, "real"), training=True)
            fake_logits = self.discriminator(self._noisy(fakes, "fake"), training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
        self.update_discriminator(d_loss, discriminator_tape)

        with generator_tape:
            fake_logits = self.discriminator(self._noisy(fakes, "fake_again"), training=True)
            g_loss = self.generator_loss(fake_logits)
        self.update_generator(g_loss, generator_tape)

        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def forward(self, batch, key, training):
        fakes = self._fakes(batch, key, training)
        real_logits = self.discriminator(batch, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}

    def _fakes(self, images, key, training):
        """As many images of G as there are real ones."""
        latents = self.draw_latents(tf.shape(images)[0], key("latents"))
        return self.generator(latents, training=training)

    def _noisy(self, images, stream):
        """The images as D is shown them in training: with instance noise where it is set."""
        if not self.instance_noise:
            return images
        noise = randomness.normal(tf.shape(images), self.key(stream))
        return images + self.instance_noise * tf.cast(noise, images.dtype)
