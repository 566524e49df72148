"""What happens to one image before it is kept: pure functions of uint8 images of any size."""

import tensorflow as tf

from ganzoo.errors import InputError, unknown

FITS = ("crop", "pad")
VERSION = 1  # of what `prepare` makes; caches of another are not read


def prepare(image, image_shape, center_crop: int | None, fit: str) -> tf.Tensor:
    """Returns the image at `image_shape`, uint8.

    Args:
        image: `(height, width, 1, 3 or 4)`, uint8 (or another type, scaled by its range); a
            fourth channel, opacity, is dropped.
        image_shape, center_crop, fit: as in `load_dataset`.
    """
    height, width, channels = image_shape
    image = tf.image.convert_image_dtype(image, tf.uint8)
    image = _colours(image, channels)
    if center_crop is not None:
        image = tf.image.resize_with_crop_or_pad(image, center_crop, center_crop)
    image = tf.cast(image, tf.float32)
    image = {"crop": _crop, "pad": _pad}[fit](image, height, width)
    return tf.ensure_shape(tf.saturate_cast(tf.round(image), tf.uint8), image_shape)


def check(source_shape, image_shape, center_crop, fit) -> None:
    """Raises InputError for settings that `prepare` cannot follow with images of `source_shape`."""
    if fit not in FITS:
        raise unknown("value of fit", fit, FITS)
    largest = min((side for side in source_shape[:2] if side is not None), default=None)
    if center_crop is not None and not 1 <= center_crop <= (largest or center_crop):
        raise InputError(
            f"center_crop must be at least 1 and at most the images' shorter side, "
            f"{largest or 'unknown'}. Received: {center_crop}"
        )
    if len(image_shape) != 3 or min(image_shape) < 1 or image_shape[2] not in (1, 3):
        raise InputError(
            f"image_shape must be (height, width, 1 or 3). Received: {tuple(image_shape)}"
        )


def _colours(image, channels):
    image = image[..., :3]
    if image.shape[-1] == channels:
        return image
    return (tf.image.rgb_to_grayscale if channels == 1 else tf.image.grayscale_to_rgb)(image)


def _crop(image, height, width):
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_min(size / [height, width])
    inner = tf.maximum(tf.cast(tf.round([height * scale, width * scale]), tf.int32), 1)
    image = tf.image.resize_with_crop_or_pad(image, inner[0], inner[1])
    return tf.image.resize(image, (height, width), antialias=True)


def _pad(image, height, width):
    size = tf.cast(tf.shape(image)[:2], tf.float32)
    scale = tf.reduce_min([height, width] / size)
    scale = tf.where(scale > 1, tf.floor(scale), scale)
    inner = tf.maximum(tf.cast(tf.round(size * scale), tf.int32), 1)
    image = tf.image.resize(image, inner, antialias=True)
    return tf.image.resize_with_crop_or_pad(image, height, width)
