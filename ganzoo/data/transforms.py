"""Preprocessing of one image before it is cached: crop, resize, channels; uint8 of any size."""

from dataclasses import dataclass

import tensorflow as tf

from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError
from ganzoo.images.ranges import on_white, with_channels

VERSION = 2  # of the preprocessing; caches of another are not read


@dataclass(frozen=True)
class Preprocessing:
    """Brings the parts of an example to the shapes in which they are cached.

    Args:
        shapes: of every part that there can be: `{"images": (64, 64, 3), "labels": (), ...}`.
        center_crop, fit: as in `load_dataset`.
    """

    shapes: dict[str, tuple[int, ...]]
    center_crop: int | None
    fit: str

    @classmethod
    def from_settings(cls, settings: DataSettings) -> "Preprocessing":
        """Returns the preprocessing for `load_dataset`'s arguments; jitter needs larger images."""
        *size, channels = settings.image_shape
        larger = [round((1 + settings.jitter) * side) for side in size]
        shapes = {
            "images": (*larger, channels),
            "labels": (),
            "inputs": (*larger, settings.input_channels or channels),
            "targets": (*larger, channels),
        }
        return cls(shapes, settings.center_crop, settings.fit)

    def apply(self, example: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Returns the parts of an example: images uint8, each of its shape, and labels int32."""
        return {
            name: preprocess(part, self.shapes[name], self.center_crop, self.fit)
            if self.shapes[name]
            else tf.cast(part, tf.int32)
            for name, part in example.items()
        }


def preprocess(
    image: tf.Tensor, image_shape: tuple[int, int, int], center_crop: int | None, fit: str
) -> tf.Tensor:
    """Returns the image at `image_shape`, uint8.

    Args:
        image: `(height, width, 1, 3 or 4)`, uint8 (or another type, scaled by its range); a
            fourth channel is opacity, and the image is put on white.
        image_shape, center_crop, fit: as in `load_dataset`.
    """
    height, width, channels = image_shape
    image = tf.image.convert_image_dtype(image, tf.uint8)
    image = with_channels(on_white(image) if image.shape[-1] == 4 else image, channels)
    if center_crop is not None:
        image = tf.image.resize_with_crop_or_pad(image, center_crop, center_crop)
    if image.shape[:2] != (height, width):  # or not known
        image = {"crop": _crop, "pad": _pad}[fit](tf.cast(image, tf.float32), height, width)
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
