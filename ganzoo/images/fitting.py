"""One image brought to a size: cropped or padded, resized, given its channels; uint8."""

import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.images.ranges import WHITE, on_background, with_channels


def fitted(
    image: tf.Tensor,
    image_shape: tuple[int, int, int],
    center_crop: int | None,
    fit: str,
    method: str = "bilinear",
    background: tuple[int, int, int] = WHITE,
) -> tf.Tensor:
    """Returns the image at `image_shape`, uint8.

    Args:
        image: `(height, width, channels)`, uint8 (or another type, scaled by its range). Of 1, 3 or
            4 channels it gets those of `image_shape`: a fourth is opacity, and the image is put on
            the background. Others it must have already.
        image_shape, center_crop, fit: as in `load_dataset`.
        method: of resizing: `"bilinear"`, with antialiasing, or `"nearest"`, without, which leaves
            every level as one that was there.
        background: the colour behind what is transparent.
    """
    height, width, channels = image_shape
    image = tf.image.convert_image_dtype(image, tf.uint8)
    if image.shape[-1] == 4 != channels:
        image = on_background(image, background)
    image = with_channels(image, channels)
    if center_crop is not None:
        image = tf.image.resize_with_crop_or_pad(image, center_crop, center_crop)
    if image.shape[:2] != (height, width):  # or not known
        fit_to = {"crop": _crop, "pad": _pad}[fit]
        image = fit_to(tf.cast(image, tf.float32), height, width, method)
        image = tf.saturate_cast(tf.round(image), tf.uint8)
    return tf.ensure_shape(image, image_shape)


def check_center_crop(source_shape: tuple[int | None, ...], center_crop: int | None) -> None:
    """Raises InputError for a `center_crop` that images of `source_shape` do not contain."""
    largest = min((side for side in source_shape[:2] if side is not None), default=None)
    if center_crop is not None and not 1 <= center_crop <= (largest or center_crop):
        raise InputError(
            f"center_crop must be at least 1 and at most the images' shorter side, "
            f"{largest or 'unknown'}. Received: {center_crop}"
        )


def _crop(image, height, width, method):
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_min(size / [height, width])
    inner = tf.maximum(tf.cast(tf.round([height * scale, width * scale]), tf.int32), 1)
    image = tf.image.resize_with_crop_or_pad(image, inner[0], inner[1])
    return _resized(image, (height, width), method)


def _pad(image, height, width, method):
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_min([height, width] / size)
    scale = tf.where(scale > 1, tf.floor(scale), scale)
    inner = tf.maximum(tf.cast(tf.round(size * scale), tf.int32), 1)
    image = _resized(image, inner, method)
    return tf.image.resize_with_crop_or_pad(image, height, width)


def _resized(image, size, method):
    return tf.image.resize(image, size, method, antialias=method == "bilinear")
