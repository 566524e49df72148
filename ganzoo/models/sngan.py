"""SN-GAN.

Miyato, Kataoka, Koyama and Yoshida, "Spectral Normalization for Generative Adversarial Networks",
2018, arXiv:1802.05957.

Objective (equations 16 and 17), every layer of D divided by its largest singular value:

    max_D  E_x[min(0, D(x) - 1)] + E_z[min(0, -D(G(z)) - 1)]        max_G  E_z[D(G(z))]

*Differs from the paper*

* A power iteration comes with each update of the discriminator; in the authors' code with each of
  its passes: of reals, of fakes, and once more in the generator's update.
* The convolutional pair has the hinge loss too; table 2 of the paper has it with the logistic loss.
* A step is five updates of the discriminator and then one of the generator; the authors' code
  begins with the generator's.
* The residual networks are those for 32x32 images, whatever the size; the paper's for 48x48 and
  128x128 have more blocks.
"""

from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError, unknown
from ganzoo.images.ranges import dequantized
from ganzoo.models import losses
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan, resnet_gan, sngan
from ganzoo.optimizers.adam import adam_pair_of_critic
from ganzoo.randomness.priors import Normal

_NETWORKS = {
    "resnet": (resnet_gan.generator, sngan.residual_discriminator),
    "convolutional": (sngan.convolutional_generator, sngan.convolutional_discriminator),
}


@keras.saving.register_keras_serializable("ganzoo")
class SNGAN(LatentModel):
    """Spectrally normalised GAN (arXiv:1802.05957): latents to square images.

    `fit` takes images, float32 `(discriminator_steps * batch, height, width, channels)` in [-1, 1]:
    each update of the discriminator sees a batch of its own. Calling the model, or `predict`, takes
    latents `(batch, latent_dim)`, N(0, 1), and returns such images.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        latent_dim: length of z.
        networks: residual (tables 4 of the appendix) or convolutional (table 3).
        generator_filters: width of the generator's maps, of the convolutional one next to the
            image.
        discriminator_filters: the same of the discriminator.
        discriminator_steps: updates of the discriminator in a step.
        generator_batches: how many batches of latents the generator's update takes.
        dequantize: whether the discriminator sees real images with noise as wide as a grey level.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import SNGAN
    >>> model = SNGAN(
    ...     image_shape=(8, 8, 1), latent_dim=4, generator_filters=2, discriminator_filters=2,
    ...     discriminator_steps=2,
    ... )
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0, beta_2 0.9
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 4), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    batches_per_step = 5
    discriminator_loss_at_chance = 2.0
    prior = Normal()
    # Section 4 and the authors' code for CIFAR-10, which trains for 50,000 steps.
    recipe = {"batch_size": 64, "epochs": 320, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (32, 32, 3),
        latent_dim: int = 128,
        networks: Literal["resnet", "convolutional"] = "resnet",
        generator_filters: int = 256,
        discriminator_filters: int = 128,
        discriminator_steps: int = 5,
        generator_batches: int = 2,
        dequantize: bool = True,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = (
            latent_dim, generator_filters, discriminator_filters, discriminator_steps,
            generator_batches,
        )  # fmt: skip
        if min(counts) < 1:
            raise InputError(
                "latent_dim, generator_filters, discriminator_filters, discriminator_steps and "
                f"generator_batches must be at least 1. Received: {', '.join(map(str, counts))}"
            )
        if networks not in _NETWORKS:
            raise unknown("networks", networks, _NETWORKS)
        dcgan.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.networks = networks
        self.generator_filters = generator_filters
        self.discriminator_filters = discriminator_filters
        self.discriminator_steps = discriminator_steps
        self.generator_batches = generator_batches
        self.dequantize = dequantize
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        make_generator, make_discriminator = _NETWORKS[networks]
        self.generator = make_generator(
            self.image_shape, latent_dim, generator_filters, self.dtype_policy, sync_batch_norm
        )
        self.discriminator = make_discriminator(
            self.image_shape, discriminator_filters, self.dtype_policy
        )
        self.finalize()

    @classmethod
    def batches_per_step_of(cls, settings):
        return settings["discriminator_steps"]

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4,
        beta_1: float = 0.0,
        beta_2: float = 0.9,
        decay_steps: int = 0,
        discriminator_steps: int = 5,
    ):
        """Adam for each network (section 4).

        Its rate falls linearly to 0 over `decay_steps` steps, as the authors' code has it; with 0
        it stays.
        """
        return adam_pair_of_critic(learning_rate, beta_1, beta_2, decay_steps, discriminator_steps)

    def paper_optimizers(self, **settings):
        steps = {"discriminator_steps": self.discriminator_steps}
        return super().paper_optimizers(**steps | settings)

    def discriminator_loss(self, real_scores, fake_scores):
        """E_x[max(0, 1 - D(x))] + E_z[max(0, 1 + D(G(z)))], equation 16 with its sign turned."""
        return losses.hinge_discriminator_loss(real_scores, fake_scores)

    def generator_loss(self, fake_scores):
        """- E_z[D(G(z))], equation 17."""
        return losses.critic_generator_loss(fake_scores)

    def train_step(self, data):
        for update, images in enumerate(self.split(self.unpack(data))):
            with tf.GradientTape() as tape:
                found, _ = self.forward(images, self.key_of(update), training=True)
            self.update_discriminator(found["discriminator_loss"], tape)

        count = self.generator_batches * tf.shape(images)[0]
        latents = self.draw_latents(count, self.key("latents/generator"))
        with tf.GradientTape() as tape:
            fakes = self.generator(latents, training=True)
            # No power iteration: that of the last update is of these weights but for one step.
            g_loss = self.generator_loss(self.discriminator(fakes, training=False))
        self.update_generator(g_loss, tape)

        d_loss = found["discriminator_loss"]
        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def forward(self, batch, key, training):
        reals = dequantized(batch, key("levels")) if self.dequantize else batch
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = self.generator(latents, training=training)
        # One call, and one power iteration: no layer lets the images of a batch see each other.
        scores = self.discriminator(tf.concat([reals, fakes], 0), training=training)
        real_scores, fake_scores = tf.split(scores, 2)
        found = {
            "discriminator_loss": self.discriminator_loss(real_scores, fake_scores),
            "generator_loss": self.generator_loss(fake_scores),
        }
        return found, {"images": AdversarialOutputs(reals, fakes, real_scores, fake_scores)}
