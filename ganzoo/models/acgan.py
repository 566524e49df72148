"""ACGAN.

Odena, Olah and Shlens, "Conditional Image Synthesis with Auxiliary Classifier GANs", 2016,
arXiv:1610.09585.

Objective (equations 2 and 3), with the classes c of real and of generated images:

    L_S = E_x[log P(real | x)] + E_z[log P(fake | G(z, c))]
    L_C = E_x[log P(c | x)] + E_z[log P(c | G(z, c))]
    max_D  L_S + L_C        max_G  L_C - L_S

*Differs from the paper*

* The generator maximises E_z[log P(real | G(z, c))] in place of - L_S, the non-saturating loss.
* The widths and kernels are those that reimplementations give for the paper's CIFAR-10 networks;
  the table of the appendix itself was not seen. Those for ImageNet are not here.
* Both networks are updated at once, from one forward pass; the paper does not say.
* A sample's batch statistics are the moving averages of training, so that an image does not depend
  on its neighbours.
* The labels are not made noisy, and the discriminator's input neither.
"""

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.models import losses
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import acgan as networks
from ganzoo.networks.dcgan import doublings
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class ACGAN(ConditionalModel):
    """Auxiliary classifier GAN (arXiv:1610.09585): latents and a label to a square image.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)` from N(0, 1), and returns such images. A label outside the classes is an
    error, except under XLA, which has none: there it makes all results NaN. In place of labels the
    model takes the weights of all classes, floats `(batch, num_classes)`: what lies between classes
    is made from a mixture of their one-hot vectors.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        num_classes: labels are 0 to num_classes - 1.
        latent_dim: length of z.
        generator_filters: width of the generator's layer next to the image.
        discriminator_filters: the same of the discriminator; each layer doubles it.
        dropout: rate behind every convolution of the discriminator, in [0, 1).
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import ACGAN
    >>> model = ACGAN(
    ...     image_shape=(8, 8, 1), num_classes=3, generator_filters=2, discriminator_filters=2
    ... )
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0.5
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 100)), np.array([0, 2])), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    loss_names = ("discriminator_loss", "generator_loss", "real_class_loss", "fake_class_loss")
    # Where D is undecided of real and fake; what it says of classes comes on top.
    discriminator_loss_at_chance = None
    prior = Normal()
    # The appendix: batches of 100; epochs until its 50,000 steps of CIFAR-10.
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (32, 32, 3),
        num_classes: int = 10,
        latent_dim: int = 100,
        generator_filters: int = 96,
        discriminator_filters: int = 16,
        dropout: float = 0.5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, latent_dim, generator_filters, discriminator_filters
        if min(counts) < 1 or not 0 <= dropout < 1:
            raise InputError(
                "num_classes, latent_dim, generator_filters and discriminator_filters must be at "
                "least 1, and dropout in [0, 1). "
                f"Received: {', '.join(map(str, (*counts, dropout)))}"
            )
        doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.latent_dim = latent_dim
        self.generator_filters = generator_filters
        self.discriminator_filters = discriminator_filters
        self.dropout = dropout
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "num_classes": num_classes,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = networks.generator(
            latent_dim=latent_dim, filters=generator_filters, **of_both
        )
        self.discriminator = networks.discriminator(
            filters=discriminator_filters, dropout=dropout, **of_both
        )
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each network (the appendix)."""
        return adam_pair(learning_rate, beta_1)

    def source_loss(self, real_logits, fake_logits):
        """- L_S = - E_x[log P(real | x)] - E_z[log P(fake | G(z, c))], equation 2."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def class_loss(self, class_logits, labels):
        """- E[log P(c | x)], the term of equation 3 for real or for generated images."""
        return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, class_logits))

    def discriminator_loss(self, source_loss, real_class_loss, fake_class_loss):
        """- (L_S + L_C): the classes of generated images count in it, as in the paper."""
        return source_loss + real_class_loss + fake_class_loss

    def generator_loss(self, fake_logits, fake_class_loss):
        """- E_z[log P(real | G(z, c))] - E_z[log P(c | G(z, c))].

        The term of L_C for real images does not depend on the generator.
        """
        return losses.non_saturating_generator_loss(fake_logits) + fake_class_loss

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
        # The tape was recorded before either update, so their order makes no difference.
        self.update_discriminator(found["discriminator_loss"], tape)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        images, labels = batch
        count = tf.shape(images)[0]
        reals_keys, fakes_keys = (
            randomness.example_keys(count, key(f"dropout/{whose}")) for whose in ("reals", "fakes")
        )
        fake_labels = self.draw_labels(count, key("labels"))
        latents = self.draw_latents(count, key("latents"))
        fakes = self.generator([latents, fake_labels], training=training)
        # Two calls, for reals and fakes are normalised by batch statistics of their own.
        real_logits, real_classes = self.discriminator([images, reals_keys], training=training)
        fake_logits, fake_classes = self.discriminator([fakes, fakes_keys], training=training)
        real_class_loss = self.class_loss(real_classes, labels)
        fake_class_loss = self.class_loss(fake_classes, fake_labels)
        source_loss = self.source_loss(real_logits, fake_logits)
        found = {
            "discriminator_loss": self.discriminator_loss(
                source_loss, real_class_loss, fake_class_loss
            ),
            "generator_loss": self.generator_loss(fake_logits, fake_class_loss),
            "real_class_loss": real_class_loss,
            "fake_class_loss": fake_class_loss,
        }
        outputs = AdversarialOutputs(images, fakes, real_logits, fake_logits, labels)
        return found, {"images": outputs}
