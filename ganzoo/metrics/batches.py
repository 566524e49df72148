"""Batches of images as the metrics take them, and the checks of all images that they are given."""

import warnings
from collections.abc import Iterable, Iterator

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.images.ranges import to_uint8, with_channels

TOLERANCE = 1e-3  # beyond [-1, 1]; of low precision


def float_batches(batches: Iterable) -> Iterator[np.ndarray]:
    """Yields batches of images as float32 in [-1, 1], in their order.

    Args:
        batches: an iterable of arrays or tensors, float `(batch, height, width, 1 or 3)` in
            [-1, 1]. The sizes of images may differ from batch to batch.

    Raises:
        InputError: at the first batch of another type, shape or range, or with NaNs; and at the
            end, if there was no image.
    """
    count, darkest = 0, np.inf
    for batch in batches:
        images = checked(batch, count)
        if len(images):
            count += len(images)
            darkest = min(darkest, images.min())
            yield images
    if not count:
        raise InputError("There are no images to measure. Received: no batches, or empty ones")
    if darkest >= 0:
        warnings.warn(
            f"No pixel of {count} images is darker than mid-grey: are they in [0, 1] instead of "
            f"[-1, 1]? Received: values from {darkest:.3g}",
            stacklevel=2,
        )


def rgb_batches(batches: Iterable) -> Iterator[np.ndarray]:
    """Yields batches of images as uint8 `(batch, height, width, 3)`, grey ones in RGB.

    They are rounded to the 8 bits that an image file would hold, so that images that were saved
    first get the same scores. Arguments and errors are those of `float_batches`.
    """
    for images in float_batches(batches):
        yield as_rgb(images)


def as_rgb(images: np.ndarray) -> np.ndarray:
    """Returns a batch from `checked` as `rgb_batches` yields it."""
    return with_channels(to_uint8(images), 3).numpy()


def checked(batch, count: int = 0) -> np.ndarray:
    """Returns one batch as float32; errors as of `float_batches`, after `count` images."""
    where = f"images {count} onward"
    if isinstance(batch, (tuple, list, dict)):
        raise InputError(
            "Batches must be arrays or tensors of images alone, without labels. "
            f"Received: a {type(batch).__name__}, {where}"
        )
    images = tf.convert_to_tensor(batch)
    if images.shape.rank != 4 or images.shape[-1] not in (1, 3) or 0 in images.shape[1:]:
        raise InputError(
            "Images must have the shape (batch, height, width, 1 or 3). "
            f"Received: {tuple(images.shape)}, {where}"
        )
    if not images.dtype.is_floating:
        raise InputError(
            "Images must be floats in [-1, 1]; ganzoo.images.from_uint8 makes them. "
            f"Received: {images.dtype.name}, {where}"
        )
    images = tf.cast(images, tf.float32).numpy()
    finite = np.isfinite(images).all((1, 2, 3))
    if not finite.all():
        bad = np.flatnonzero(~finite)
        raise InputError(
            "Images must be finite. Received: NaN or infinity in "
            f"{len(bad)} of a batch of {len(images)}, the first of them image {count + bad[0]}"
        )
    if len(images) and abs(images).max() > 1 + TOLERANCE:
        raise InputError(
            "Images must be in [-1, 1]. "
            f"Received: values from {images.min():.4g} to {images.max():.4g}, {where}"
        )
    return images
