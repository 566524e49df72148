"""Images between the networks' range, [-1, 1], and uint8: the one home of that conversion."""

import numpy as np
import tensorflow as tf


def from_uint8(images) -> tf.Tensor:
    """Returns uint8 images as float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def to_uint8(images) -> tf.Tensor:
    """Returns float images in [-1, 1] as uint8, rounded; values outside the range are clipped."""
    return tf.saturate_cast(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), tf.uint8)


def with_channels(images, channels: int) -> tf.Tensor:
    """Returns images, of 1 or 3 channels, with 1 (the luminance) or 3, of any type."""
    if images.shape[-1] == channels:
        return images
    if channels == 1:
        return tf.image.rgb_to_grayscale(images)
    return tf.repeat(images, 3, axis=-1)


def mirrored_to_multiple(images, multiple: int, smallest: int = 0) -> tf.Tensor:
    """Returns images `(batch, height, width, channels)` whose sides are multiples of a number.

    What is missing at the bottom and on the right is the image's reflection, as often as needed.

    Args:
        images: of any size.
        multiple: of which each side is to be a multiple.
        smallest: the least that a side may have, a multiple as well.
    """
    for axis in (1, 2):
        side = tf.shape(images)[axis]
        # Rounded up without a negative number: ONNX divides integers towards zero.
        target = tf.maximum((side + multiple - 1) // multiple * multiple, smallest)
        period = tf.maximum(2 * (side - 1), 1)
        places = tf.range(target) % period
        images = tf.gather(images, tf.minimum(places, period - places), axis=axis)
    return images


def to_unit(images):
    """Returns images of [-1, 1] in [0, 1], the range that the papers before DCGAN work in."""
    return (images + 1.0) / 2.0


def from_unit(images):
    """Returns images of [0, 1] in [-1, 1]."""
    return images * 2.0 - 1.0


def on_white(images):
    """Returns uint8 images `(..., 4)`, the last channel opacity, as they look on white, `(..., 3)`.

    Takes and returns an array or a tensor.
    """
    cast = tf.cast if tf.is_tensor(images) else np.asarray
    wide = cast(images, "int32")
    opacity = wide[..., 3:]
    return cast((wide[..., :3] * opacity + 255 * (255 - opacity) + 127) // 255, "uint8")
