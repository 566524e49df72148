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
* `networks="convolutional"` is not the paper's, but the conditional MNIST pair of DCGAN's authors,
  for any square image that DCGAN makes. It is trained by the same step, with Adam. Its latents are
  the paper's too, where DCGAN's are in [-1, 1]: the batch normalisation that follows the first
  layer makes no difference between the two.
* The pair of the second experiment, which tags photographs, is not here.

Two pairs of networks, each with settings of its own, make this file longer than those of other
models.

Longer than 250 lines: it holds two pairs of networks, the paper's and the convolutional one.
"""

import math
from typing import Literal

import keras
import numpy as np
import tensorflow as tf

from ganzoo import losses, randomness
from ganzoo.errors import InputError, unknown
from ganzoo.images.grids import square_columns
from ganzoo.layers import OneHotLabels
from ganzoo.models.base import GANModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import conditional_dcgan, conditional_mlp
from ganzoo.networks.mlp import check_image_shape
from ganzoo.optimizers.adam import adam_pair
from ganzoo.optimizers.momentum_sgd import growing_momentum_pair
from ganzoo.optimizers.schedules import DividedEachStep
from ganzoo.randomness.priors import Uniform
from ganzoo.serving import latent_endpoints


@keras.saving.register_keras_serializable("ganzoo")
class CGAN(GANModel):
    """Conditional GAN (arXiv:1411.1784): latents and a label to an image of that class.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)` uniform in [0, 1], and returns such images. A label outside the classes
    is an error, except under XLA, which has none: there it makes all results NaN. (`fit` compiles
    the MLP pair's step by XLA, but looks at labels that are a numpy array first.) In place of
    labels the model takes the weights of all classes, floats `(batch, num_classes)`: what lies
    between classes is made from a mixture of their one-hot vectors.

    Args:
        image_shape: (height, width, channels); channels 1 or 3. The convolutional pair makes
            squares of side 4, 5 or 7 times a power of two.
        num_classes: labels are 0 to num_classes - 1.
        networks: the paper's `"mlp"`, or `"convolutional"`.
        latent_dim: length of z.
        generator_units: of the MLP pair: widths of the generator's layers for the latents, for the
            label, and for both.
        maxout_units: of the MLP pair: widths of the discriminator's layers for the image, for the
            label, and for both.
        filters: of the convolutional pair: width of the layers next to the image; each halving of
            the side doubles it.
        kernel_size: of the convolutional pair: side of the kernels.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import CGAN
    >>> model = CGAN(image_shape=(8, 8, 1), num_classes=3, networks="convolutional", filters=2)
    >>> model.compile()
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 100)), np.array([0, 2])), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    discriminator_loss_at_chance = math.log(2.0)
    prior = Uniform(0.0, 1.0)
    # Section 4.1, which stops by the likelihood of held-out images, and not after some epochs.
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        num_classes: int = 10,
        networks: Literal["mlp", "convolutional"] = "mlp",
        latent_dim: int = 100,
        generator_units: tuple[int, int, int] = (200, 1000, 1200),
        maxout_units: tuple[int, int, int] = (240, 50, 240),
        filters: int = 64,
        kernel_size: int = 5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, latent_dim, *generator_units, *maxout_units, filters, kernel_size
        if min(counts) < 1:
            raise InputError(
                "num_classes, latent_dim, generator_units, maxout_units, filters and kernel_size "
                f"must be at least 1. Received: {', '.join(map(str, counts))}"
            )
        check_image_shape(image_shape)
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.networks = networks
        self.latent_dim = latent_dim
        self.generator_units = tuple(generator_units)
        self.maxout_units = tuple(maxout_units)
        self.filters = filters
        self.kernel_size = kernel_size
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {"image_shape": self.image_shape, "num_classes": num_classes}
        of_both["dtype"] = self.dtype_policy
        if networks == "mlp":
            self.generator = conditional_mlp.generator(
                latent_dim=latent_dim, units=generator_units, **of_both
            )
            self.discriminator = conditional_mlp.discriminator(maxout_units=maxout_units, **of_both)
        elif networks == "convolutional":
            of_both |= {"filters": filters, "kernel_size": kernel_size}
            of_both["sync_batch_norm"] = sync_batch_norm
            self.generator = conditional_dcgan.generator(latent_dim=latent_dim, **of_both)
            self.discriminator = conditional_dcgan.discriminator(**of_both)
        else:
            raise unknown("pair of networks", networks, ["mlp", "convolutional"])
        self.xla_on_cpu = networks == "mlp"
        self.finalize()

    @staticmethod
    def default_optimizers(
        networks: Literal["mlp", "convolutional"] = "mlp",
        learning_rate: float | None = None,
        rate_divisor: float = 1.00004,
        minimum_rate: float = 1e-6,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        momentum_start: int = 500,
        momentum_end: int = 125_000,
        beta_1: float = 0.5,
    ):
        """SGD as GAN's for the MLP pair, from a rate of 0.1; Adam for the convolutional, 2e-4.

        `learning_rate` replaces the one or the other; `beta_1` is Adam's, the rest SGD's.
        """
        if learning_rate is None:
            learning_rate = 0.1 if networks == "mlp" else 2e-4
        if networks == "mlp":
            rate = DividedEachStep(learning_rate, rate_divisor, minimum_rate)
            return growing_momentum_pair(
                rate, momentum, final_momentum, momentum_start, momentum_end
            )
        return adam_pair(learning_rate, beta_1)

    def paper_optimizers(self, **settings):
        return super().paper_optimizers(**{"networks": self.networks} | settings)

    def discriminator_loss(self, real_logits, fake_logits):
        """- (E_x[log D(x|y)] + E_z[log(1 - D(G(z|y)|y))]) / 2, D being the logits' sigmoid."""
        return 0.5 * losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z|y)|y)], the non-saturating loss."""
        return losses.non_saturating_generator_loss(fake_logits)

    def fit(self, x=None, y=None, *args, **kwargs):
        if isinstance(y, np.ndarray) and np.issubdtype(y.dtype, np.integer):
            OneHotLabels(self.num_classes)(y)  # an error here, where the step has only a NaN
        return super().fit(x, y, *args, **kwargs)

    def train_step(self, data):
        images, labels = self.unpack(data)
        count = tf.shape(images)[0]
        latents = self.prior.draw((count, self.latent_dim), self.key("latents"))
        generator_keys, reals_keys, fakes_keys = (
            randomness.example_keys(count, self.key(f"dropout/{whose}"))
            for whose in ("generator", "reals", "fakes")
        )
        with tf.GradientTape(persistent=True) as tape:
            fakes = self.generator([latents, labels, generator_keys], training=True)
            # Two calls: each has dropout, or batch statistics, of its own.
            real_logits = self.discriminator([images, labels, reals_keys], training=True)
            fake_logits = self.discriminator([fakes, labels, fakes_keys], training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
            g_loss = self.generator_loss(fake_logits)
        # The tape was recorded before either update, so their order makes no difference.
        self.minimize(d_loss, tape, self.discriminator_optimizer, self.discriminator_variables)
        self.minimize(g_loss, tape, self.generator_optimizer, self.generator_variables)
        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def forward_pass(self, data, step):
        images, labels = self.unpack(data)
        count = tf.shape(images)[0]
        latents = self.prior.draw((count, self.latent_dim), self.key("latents", step))
        keys = tf.zeros([count], tf.int64)  # nothing is dropped
        fakes = self.generator([latents, labels, keys], training=False)
        real_logits = self.discriminator([images, labels, keys], training=False)
        fake_logits = self.discriminator([fakes, labels, keys], training=False)
        reported = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        outputs = AdversarialOutputs(images, fakes, real_logits, fake_logits, labels)
        return reported, {"images": outputs}

    def call(self, inputs, training=False):
        latents, labels = inputs
        labels = tf.convert_to_tensor(labels)
        keys = tf.range(tf.shape(labels, tf.int64)[0])
        sampler = self.samplers[0]
        if labels.dtype.is_floating:
            if labels.shape[1:] != (self.num_classes,):
                raise InputError(
                    f"Weights of classes are (batch, num_classes), (batch, {self.num_classes}). "
                    f"Received: {labels.shape}"
                )
            # The same layers, entered behind the one that makes vectors of labels.
            of_latents, _, of_keys = sampler.inputs
            of_labels = next(layer for layer in sampler.layers if isinstance(layer, OneHotLabels))
            sampler = keras.Model([of_latents, of_labels.output, of_keys], sampler.output)
        return sampler([latents, labels, keys], training=training)

    def latents_of_seeds(self, seeds):
        """Returns latents `(count, latent_dim)`, each a function of its own seed."""
        return self.prior.of_seeds(seeds, self.latent_dim)

    def sample_images(self, batch):
        """Returns as many images as `batch` has examples, to be laid out in a square grid.

        There each row is of one class, and each column of one latent vector. Where there are more
        rows than classes, these come again with other latents.
        """
        images, _ = batch
        places = tf.range(len(images))
        columns = square_columns(len(images))
        rows, column = places // columns, places % columns
        latents = self.latents_of_seeds(rows // self.num_classes * columns + column)
        return {"samples": self((latents, rows % self.num_classes), training=False)}

    def export_endpoints(self, samplers):
        def images_of(latents, labels):
            keys = tf.zeros_like(labels)  # nothing is dropped
            return samplers[0]([latents, labels, keys])

        classes = self.num_classes
        return latent_endpoints(self, images_of, num_classes=classes)
