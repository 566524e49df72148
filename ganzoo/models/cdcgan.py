"""CDCGAN: a conditional DCGAN.

Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, with the
networks that the authors of DCGAN (Radford, Metz and Chintala, 2015, arXiv:1511.06434) used for
conditional MNIST. Their paper mentions that pair; their code has it.

Objective:

    min_G max_D  V(D, G) = E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]

y is a class, or, with `attributes`, a vector of zeros and ones, several labels at once.

*Differs from the papers*

* The generator maximises E_z[log D(G(z|y)|y)], the non-saturating loss, as both papers' codes do.
* Both networks are updated at once, from one forward pass, as CGAN's are; half the discriminator's
  loss is minimised, as there.
* The networks are for any square image that DCGAN makes, not for 28x28 alone.
* Latents are uniform in [0, 1], as CGAN's, where DCGAN's are in [-1, 1]: the batch normalisation
  that follows the first layer makes no difference between the two.
"""

import math

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import conditional_dcgan
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class CDCGAN(ConditionalModel):
    """Conditional DCGAN (arXiv:1411.1784, arXiv:1511.06434): latents and a label to an image.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)` uniform in [0, 1], and returns such images. A label outside the classes
    is an error, except under XLA, which has none: there it makes all results NaN. In place of
    labels the model takes the weights of all classes, floats `(batch, num_classes)`: what lies
    between classes is made from a mixture of their one-hot vectors.

    With `attributes` labels are vectors, float32 `(batch, len(attributes))` of zeros and ones, in
    both places.

    Args:
        image_shape: (height, width, channels); squares of side 4, 5 or 7 times a power of two.
        num_classes: labels are 0 to num_classes - 1; without meaning where there are attributes.
        attributes: the names of the attributes, such as `("Smiling", "Eyeglasses")`; empty: labels
            are classes.
        latent_dim: length of z.
        filters: width of the layers next to the image; each halving of the side doubles it.
        kernel_size: side of the kernels.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import CDCGAN
    >>> model = CDCGAN(image_shape=(8, 8, 1), num_classes=3, filters=2)
    >>> model.compile()  # Adam, 2e-4, beta_1 0.5
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 100)), np.array([0, 2])), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    discriminator_loss_at_chance = math.log(2.0)
    prior = Uniform(0.0, 1.0)
    # DCGAN's, section 4.
    recipe = {"batch_size": 128, "epochs": 25, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        num_classes: int = 10,
        attributes: tuple[str, ...] = (),
        latent_dim: int = 100,
        filters: int = 64,
        kernel_size: int = 5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, latent_dim, filters, kernel_size
        if min(counts) < 1:
            raise InputError(
                "num_classes, latent_dim, filters and kernel_size must be at least 1. "
                f"Received: {', '.join(map(str, counts))}"
            )
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.attributes = tuple(attributes)
        self.latent_dim = latent_dim
        self.filters = filters
        self.kernel_size = kernel_size
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "label_size": len(attributes) or num_classes,
            "has_classes": not attributes,
            "filters": filters,
            "kernel_size": kernel_size,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = conditional_dcgan.generator(latent_dim=latent_dim, **of_both)
        self.discriminator = conditional_dcgan.discriminator(**of_both)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each network (DCGAN, section 3)."""
        return adam_pair(learning_rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """- (E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]) / 2, D being the logits' sigmoid."""
        return 0.5 * losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z|y)|y)], the non-saturating loss."""
        return losses.non_saturating_generator_loss(fake_logits)

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
        # The tape was recorded before either update, so their order makes no difference.
        self.update_discriminator(found["discriminator_loss"], tape)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        images, labels = batch
        latents = self.draw_latents(tf.shape(images)[0], key("latents"))
        fakes = self.generator([latents, labels], training=training)
        # Two calls, for reals and fakes are normalised by batch statistics of their own.
        real_logits = self.discriminator([images, labels], training=training)
        fake_logits = self.discriminator([fakes, labels], training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        outputs = AdversarialOutputs(images, fakes, real_logits, fake_logits, labels)
        return found, {"images": outputs}
