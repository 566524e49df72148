"""Layers whose weights learn at an equalised rate.

Karras, Aila, Laine and Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", 2018, arXiv:1710.10196, section 4.1: weights begin at N(0, 1), and He's constant scales
them at each use and not at the beginning. So Adam moves each of them by the same share of its size.
"""

from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import unknown
from ganzoo.layers.fir import downsampled, filtered, upsampled

_RESAMPLINGS = (None, "up", "down")


def convolved(maps, kernel, resampling=None, taps: tuple[float, ...] = (1, 3, 3, 1)):
    """Returns a convolution that keeps the maps' side, doubles it, or halves it.

    `"up"` convolves the maps with zeros between their values, and then filters; `"down"` filters,
    and then convolves with a stride of 2 (StyleGAN2, arXiv:1912.04958, in the authors' code). A
    1x1 kernel's maps are only filtered.

    Args:
        maps: `(batch, height, width, channels)`.
        kernel: `(side, side, channels, filters)`, an odd side.
        resampling: None, `"up"` or `"down"`.
        taps: of the filter of a resampling.
    """
    if resampling is None:
        return tf.nn.conv2d(maps, kernel, 1, "SAME")
    side, extra = kernel.shape[0], len(taps) - 2
    if resampling == "down":
        if side == 1 or maps.shape[1] % 2 or maps.shape[2] % 2:  # of an odd side an error
            return tf.nn.conv2d(downsampled(maps, taps), kernel, 1, "VALID")
        more = extra + side - 1
        maps = filtered(maps, taps, ((more + 1) // 2, more // 2))
        return tf.nn.conv2d(maps, kernel, 2, "VALID")
    if side == 1:
        return upsampled(tf.nn.conv2d(maps, kernel, 1, "VALID"), taps)
    # A transposed convolution by the mirrored kernel: with zeros between the values, and around
    # them as many as the kernel reaches.
    batch, height, width, _ = maps.shape
    batch = tf.shape(maps)[0] if batch is None else batch
    sides = [2 * (length - 1) + side for length in (height, width)]
    maps = tf.nn.conv2d_transpose(
        maps, tf.transpose(kernel[::-1, ::-1], (0, 1, 3, 2)), (batch, *sides, kernel.shape[-1]),
        2, "VALID",
    )  # fmt: skip
    less = extra - (side - 1)
    return filtered(maps, taps, ((less + 1) // 2 + 1, less // 2 + 1), gain=4.0)


class _EqualizedLayer(keras.layers.Layer):
    """A layer with a kernel w ~ N(0, 1), used as w * gain / sqrt(inputs of a unit)."""

    def __init__(
        self, filters: int, gain: float, lr_multiplier: float, use_bias: bool, bias: float, **kwargs
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.gain = gain
        self.lr_multiplier = lr_multiplier
        self.use_bias = use_bias
        self.initial_bias = bias

    def add_weights(self, kernel_shape):
        """Creates the kernel, `(..., inputs, filters)`, and the bias, in full precision."""
        self.kernel = self.add_weight(
            kernel_shape, keras.initializers.RandomNormal(stddev=1.0 / self.lr_multiplier),
            name="kernel", autocast=False,
        )  # fmt: skip
        self.bias = None
        if self.use_bias:
            begin = keras.initializers.Constant(self.initial_bias / self.lr_multiplier)
            self.bias = self.add_weight((self.filters,), begin, name="bias", autocast=False)
        inputs = 1
        for size in kernel_shape[:-1]:
            inputs *= size
        self.scale = self.gain / inputs**0.5 * self.lr_multiplier

    def scaled_kernel(self):
        """Returns the kernel as it is used, in the layer's compute type."""
        return tf.cast(self.kernel.value * self.scale, self.compute_dtype)

    def scaled_bias(self):
        """Returns the bias as it is used, in the layer's compute type."""
        return tf.cast(self.bias.value * self.lr_multiplier, self.compute_dtype)

    def with_bias(self, outputs):
        return outputs if self.bias is None else outputs + self.scaled_bias()

    def get_config(self):
        return super().get_config() | {
            "filters": self.filters,
            "gain": self.gain,
            "lr_multiplier": self.lr_multiplier,
            "use_bias": self.use_bias,
            "bias": self.initial_bias,
        }


@keras.saving.register_keras_serializable("ganzoo")
class EqualizedDense(_EqualizedLayer):
    """A dense layer with an equalised learning rate, `(batch, inputs)` to `(batch, filters)`.

    Args:
        filters: its units.
        gain: of its initial weights, sqrt(2) before a ReLU.
        lr_multiplier: how much faster than others its weights learn, as StyleGAN's mapping does
            with 0.01. It changes nothing at the beginning.
        use_bias: whether a bias is added.
        bias: where the biases begin.
    """

    def __init__(
        self,
        filters: int,
        gain: float = 1.0,
        lr_multiplier: float = 1.0,
        use_bias: bool = True,
        bias: float = 0.0,
        **kwargs,
    ):
        super().__init__(filters, gain, lr_multiplier, use_bias, bias, **kwargs)

    def build(self, input_shape):
        self.add_weights((input_shape[-1], self.filters))

    def call(self, inputs):
        return self.with_bias(tf.matmul(inputs, self.scaled_kernel()))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.filters)


@keras.saving.register_keras_serializable("ganzoo")
class EqualizedConv2D(_EqualizedLayer):
    """A convolution with an equalised learning rate, which keeps, doubles or halves the side.

    `(batch, height, width, channels)`, height and width known where it resamples.

    Args:
        filters: the channels of its outputs.
        kernel_size: side of the kernel, odd.
        gain, lr_multiplier, use_bias, bias: as in `EqualizedDense`.
        resampling: None, `"up"` or `"down"`, see `convolved`.
        taps: of the filter of a resampling.

    Raises:
        InputError: for another `resampling`; in a call, for an odd side to be halved.
    """

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        gain: float = 1.0,
        lr_multiplier: float = 1.0,
        use_bias: bool = True,
        bias: float = 0.0,
        resampling: Literal["up", "down"] | None = None,
        taps: tuple[float, ...] = (1, 3, 3, 1),
        **kwargs,
    ):
        super().__init__(filters, gain, lr_multiplier, use_bias, bias, **kwargs)
        if resampling not in _RESAMPLINGS:
            raise unknown("resampling", resampling, ("up", "down"))
        self.kernel_size = kernel_size
        self.resampling = resampling
        self.taps = tuple(taps)

    def build(self, input_shape):
        self.add_weights((self.kernel_size, self.kernel_size, input_shape[-1], self.filters))

    def call(self, maps):
        return self.with_bias(convolved(maps, self.scaled_kernel(), self.resampling, self.taps))

    def compute_output_shape(self, input_shape):
        batch, *sides, _ = input_shape
        if self.resampling == "up":
            sides = [2 * side for side in sides]
        elif self.resampling == "down":
            sides = [side // 2 for side in sides]
        return (batch, *sides, self.filters)

    def get_config(self):
        return super().get_config() | {
            "kernel_size": self.kernel_size,
            "resampling": self.resampling,
            "taps": self.taps,
        }
