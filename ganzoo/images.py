"""Images between the networks' range, [-1, 1], and files: the one home of that conversion."""

import math
import os
from pathlib import Path

import numpy as np
import tensorflow as tf
from PIL import Image

from ganzoo.errors import unknown

PICTURE_FORMATS = {
    ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP", ".bmp": "BMP", ".gif": "GIF",
}  # fmt: skip


def from_uint8(images) -> tf.Tensor:
    """Returns uint8 images as float32 in [-1, 1]."""
    return tf.cast(images, tf.float32) / 127.5 - 1.0


def to_uint8(images) -> tf.Tensor:
    """Returns float images in [-1, 1] as uint8, rounded; values outside the range are clipped."""
    return tf.saturate_cast(tf.round((tf.cast(images, tf.float32) + 1.0) * 127.5), tf.uint8)


def image_grid(images, columns: int | None = None, padding: int = 2) -> np.ndarray:
    """Lays images out in rows, left to right and top to bottom.

    Args:
        images: float `(count, height, width, channels)` in [-1, 1], 1 or 3 channels.
        columns: images in a row; left out, as many as make the grid about square.
        padding: pixels of black around each image.

    Returns:
        uint8 `(rows * (height + padding) + padding, ..., channels)`, the width likewise.
    """
    images = to_uint8(images).numpy()
    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    cell_height, cell_width = height + padding, width + padding
    grid = np.zeros(
        (rows * cell_height + padding, columns * cell_width + padding, channels), np.uint8
    )
    for index, image in enumerate(images):
        top = padding + (index // columns) * cell_height
        left = padding + (index % columns) * cell_width
        grid[top : top + height, left : left + width] = image
    return grid


def save_image(path: str | os.PathLike, image: np.ndarray) -> None:
    """Writes a uint8 image `(height, width, 1 or 3)`; the suffix says the format.

    The file appears whole or not at all.

    Raises:
        InputError: if the suffix is of no picture format that can be written.
    """
    path = Path(path)
    picture_format = format_of(path)
    temporary = path.with_name(f".{path.name}.part")
    if image.shape[-1] == 1:
        image = image[..., 0]
    try:
        Image.fromarray(image).save(temporary, format=picture_format)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def format_of(path: str | os.PathLike) -> str:
    """Returns Pillow's name of the format that a picture file's suffix stands for."""
    suffix = Path(path).suffix.lower()
    if suffix not in PICTURE_FORMATS:
        raise unknown("picture format", suffix, PICTURE_FORMATS)
    return PICTURE_FORMATS[suffix]
