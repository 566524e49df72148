"""Conversions of image tensors: their range of values, their channels, and their size.

Networks take and return floats in [-1, 1]; files, caches and clients have uint8 in 0 to 255. Every
conversion between the two is done here.
"""

import numpy as np
import tensorflow as tf

from ganzoo import randomness

WHITE = (255, 255, 255)  # behind what is transparent, where nothing else is asked for


def from_uint8(images) -> tf.Tensor:
    """Returns uint8 images as float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def to_uint8(images) -> tf.Tensor:
    """Returns float images in [-1, 1] as uint8, rounded; values outside the range are clipped."""
    return tf.saturate_cast(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), tf.uint8)


def dequantized(images, key) -> tf.Tensor:
    """Returns images of 256 levels as ones of any level: level n as n + u, in [-1, 1).

    So a discriminator cannot tell real images by their few levels (WGAN-GP, arXiv:1704.00028, in
    the authors' code).

    Args:
        images: float in [-1, 1], this replica's part of the batch.
        key: what `randomness.key` returned, of which each value's u in [0, 1) is drawn.
    """
    noise = tf.cast(randomness.uniform(tf.shape(images), key), images.dtype)
    return ((images + 1.0) * 127.5 + noise) / 128.0 - 1.0


def quantize(image) -> tf.Tensor:
    """Returns an image as uint8; the graph raises an error for a float that is not in [-1, 1]."""
    if image.dtype == tf.uint8:
        return image
    in_range = tf.reduce_all(tf.abs(image) <= 1)  # NaN is not
    tf.debugging.Assert(in_range, ["Floats must be in [-1, 1], and those of an image are not"])
    return to_uint8(image)


def with_channels(images, channels: int) -> tf.Tensor:
    """Returns images with 1 channel, the luminance, or 3, equal ones if there was 1.

    Args:
        images: `(..., 1 or 3)`, of any type.
        channels: 1 or 3.
    """
    if images.shape[-1] == channels:
        return images
    if channels == 1:
        return tf.image.rgb_to_grayscale(images)
    return tf.repeat(images, 3, axis=-1)


def mirrored_to_multiple(images, multiple: int, smallest: int = 0) -> tf.Tensor:
    """Pads images at the bottom and on the right until both sides are multiples of a number.

    They are padded with their reflection, repeated as often as needed.

    Args:
        images: `(batch, height, width, channels)`, of any size.
        multiple: divides the height and the width of the result.
        smallest: the least height and width of the result, a multiple as well.
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
    """Returns images in [-1, 1] as images in [0, 1], the range of the papers before DCGAN."""
    return (images + 1.0) / 2.0


def from_unit(images):
    """Returns images in [0, 1] as images in [-1, 1]."""
    return images * 2.0 - 1.0


def log_odds(images: np.ndarray) -> np.ndarray:
    """Returns log(x / (1 - x)) of images in [0, 1], at most 16 in size: a sigmoid gives them back.

    So the authors' codes of GAN and of ALI begin their last biases.
    """
    images = np.clip(images, 1e-7, 1 - 1e-7)
    return np.log(images / (1 - images))


def on_background(images, color: tuple[int, int, int] = WHITE):
    """Returns uint8 images, composed over a colour.

    Args:
        images: uint8 `(..., 4)`, an array or a tensor; the last channel is the opacity.
        color: red, green and blue, 0 to 255.

    Returns:
        uint8 `(..., 3)`, an array or a tensor as `images` are.
    """
    cast = tf.cast if tf.is_tensor(images) else np.asarray
    wide = cast(images, "int32")
    opacity = wide[..., 3:]
    behind = cast(color, "int32") * (255 - opacity)
    return cast((wide[..., :3] * opacity + behind + 127) // 255, "uint8")
