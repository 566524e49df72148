"""Up- and downsampling by a separable filter, with gradients of every order.

A finite impulse response filter of a few taps per axis, as in StyleGAN ([1, 2, 1]) and StyleGAN2
([1, 3, 3, 1]; Karras et al., 2020, arXiv:1912.04958, appendix B). The gradient of a gradient, which
a penalty takes, does not exist for `tf.image.resize`; here everything is sums of shifted maps.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError


def filtered(maps, taps: tuple[float, ...], padding: tuple[int, int], gain: float = 1.0):
    """Returns maps padded with zeros and filtered along both axes.

    Args:
        maps: `(batch, height, width, channels)`.
        taps: of the filter, which is symmetric; they are divided by their sum.
        padding: zeros before and after each axis; the outputs have
            `height + sum(padding) - len(taps) + 1` rows.
        gain: what a constant map is multiplied by.
    """
    maps = tf.pad(maps, [(0, 0), padding, padding, (0, 0)])
    scale = gain**0.5 / sum(taps)  # for each of the two axes
    for axis in (1, 2):
        size = tf.shape(maps)[axis] if maps.shape[axis] is None else maps.shape[axis]
        size = size - len(taps) + 1
        parts = [(slice(None),) * axis + (slice(k, k + size),) for k in range(len(taps))]
        maps = tf.add_n([(tap * scale) * maps[part] for tap, part in zip(taps, parts, strict=True)])
    return maps


def with_zeros(maps):
    """Returns maps of twice the side: each value, and zeros to its right and below."""
    batch, height, width, channels = maps.shape
    batch = tf.shape(maps)[0] if batch is None else batch
    maps = tf.reshape(maps, (batch, height, 1, width, 1, channels))
    maps = tf.pad(maps, [(0, 0), (0, 0), (0, 1), (0, 0), (0, 1), (0, 0)])
    return tf.reshape(maps, (batch, 2 * height, 2 * width, channels))


def upsampled(maps, taps: tuple[float, ...] = (1, 3, 3, 1)):
    """Returns maps of twice the side, filtered; a constant stays that constant off the border."""
    extra = len(taps) - 2
    padding = ((extra + 1) // 2 + 1, extra // 2)
    return filtered(with_zeros(maps), taps, padding, gain=4.0)


def downsampled(maps, taps: tuple[float, ...] = (1, 3, 3, 1)):
    """Returns maps filtered and of half the side.

    Raises:
        InputError: if a side is odd.
    """
    if any(side is not None and side % 2 for side in maps.shape[1:3]):
        raise InputError(f"Only even sides can be halved. Received: {tuple(maps.shape)}")
    extra = len(taps) - 2
    return filtered(maps, taps, ((extra + 1) // 2, extra // 2))[:, ::2, ::2]


class _FIRLayer(keras.layers.Layer):
    """A layer with the taps of a filter as its one setting, and no weights."""

    def __init__(self, taps: tuple[float, ...] = (1, 3, 3, 1), **kwargs):
        super().__init__(**kwargs)
        self.taps = tuple(taps)

    def get_config(self):
        return super().get_config() | {"taps": self.taps}


@keras.saving.register_keras_serializable("ganzoo")
class FIRUpsampling2D(_FIRLayer):
    """`(batch, height, width, channels)` to twice the height and width, see `upsampled`.

    Args:
        taps: of the filter.
    """

    def call(self, maps):
        return upsampled(maps, self.taps)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, 2 * height, 2 * width, channels)


@keras.saving.register_keras_serializable("ganzoo")
class FIRDownsampling2D(_FIRLayer):
    """`(batch, height, width, channels)` to half the height and width, see `downsampled`.

    Args:
        taps: of the filter.
    """

    def call(self, maps):
        return downsampled(maps, self.taps)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, height // 2, width // 2, channels)


@keras.saving.register_keras_serializable("ganzoo")
class FIRBlur2D(_FIRLayer):
    """Maps filtered, of the same shape.

    Args:
        taps: of the filter; StyleGAN's by default.
    """

    def __init__(self, taps: tuple[float, ...] = (1, 2, 1), **kwargs):
        super().__init__(taps, **kwargs)

    def call(self, maps):
        extra = len(self.taps) - 1
        return filtered(maps, self.taps, ((extra + 1) // 2, extra // 2))

    def compute_output_shape(self, input_shape):
        return input_shape
