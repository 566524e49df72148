"""Between floats in [-1, 1], or [0, 1], and uint8; channels; and sides that a network takes."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.images.ranges import (
    from_uint8,
    from_unit,
    mirrored_to_multiple,
    to_uint8,
    to_unit,
    with_channels,
)

GREYS = np.arange(256, dtype=np.uint8)


def test_all_grey_levels_survive_the_round_trip():
    floats = from_uint8(GREYS)
    assert floats.dtype == "float32"
    np.testing.assert_array_equal(to_uint8(floats), GREYS)


def test_black_is_minus_one_and_white_is_one():
    np.testing.assert_array_equal(from_uint8(GREYS[[0, 255]]), [-1.0, 1.0])
    np.testing.assert_allclose(from_uint8(GREYS), GREYS / 127.5 - 1, atol=1e-6)


def test_the_unit_range_and_back():
    np.testing.assert_array_equal(to_unit(np.array([-1.0, 0.0, 1.0])), [0.0, 0.5, 1.0])
    np.testing.assert_array_equal(from_unit(np.array([0.0, 0.5, 1.0])), [-1.0, 0.0, 1.0])


def test_values_are_rounded_to_the_nearest_level():
    levels = np.array([10.0, 10.4, 10.6, 254.6])
    np.testing.assert_array_equal(to_uint8(levels / 127.5 - 1), [10, 10, 11, 255])


def test_values_beyond_the_range_are_clipped():
    values = to_uint8([-np.inf, -1.5, -1.0, 1.0, 1.5, np.inf])
    assert values.dtype == "uint8"
    np.testing.assert_array_equal(values, [0, 0, 0, 255, 255, 255])


def test_grey_becomes_three_equal_channels_and_colour_its_luminance():
    colours = np.random.default_rng(0).uniform(-1, 1, (2, 3, 4, 3)).astype(np.float32)
    assert with_channels(colours, 3) is colours
    grey = with_channels(colours, 1)
    luminance = colours @ np.float32([0.2989, 0.587, 0.114])
    np.testing.assert_allclose(grey[..., 0], luminance, atol=1e-3)
    np.testing.assert_array_equal(with_channels(grey, 3), np.repeat(grey, 3, -1))


@pytest.mark.parametrize(
    ("multiple", "smallest", "expected"),
    [(4, 0, [0, 1, 2, 1]), (3, 0, [0, 1, 2]), (2, 8, [0, 1, 2, 1, 0, 1, 2, 1])],
)
def test_sides_are_padded_with_reflections_to_a_multiple(multiple, smallest, expected):
    images = tf.reshape(tf.range(3), (1, 3, 1, 1)) + tf.reshape(10 * tf.range(3), (1, 1, 3, 1))
    padded = mirrored_to_multiple(images, multiple, smallest)[0, ..., 0]
    np.testing.assert_array_equal(padded, np.add.outer(expected, 10 * np.array(expected)))


def test_a_side_of_one_pixel_is_repeated():
    assert mirrored_to_multiple(tf.ones((1, 1, 1, 3)), 4).shape == (1, 4, 4, 3)
