"""The projection GAN.

Miyato and Koyama, "cGANs with Projection Discriminator", 2018, arXiv:1802.05637.

Objective, the hinge loss (section 4), with the discriminator of equation 7, h the features of x:

    D(x, y) = <V_y, h(x)> + psi(h(x))
    max_D  E[min(0, D(x, y) - 1)] + E[min(0, -D(G(z, y), y) - 1)]        max_G  E[D(G(z, y), y)]

*Differs from the paper*

* The networks are those of the authors' earlier code for CIFAR-10, at 32x32 pixels; the paper's for
  ImageNet, at 128x128, have more blocks.
* A power iteration comes with each update of the discriminator; in the authors' code with each of
  its passes: of reals, of fakes, and once more in the generator's update.
* A step is five updates of the discriminator and then one of the generator; the authors' code
  begins with the generator's.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.images.ranges import dequantized
from ganzoo.models import losses
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan, sngan
from ganzoo.optimizers.adam import adam_pair_of_critic
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class ProjectionGAN(ConditionalModel):
    """Projection GAN (arXiv:1802.05637): latents and a label to a square image.

    `fit` takes images, float32 `(discriminator_steps * batch, height, width, channels)` in [-1, 1],
    and labels, integers of as many examples: each update of the discriminator sees a batch of its
    own. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)` from N(0, 1), and returns such images. A label outside the classes is an
    error, except under XLA, which has none: there it makes all results NaN. In place of labels the
    model takes the weights of all classes, floats `(batch, num_classes)`: what lies between classes
    has a mixture of their gains and biases.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        num_classes: labels are 0 to num_classes - 1.
        latent_dim: length of z.
        generator_filters: width of the generator's maps.
        discriminator_filters: width of the discriminator's.
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
    >>> from ganzoo import ProjectionGAN
    >>> model = ProjectionGAN(
    ...     image_shape=(8, 8, 1), num_classes=3, latent_dim=4, generator_filters=2,
    ...     discriminator_filters=2, discriminator_steps=2,
    ... )
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0, beta_2 0.9
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 4)), np.array([0, 2])), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    batches_per_step = 5
    discriminator_loss_at_chance = 2.0
    prior = Normal()
    # The authors' code for CIFAR-10, which trains for 50,000 steps.
    recipe = {"batch_size": 64, "epochs": 320, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (32, 32, 3),
        num_classes: int = 10,
        latent_dim: int = 128,
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
            num_classes, latent_dim, generator_filters, discriminator_filters,
            discriminator_steps, generator_batches,
        )  # fmt: skip
        if min(counts) < 1:
            raise InputError(
                "num_classes, latent_dim, generator_filters, discriminator_filters, "
                "discriminator_steps and generator_batches must be at least 1. "
                f"Received: {', '.join(map(str, counts))}"
            )
        dcgan.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.latent_dim = latent_dim
        self.generator_filters = generator_filters
        self.discriminator_filters = discriminator_filters
        self.discriminator_steps = discriminator_steps
        self.generator_batches = generator_batches
        self.dequantize = dequantize
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "num_classes": num_classes,
            "dtype": self.dtype_policy,
        }
        self.generator = sngan.conditional_generator(
            latent_dim=latent_dim, filters=generator_filters, sync_batch_norm=sync_batch_norm,
            **of_both,
        )  # fmt: skip
        self.discriminator = sngan.projection_discriminator(
            filters=discriminator_filters, **of_both
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
        """E[max(0, 1 - D(x, y))] + E[max(0, 1 + D(G(z, y), y))]."""
        return losses.hinge_discriminator_loss(real_scores, fake_scores)

    def generator_loss(self, fake_scores):
        """- E[D(G(z, y), y)]."""
        return losses.critic_generator_loss(fake_scores)

    def train_step(self, data):
        for update, batch in enumerate(self.split(self.unpack(data))):
            with tf.GradientTape() as tape:
                found, _ = self.forward(batch, self.key_of(update), training=True)
            self.update_discriminator(found["discriminator_loss"], tape)

        count = self.generator_batches * tf.shape(batch[0])[0]
        key = self.key_of("generator")
        with tf.GradientTape() as tape:
            fakes, labels = self._fakes(count, key, training=True)
            # No power iteration: that of the last update is of these weights but for one step.
            g_loss = self.generator_loss(self.discriminator([fakes, labels], training=False))
        self.update_generator(g_loss, tape)

        d_loss = found["discriminator_loss"]
        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def _fakes(self, count, key, training):
        """Images of G, of classes that are all equally likely, and these."""
        labels = self.draw_labels(count, key("labels"))
        return self.generator(
            [self.draw_latents(count, key("latents")), labels], training=training
        ), labels

    def forward(self, batch, key, training):
        reals, labels = batch
        if self.dequantize:
            reals = dequantized(reals, key("levels"))
        fakes, fake_labels = self._fakes(tf.shape(reals)[0], key, training)
        # One call, and one power iteration: no layer lets the images of a batch see each other.
        of_both = [
            tf.concat([reals, fakes], 0),
            tf.concat([tf.cast(labels, tf.int32), fake_labels], 0),
        ]
        scores = self.discriminator(of_both, training=training)
        real_scores, fake_scores = tf.split(scores, 2)
        found = {
            "discriminator_loss": self.discriminator_loss(real_scores, fake_scores),
            "generator_loss": self.generator_loss(fake_scores),
        }
        outputs = AdversarialOutputs(reals, fakes, real_scores, fake_scores, labels)
        return found, {"images": outputs}
