"""CGAN.

Mirza and Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784.

Objective:

    min_G max_D  V(D, G) = E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]

*Differs from the paper*

The paper is short, and has no code; its recipe is that of GAN's authors' code (see `gan.py`), with
which it fills what it leaves open here too: how weights begin, what a step updates, when the
momentum grows, half the discriminator's loss.

* The generator maximises E_z[log D(G(z|y)|y)], as in that code.
* Dropout comes after every hidden layer of both networks; the paper says "to both".
* The generator's first layer gets the latents moved to mean 0 and variance 1. As they are, that
  layer dies, and within six epochs of MNIST all images of a class are one (measured).
* The pair of the second experiment, which tags photographs, is not here.

`cdcgan.py` has a convolutional pair for the same objective.
"""

import math

import keras
import tensorflow as tf

from ganzoo import losses, randomness
from ganzoo.errors import InputError
from ganzoo.models.cdcgan import CDCGAN
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import conditional_mlp
from ganzoo.networks.mlp import check_image_shape
from ganzoo.optimizers.momentum_sgd import growing_momentum_pair
from ganzoo.optimizers.schedules import DividedEachStep
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class CGAN(ConditionalModel):
    """Conditional GAN (arXiv:1411.1784): latents and a label to an image, fully connected.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)` uniform in [0, 1], and returns such images. A label outside the classes
    is an error, except under XLA, which has none: there it makes all results NaN. (`fit` compiles
    the step by XLA, but looks at labels that are a numpy array first.) In place of labels the model
    takes the weights of all classes, floats `(batch, num_classes)`: what lies between classes is
    made from a mixture of their one-hot vectors.

    Args:
        image_shape: (height, width, channels); channels 1 or 3.
        num_classes: labels are 0 to num_classes - 1.
        latent_dim: length of z.
        generator_units: widths of the generator's layers for the latents, for the label, and for
            both.
        maxout_units: widths of the discriminator's layers for the image, for the label, and for
            both.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that is none, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import CGAN
    >>> model = CGAN(
    ...     image_shape=(8, 8, 1), num_classes=3, generator_units=(4, 4, 8), maxout_units=(4, 2, 4)
    ... )
    >>> model.compile()  # the paper's optimizers: SGD with growing momentum and a decaying rate
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 100)), np.array([0, 2])), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    discriminator_loss_at_chance = math.log(2.0)
    prior = Uniform(0.0, 1.0)
    xla_on_cpu = True
    # Section 4.1, which stops by the likelihood of held-out images, and not after some epochs.
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        num_classes: int = 10,
        latent_dim: int = 100,
        generator_units: tuple[int, int, int] = (200, 1000, 1200),
        maxout_units: tuple[int, int, int] = (240, 50, 240),
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        if "networks" in kwargs:
            raise InputError(
                "CGAN is the paper's fully connected pair, and the convolutional one is CDCGAN. "
                f"Received: networks={kwargs['networks']!r}"
            )
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, latent_dim, *generator_units, *maxout_units
        if min(counts) < 1:
            raise InputError(
                "num_classes, latent_dim, generator_units and maxout_units must be at least 1. "
                f"Received: {', '.join(map(str, counts))}"
            )
        check_image_shape(image_shape)
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.latent_dim = latent_dim
        self.generator_units = tuple(generator_units)
        self.maxout_units = tuple(maxout_units)
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "num_classes": num_classes,
            "dtype": self.dtype_policy,
        }
        self.generator = conditional_mlp.generator(
            latent_dim=latent_dim, units=generator_units, **of_both
        )
        self.discriminator = conditional_mlp.discriminator(maxout_units=maxout_units, **of_both)
        self.finalize()

    @staticmethod
    def default_optimizers(
        learning_rate: float = 0.1,
        rate_divisor: float = 1.00004,
        minimum_rate: float = 1e-6,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        momentum_start: int = 500,
        momentum_end: int = 125_000,
    ):
        """SGD for each network, as GAN's, but with a rate that falls ten times as fast (4.1)."""
        rate = DividedEachStep(learning_rate, rate_divisor, minimum_rate)
        return growing_momentum_pair(rate, momentum, final_momentum, momentum_start, momentum_end)

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
        count = tf.shape(images)[0]
        latents = self.draw_latents(count, key("latents"))
        generator_keys, reals_keys, fakes_keys = (
            randomness.example_keys(count, key(f"dropout/{whose}"))
            for whose in ("generator", "reals", "fakes")
        )
        fakes = self.generator([latents, labels, generator_keys], training=training)
        # Two calls: each has dropout of its own.
        real_logits = self.discriminator([images, labels, reals_keys], training=training)
        fake_logits = self.discriminator([fakes, labels, fakes_keys], training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        outputs = AdversarialOutputs(images, fakes, real_logits, fake_logits, labels)
        return found, {"images": outputs}

    def images_of(self, generator, latents, labels):
        keys = tf.range(tf.shape(latents, tf.int64)[0])  # of dropout, where there is any
        return generator([latents, labels, keys])

    @classmethod
    def from_config(cls, config):
        """Returns the model of a config, also of one from when both pairs were this class."""
        pair = config.pop("networks", None)
        if pair is None:
            return super().from_config(config)
        of_other_pair = {
            "mlp": {"filters", "kernel_size", "sync_batch_norm"},
            "convolutional": {"generator_units", "maxout_units"},
        }[pair]
        config = {name: value for name, value in config.items() if name not in of_other_pair}
        return (super() if pair == "mlp" else CDCGAN).from_config(config)
