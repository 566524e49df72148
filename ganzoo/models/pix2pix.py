"""Pix2Pix.

Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks",
2017, arXiv:1611.07004.

Longer than 250 lines: its inputs are images or label maps.

Objective, with the generator's first term in its non-saturating form:

    max_D  E_xy[log D(x, y)] + E_xz[log(1 - D(x, G(x, z)))]
    min_G  - E_xz[log D(x, G(x, z))] + lambda E_xyz[|y - G(x, z)|_1]        lambda = 100

x is the input, y the target. The noise z is dropout inside G, at test time as well.

*Differs from the paper*

* A convolution that a normalisation follows has no bias, as in the authors' PyTorch code; in their
  first code it is there and held at zero.
* The innermost map of the U-Net is not normalised, as in the authors' code: in a batch of one,
  normalising its single pixel would make it zero (the paper's errata).
* Logits go to the loss, and no sigmoid ends the discriminator; both are the same function.
* At inference each image is normalised by its own statistics. That is what the paper does, whose
  test batches are of one image; here it holds for any batch.
* Images of other sizes than 256x256 have a U-Net of another depth: until the shorter side is one
  pixel, at most 8.
"""

import functools
import math

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.images.label_maps import in_colors
from ganzoo.images.ranges import from_uint8, with_channels
from ganzoo.layers import OneHotLabelMaps
from ganzoo.layers.class_numbers import label_map_ids
from ganzoo.models import any_size, losses
from ganzoo.models.base import GANModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import patchgan, unet
from ganzoo.networks.blocks import single_batch_normalisation
from ganzoo.optimizers.adam import adam_pair
from ganzoo.serving import label_map_endpoints, translation_endpoints


@keras.saving.register_keras_serializable("ganzoo")
class Pix2Pix(GANModel):
    """Image-to-image translation from pairs (arXiv:1611.07004).

    `fit` takes `(inputs, targets)`, float32 `(batch, height, width, channels)` in [-1, 1]. Calling
    the model, or `predict`, takes inputs and returns such images; an image's result depends on that
    image alone.

    Args:
        image_shape: `(height, width, channels)` of targets; each side a multiple of
            `2 ** depth`, channels 1 or 3.
        input_channels: channels of inputs, 1 or 3; None: as many as targets have.
        input_classes: of inputs that are label maps, integers `(batch, height, width)`, how many
            classes there are; the networks then take them one-hot. None: inputs are images.
        filters: width of the layers next to the images.
        depth: how often the generator halves the image; None: until the shorter side is one
            pixel, at most 8 times.
        receptive_field: side in pixels of the patches that the discriminator judges: 1, 16, 34,
            70, 142 or 286.
        dropout: rate of the generator's dropout, its noise.
        dropout_levels: which layers of the decoder have it, 1 being the innermost. The paper's
            are 1, 2 and 3; the authors' PyTorch code drops after 2, 3 and 4.
        lambda_l1: weight of the L1 loss.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot take, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import Pix2Pix
    >>> model = Pix2Pix(image_shape=(8, 16, 3), input_channels=1, filters=2, receptive_field=16)
    >>> model.compile()  # the paper's optimizers: Adam, 2e-4, beta_1 0.5
    >>> inputs, targets = np.zeros((4, 8, 16, 1), "float32"), np.zeros((4, 8, 16, 3), "float32")
    >>> _ = model.fit(inputs, targets, batch_size=2, verbose=0)
    >>> model.predict(inputs, verbose=0).shape
    (4, 8, 16, 3)
    """

    batch_format = "paired"
    discriminator_loss_at_chance = math.log(2.0)
    loss_names = ("discriminator_loss", "generator_loss", "adversarial_loss", "l1_loss")
    directions = ("ab",)
    # Section 6.2, as for facades and maps: crops of 256 out of 286 pixels, mirrored.
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
        input_channels: int | None = None,
        input_classes: int | None = None,
        filters: int = 64,
        depth: int | None = None,
        receptive_field: int = 70,
        dropout: float = 0.5,
        dropout_levels: tuple[int, ...] = (1, 2, 3),
        lambda_l1: float = 100.0,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        self.image_shape = tuple(image_shape)
        self.input_channels = input_channels
        self.input_classes = input_classes
        self.filters = filters
        self.depth = depth
        self.receptive_field = receptive_field
        self.dropout = dropout
        self.dropout_levels = tuple(dropout_levels)
        self.lambda_l1 = lambda_l1
        self.sync_batch_norm = sync_batch_norm
        if filters < 1 or lambda_l1 < 0:
            given = f"{filters}, {lambda_l1}"
            raise InputError(f"filters must be at least 1, lambda_l1 at least 0. Received: {given}")
        self._input_shape = _input_shape(self.image_shape, input_channels, input_classes)
        self.batch_format = self.batch_format_of({"input_classes": input_classes})
        self._depth = unet.default_depth(image_shape) if depth is None else depth
        unet.check(self.image_shape, self._depth)
        patchgan.check(self.image_shape, receptive_field)
        # === Networks ===
        policy, channels = self.dtype_policy, self.image_shape[-1]
        if input_classes is not None:
            self._one_hot = OneHotLabelMaps(input_classes, dtype=policy)
        self.generator = unet.generator(
            input_channels=self._input_shape[-1],
            output_channels=channels,
            depth=self._depth,
            filters=filters,
            dropout=dropout,
            dropout_levels=self.dropout_levels,
            dtype=policy,
            sync_batch_norm=sync_batch_norm,
        )
        self.discriminator = patchgan.discriminator(
            channels=(self._input_shape[-1], channels),
            receptive_field=receptive_field,
            filters=filters,
            normalisation=functools.partial(single_batch_normalisation, policy, sync_batch_norm),
            use_bias=False,
            dtype=policy,
        )
        self.finalize()

    @classmethod
    def batch_format_of(cls, settings):
        return "paired" if settings.get("input_classes") is None else "label_maps"

    @property
    def example_shapes(self):
        channels = self._input_shape[2:] if self.input_classes is None else ()
        return {"inputs": (*self.image_shape[:2], *channels), "targets": self.image_shape}

    @property
    def class_numbers(self):
        return {} if self.input_classes is None else {"inputs": label_map_ids(self.input_classes)}

    def unpack(self, data):
        inputs, targets = super().unpack(data)
        return self._encoded(inputs), targets

    def _encoded(self, inputs):
        """Returns inputs as the networks take them."""
        return inputs if self.input_classes is None else self._one_hot(inputs)

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each network (section 3.3)."""
        return adam_pair(learning_rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """(- E_xy[log D(x, y)] - E_xz[log(1 - D(x, G(x, z)))]) / 2, halved to slow D down (3.3)."""
        real_loss = losses.sigmoid_cross_entropy(1.0, real_logits)
        fake_loss = losses.sigmoid_cross_entropy(0.0, fake_logits)
        return 0.5 * (real_loss + fake_loss)

    def adversarial_loss(self, fake_logits):
        """- E_xz[log D(x, G(x, z))], the mean over images and patches."""
        return losses.sigmoid_cross_entropy(1.0, fake_logits)

    def l1_loss(self, targets, fakes):
        """E_xyz[|y - G(x, z)|_1] (equation 3), the mean over pixels and channels."""
        return losses.l1_loss(targets, fakes)

    def generator_loss(self, adversarial_loss, l1_loss):
        """L_cGAN(G, D) + lambda L_L1(G) (equation 4)."""
        return adversarial_loss + self.lambda_l1 * l1_loss

    def train_step(self, data):
        inputs, targets = self.unpack(data)
        # One forward pass of G serves both updates: D is trained on its fakes, and the tape goes on
        # recording from there when it is G's turn.
        with tf.GradientTape() as generator_tape:
            fakes = self._fakes(inputs, self.key, training=True)

        with tf.GradientTape() as discriminator_tape:
            # Two calls, for reals and fakes are normalised by batch statistics of their own.
            real_logits = self.discriminator([inputs, targets], training=True)
            fake_logits = self.discriminator([inputs, fakes], training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
        self.update_discriminator(d_loss, discriminator_tape)

        with generator_tape:
            fake_logits = self.discriminator([inputs, fakes], training=True)
            g_losses = self._generator_losses(targets, fakes, fake_logits)
        self.update_generator(g_losses["generator_loss"], generator_tape)

        return self.end_step(discriminator_loss=d_loss, **g_losses)

    def forward(self, batch, key, training):
        inputs, targets = batch
        fakes = self._fakes(inputs, key, training)
        real_logits = self.discriminator([inputs, targets], training=training)
        fake_logits = self.discriminator([inputs, fakes], training=training)
        found = self._generator_losses(targets, fakes, fake_logits)
        found["discriminator_loss"] = self.discriminator_loss(real_logits, fake_logits)
        return found, {"images": AdversarialOutputs(targets, fakes, real_logits, fake_logits)}

    def _fakes(self, inputs, key, training):
        """The outputs of G, each with dropout of its own."""
        noise = randomness.example_keys(tf.shape(inputs)[0], key("dropout"))
        return self.generator([inputs, noise], training=training)

    def _generator_losses(self, targets, fakes, fake_logits):
        adversarial_loss = self.adversarial_loss(fake_logits)
        l1_loss = self.l1_loss(targets, fakes)
        total = self.generator_loss(adversarial_loss, l1_loss)
        return {"generator_loss": total, "adversarial_loss": adversarial_loss, "l1_loss": l1_loss}

    def call(self, inputs, training=False):
        keys = tf.zeros([tf.shape(inputs)[0]], tf.int64)  # every image has the same dropout
        return self.samplers[0]([self._encoded(inputs), keys], training=training)

    @property
    def size_rule(self) -> tuple[int, int]:
        """Of which number the sides of the network's images are multiples, and the least side."""
        return 2**self._depth, 0

    def translate(self, images, direction: str = "ab", seed: int = 0):
        """Returns the outputs of images of any size, which are padded and then cropped.

        Args:
            images: inputs, float32 `(batch, height, width, 1 or 3)` in [-1, 1]; or label maps.
            direction: `"ab"`, from inputs to targets; there is no other.
            seed: of the dropout, the same for each image.
        """
        inputs = images
        if self.input_classes is None:
            inputs = with_channels(images, self._input_shape[-1])
        keys = tf.fill([tf.shape(inputs)[0]], tf.cast(seed, tf.int64))
        return self._translate(functools.partial(self.samplers[0], training=False), inputs, keys)

    def _translate(self, sampler, inputs, keys):
        inputs = self._encoded(inputs)
        return any_size.translated(lambda x: sampler([x, keys]), inputs, *self.size_rule)

    def sample_images(self, batch):
        """Returns inputs, outputs and targets side by side, a row of three per example."""
        inputs, targets = batch
        shown = inputs if self.input_classes is None else from_uint8(in_colors(inputs))
        strip = [with_channels(x, 3) for x in (shown, self(inputs), targets)]
        return {"inputs-outputs-targets": tf.concat(strip, axis=2)}

    def export_endpoints(self, samplers):
        translators = {"ab": functools.partial(self._translate, samplers[0])}
        channels = self.image_shape[-1]
        if self.input_classes is not None:
            return label_map_endpoints(
                translators, self.image_shape[:2], channels, self.input_classes, has_seeds=True
            )
        return translation_endpoints(translators, self._input_shape, channels, has_seeds=True)


def _input_shape(image_shape, input_channels, input_classes):
    """Returns the shape of one input as the networks take it."""
    *size, channels = image_shape
    if input_channels is not None and input_classes is not None:
        raise InputError(
            "Inputs are images of input_channels, or label maps of input_classes. "
            f"Received: {input_channels=}, {input_classes=}"
        )
    inputs = channels if input_channels is None else input_channels
    if {channels, inputs} - {1, 3}:
        raise InputError(
            f"Images have 1 or 3 channels. Received: {image_shape=}, {input_channels=}"
        )
    if input_classes is not None and input_classes < 2:
        raise InputError(f"input_classes must be at least 2. Received: {input_classes}")
    return (*size, input_classes or inputs)
