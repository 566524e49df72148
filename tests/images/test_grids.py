"""Grids: where each image stands, and how many rows and columns there are."""

import numpy as np
import pytest

from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8


def constant_images(*greys, shape=(2, 3, 1)):
    return np.stack([np.full(shape, grey / 127.5 - 1, np.float32) for grey in greys])


def test_images_lie_in_a_grid_row_by_row_with_black_between():
    grid = image_grid(constant_images(50, 100, 150), columns=2, padding=1)
    expected = np.zeros((7, 9), np.uint8)
    expected[1:3, 1:4] = 50
    expected[1:3, 5:8] = 100
    expected[4:6, 1:4] = 150
    assert grid.dtype == np.uint8
    np.testing.assert_array_equal(grid, expected[..., None])


@pytest.mark.parametrize(
    ("count", "rows", "columns"), [(1, 1, 1), (2, 1, 2), (5, 2, 3), (9, 3, 3), (64, 8, 8)]
)
def test_a_grid_is_about_square_and_loses_no_image(count, rows, columns):
    grid = image_grid(constant_images(*[255] * count))
    assert grid.shape == (rows * 4 + 2, columns * 5 + 2, 1)
    assert (grid == 255).sum() == count * 6


def test_without_padding_a_grid_of_one_is_the_image():
    image = np.random.default_rng(0).integers(0, 256, (1, 4, 5, 3), np.uint8)
    np.testing.assert_array_equal(image_grid(from_uint8(image), padding=0), image[0])


@pytest.mark.parametrize(("side", "times"), [(3, 21), (28, 2), (32, 2), (33, 1), (256, 1)])
def test_small_images_are_enlarged_by_a_whole_number(side, times):
    image = np.random.default_rng(0).integers(0, 256, (1, 2, side, 1), np.uint8)
    grid = image_grid(from_uint8(image), enlarge=True)
    assert grid.shape == (6 * times, (side + 4) * times, 1)
    np.testing.assert_array_equal(grid[::times, ::times], image_grid(from_uint8(image)))
    np.testing.assert_array_equal(
        grid[times - 1 :: times, times - 1 :: times], grid[::times, ::times]
    )
