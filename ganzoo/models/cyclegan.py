"""CycleGAN.

Zhu, Park, Isola and Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", 2017, arXiv:1703.10593.

Objective. G: A -> B is `generator_ab`, F: B -> A is `generator_ba`; the paper's X and Y are A and B
here, its D_X and D_Y are `discriminator_a` and `discriminator_b`. The adversarial losses are least
squares (section 4); for G and D_B, and likewise for F and D_A:

    min_D_B  (E_b[(D_B(b) - 1)^2] + E_a[D_B(G(a))^2]) / 2
    min_G    E_a[(D_B(G(a)) - 1)^2]

    min_G,F  adversarial losses + lambda (E_a[|F(G(a)) - a|_1] + E_b[|G(F(b)) - b|_1])
             + lambda lambda_id (E_b[|G(b) - b|_1] + E_a[|F(a) - a|_1])

lambda = 10; lambda_id = 0.5.

*Differs from the paper*

* The identity loss is always on, as in the authors' code; the paper has it for paintings and
  flowers. `lambda_identity=0` leaves it out, and its pass with it.
* The learning rate falls to zero linearly, step by step; the paper's falls epoch by epoch.
* Instance normalisation has no gain and bias, as in the authors' PyTorch code.
* With batches of more than one image, no two images of a batch take the same place in a pool.

Everything is here twice, for A and for B, so this file is longer than those of other models.

Longer than 250 lines: two translations, each with a cycle, a pool and endpoints; half of it is
docstrings.
"""

import functools
from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError, unknown
from ganzoo.images.ranges import with_channels
from ganzoo.layers import ImagePool, InstanceNormalization
from ganzoo.models import any_size, losses
from ganzoo.models.base import GANModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import patchgan, resnet
from ganzoo.optimizers.adam import adam_pair
from ganzoo.optimizers.schedules import HoldThenLinearDecay
from ganzoo.serving import translation_endpoints


@keras.saving.register_keras_serializable("ganzoo")
class CycleGAN(GANModel):
    """Image-to-image translation without pairs (arXiv:1703.10593).

    `fit` takes `(images_a, images_b)`, float32 `(batch, height, width, channels)` in [-1, 1], of
    which no image belongs to another. Calling the model, or `predict`, takes images of A and
    returns their translation to B; `translate` goes both ways.

    Args:
        image_shape: `(height, width, channels)`; sides multiples of 4 and at least 24, channels 1
            or 3.
        filters: width of the layers next to the images.
        blocks: residual blocks of a generator; None: 9 where the shorter side is at least 256
            pixels, otherwise 6.
        padding: of the generators' strided layers, `"near"` as the authors' or `"far"` as
            TensorFlow's (`networks.resnet.generator`); models saved before there was a choice are
            `"far"`.
        pool_size: earlier fakes that each discriminator is shown, at least a batch; 0: none.
        lambda_cycle: weight of the cycle-consistency loss.
        lambda_identity: weight of the identity loss, times `lambda_cycle`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot take, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import CycleGAN
    >>> model = CycleGAN(image_shape=(24, 24, 1), filters=2, blocks=1, pool_size=2)
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0.5
    >>> images_a, images_b = np.zeros((2, 2, 24, 24, 1), "float32")
    >>> _ = model.fit(images_a, images_b, batch_size=1, verbose=0)
    >>> model.predict(images_a, verbose=0).shape
    (2, 24, 24, 1)
    """

    batch_format = "unpaired"
    decision_threshold = 0.5  # the least-squares loss has its targets at 0 and 1
    discriminator_loss_at_chance = 0.5
    loss_names = (
        "discriminator_loss", "generator_loss", "adversarial_loss", "cycle_loss", "identity_loss",
    )  # fmt: skip
    directions = ("ab", "ba")
    # Section 4; crops of 256 out of 286 pixels, mirrored, as in the authors' code.
    recipe = {
        "batch_size": 1,
        "epochs": 200,
        "jitter": 30 / 256,
        "horizontal_flip": True,
        "sample_count": 9,
    }

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (256, 256, 3),
        filters: int = 64,
        blocks: int | None = None,
        padding: Literal["near", "far"] = "near",
        pool_size: int = 50,
        lambda_cycle: float = 10.0,
        lambda_identity: float = 0.5,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        self.image_shape = tuple(image_shape)
        self.filters = filters
        self.blocks = blocks
        self.padding = padding
        self.pool_size = pool_size
        self.lambda_cycle = lambda_cycle
        self.lambda_identity = lambda_identity
        if filters < 1 or min(pool_size, lambda_cycle, lambda_identity) < 0:
            raise InputError(
                "filters must be at least 1; pool_size, lambda_cycle and lambda_identity at least "
                f"0. Received: {filters}; {pool_size}, {lambda_cycle}, {lambda_identity}"
            )
        if padding not in resnet.PADDINGS:
            raise unknown("padding", padding, resnet.PADDINGS)
        resnet.check(self.image_shape)
        patchgan.check(self.image_shape, receptive_field=70)
        # === Networks ===
        channels, policy = self.image_shape[-1], self.dtype_policy
        blocks = resnet.default_blocks(image_shape) if blocks is None else blocks
        of_generators = {
            "channels": channels,
            "filters": filters,
            "blocks": blocks,
            "padding": padding,
        }
        of_discriminators = {
            "channels": (channels,),
            "receptive_field": 70,
            "filters": filters,
            "normalisation": functools.partial(InstanceNormalization, dtype=policy),
            "use_bias": True,
        }
        self.generator_ab = resnet.generator(dtype=policy, name="generator_ab", **of_generators)
        self.generator_ba = resnet.generator(dtype=policy, name="generator_ba", **of_generators)
        self.discriminator_a, self.discriminator_b = (
            patchgan.discriminator(dtype=policy, name=name, **of_discriminators)
            for name in ("discriminator_a", "discriminator_b")
        )
        if pool_size:
            self.pool_a = ImagePool(pool_size, self.image_shape, dtype=self.variable_dtype)
            self.pool_b = ImagePool(pool_size, self.image_shape, dtype=self.variable_dtype)
        self.finalize()

    @classmethod
    def from_config(cls, config):
        """Returns the model of a config, also of one from before there was a `padding`."""
        return super().from_config({"padding": "far", **config})

    @property
    def generators(self):
        return [self.generator_ab, self.generator_ba]

    @property
    def discriminators(self):
        return [self.discriminator_a, self.discriminator_b]

    def check_batch_size(self, batch_size):
        if self.pool_size:
            self.pool_a.check_batch_size(batch_size)

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        constant_epochs: int = 100,
        decay_epochs: int = 100,
        steps_per_epoch: int | None = None,
    ):
        """Adam for each side: a constant rate, then one that falls to zero (section 4).

        Without `steps_per_epoch`, which `ganzoo train` knows from the data, the rate stays.
        """
        rate = learning_rate
        if steps_per_epoch is not None:
            rate = HoldThenLinearDecay(
                learning_rate, constant_epochs * steps_per_epoch, decay_epochs * steps_per_epoch
            )
        return adam_pair(rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """(E_b[(D(b) - 1)^2] + E_a[D(G(a))^2]) / 2, the mean over images and patches."""
        return 0.5 * (
            losses.least_squares(1.0, real_logits) + losses.least_squares(0.0, fake_logits)
        )

    def adversarial_loss(self, fake_logits):
        """E_a[(D(G(a)) - 1)^2], the mean over images and patches."""
        return losses.least_squares(1.0, fake_logits)

    def cycle_loss(self, images, cycled):
        """E_a[|F(G(a)) - a|_1] (equation 2), the mean over pixels and channels."""
        return losses.l1_loss(cycled, images)

    def identity_loss(self, images, same):
        """E_b[|G(b) - b|_1] (section 5.2), the mean over pixels and channels."""
        return losses.l1_loss(same, images)

    def generator_loss(self, adversarial_loss, cycle_loss, identity_loss):
        """Equation 3, and the identity loss weighted by lambda lambda_id."""
        return adversarial_loss + self.lambda_cycle * (
            cycle_loss + self.lambda_identity * identity_loss
        )

    def train_step(self, data):
        images_a, images_b = self.unpack(data)
        with tf.GradientTape() as generator_tape:
            g_losses, fakes_a, fakes_b = self._generate(images_a, images_b, training=True)
        self.update_generator(g_losses["generator_loss"], generator_tape)

        if self.pool_size:
            fakes_a = self.pool_a(fakes_a, self.key("pool_a"))
            fakes_b = self.pool_b(fakes_b, self.key("pool_b"))
        with tf.GradientTape() as discriminator_tape:
            d_loss, _ = self._discriminate(images_a, images_b, fakes_a, fakes_b, training=True)
        self.update_discriminator(d_loss, discriminator_tape)
        return self.end_step(discriminator_loss=d_loss, **g_losses)

    def forward(self, batch, key, training):
        images_a, images_b = batch
        found, fakes_a, fakes_b = self._generate(images_a, images_b, training)
        d_loss, (logits_a, logits_b) = self._discriminate(
            images_a, images_b, fakes_a, fakes_b, training
        )
        return found | {"discriminator_loss": d_loss}, {
            "images_a": AdversarialOutputs(images_a, fakes_a, *logits_a),
            "images_b": AdversarialOutputs(images_b, fakes_b, *logits_b),
        }

    def _generate(self, images_a, images_b, training):
        """Returns the generators' losses by name, the fakes of A and those of B."""
        g_ab, g_ba, d_a, d_b = (
            functools.partial(network, training=training)
            for network in (*self.generators, *self.discriminators)
        )
        fakes_b, same_b = self._fakes_and_identity(g_ab, images_a, images_b)
        fakes_a, same_a = self._fakes_and_identity(g_ba, images_b, images_a)
        adversarial_loss = self.adversarial_loss(d_b(fakes_b)) + self.adversarial_loss(d_a(fakes_a))
        cycled_a, cycled_b = g_ba(fakes_b), g_ab(fakes_a)
        cycle_loss = self.cycle_loss(images_a, cycled_a) + self.cycle_loss(images_b, cycled_b)
        identity_loss = self.identity_loss(images_a, same_a) + self.identity_loss(images_b, same_b)
        g_losses = {
            "generator_loss": self.generator_loss(adversarial_loss, cycle_loss, identity_loss),
            "adversarial_loss": adversarial_loss,
            "cycle_loss": cycle_loss,
            "identity_loss": identity_loss,
        }
        return g_losses, fakes_a, fakes_b

    def _fakes_and_identity(self, generator, images, others):
        """Returns G(images) and, for the identity loss, G(others), of G's own target domain."""
        if not self.lambda_identity:
            return generator(images), others
        # One call: instance normalisation keeps the images apart.
        return tf.split(generator(tf.concat([images, others], 0)), 2)

    def _discriminate(self, images_a, images_b, fakes_a, fakes_b, training):
        """Returns the discriminators' loss; and of each the answers to reals and to fakes."""
        logits_a, logits_b = (
            [network(images, training=training) for images in (reals, fakes)]
            for network, reals, fakes in (
                (self.discriminator_a, images_a, fakes_a),
                (self.discriminator_b, images_b, fakes_b),
            )
        )
        d_loss = self.discriminator_loss(*logits_a) + self.discriminator_loss(*logits_b)
        return d_loss, (logits_a, logits_b)

    def call(self, images_a, training=False):
        return self.samplers[0](images_a, training=training)

    @property
    def size_rule(self) -> tuple[int, int]:
        """Of which number the sides of the networks' images are multiples, and the least side."""
        return resnet.MULTIPLE, resnet.SMALLEST_SIDE

    def translate(self, images, direction: str = "ab", seed: int = 0):
        """Returns the translations of images of any size, which are padded and then cropped.

        Args:
            images: float32 `(batch, height, width, 1 or 3)` in [-1, 1].
            direction: `"ab"`, from A to B, or `"ba"`.
            seed: does nothing: there is no noise in CycleGAN.
        """
        if direction not in self.directions:
            raise unknown("direction", direction, self.directions)
        sampler = functools.partial(self._sampler(direction), training=False)
        return self._translate(sampler, with_channels(images, self.image_shape[-1]))

    def _sampler(self, direction):
        return self.samplers[CycleGAN.directions.index(direction)]

    def _translate(self, sampler, images):
        return any_size.translated(sampler, images, *self.size_rule)

    def sample_images(self, batch):
        """Returns images, their translations and the way back side by side, for each direction."""
        samples = {}
        for images, direction in zip(batch, CycleGAN.directions, strict=True):
            if direction in self.directions:
                a, b = direction
                strip = [images, self._sampler(direction)(images, training=False)]
                if direction[::-1] in self.directions:
                    strip.append(self._sampler(direction[::-1])(strip[1], training=False))
                title = f"{a}-to-{b}-to-{a}" if len(strip) == 3 else f"{a}-to-{b}"
                samples[title] = tf.concat(strip, axis=2)
        return samples

    def export_endpoints(self, samplers):
        translators = {
            direction: functools.partial(self._translate, sampler)
            for direction, sampler in zip(CycleGAN.directions, samplers, strict=True)
            if direction in self.directions
        }
        shape = self.image_shape
        return translation_endpoints(translators, shape, shape[-1], has_seeds=False)
