"""Many images in one: rows and columns with black between them."""

import math

import numpy as np

from ganzoo.images.ranges import to_uint8

VISIBLE = 64  # pixels of a side; images whose sides are at most half of it are enlarged


def square_columns(count: int) -> int:
    """Returns the number of columns that makes a grid of `count` images about square."""
    return math.ceil(math.sqrt(count))


def image_grid(
    images, columns: int | None = None, padding: int = 2, enlarge: bool = False
) -> np.ndarray:
    """Lays images out in rows, left to right and top to bottom.

    Args:
        images: float `(count, height, width, channels)` in [-1, 1], 1 or 3 channels.
        columns: images in a row; by default as many as make the grid about square.
        padding: pixels of black around each image.
        enlarge: whether small images are made larger, to be looked at: each pixel, padding too, is
            as many as the longer side fits into 64, such as 2x2 of images of 28x28.

    Returns:
        uint8 `(rows * (height + padding) + padding, ..., channels)`, the width likewise; times the
        whole number by which it is enlarged.
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
    times = max(1, VISIBLE // max(height, width)) if enlarge else 1
    return grid.repeat(times, axis=0).repeat(times, axis=1)
