"""Many images in one: rows and columns with black between them."""

import math

import numpy as np

from ganzoo.images.ranges import to_uint8


def square_columns(count: int) -> int:
    """Returns the number of columns that makes a grid of `count` images about square."""
    return math.ceil(math.sqrt(count))


def image_grid(images, columns: int | None = None, padding: int = 2) -> np.ndarray:
    """Lays images out in rows, left to right and top to bottom.

    Args:
        images: float `(count, height, width, channels)` in [-1, 1], 1 or 3 channels.
        columns: images in a row; by default as many as make the grid about square.
        padding: pixels of black around each image.

    Returns:
        uint8 `(rows * (height + padding) + padding, ..., channels)`, the width likewise.
    """
    images = to_uint8(images).numpy()
    count, height, width, channels = images.shape
    columns = columns or square_columns(count)
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
