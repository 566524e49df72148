"""From images of any size to the size that is cached, against arithmetic on small arrays."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.images.fitting import check_center_crop, fitted


def picture(height, width, channels=1):
    """Noise in multiples of 16, so that quarters of quarters are integers."""
    levels = np.random.default_rng(0).integers(0, 16, (height, width, channels))
    return (levels * 16).astype(np.uint8)


def preprocessed(image, image_shape, center_crop=None, fit="crop"):
    result = fitted(tf.constant(image), image_shape, center_crop, fit)
    assert result.dtype == tf.uint8
    assert result.shape == image_shape
    return result.numpy()


def doubled(values, axis):
    """Linear interpolation at a quarter and three quarters between pixel centres."""
    values = np.moveaxis(values.astype(float), axis, 0)
    before = np.concatenate([values[:1], values[:-1]])
    after = np.concatenate([values[1:], values[-1:]])
    pairs = np.stack([0.75 * values + 0.25 * before, 0.75 * values + 0.25 * after], 1)
    return np.moveaxis(pairs.reshape(-1, *values.shape[1:]), 0, axis)


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_an_image_of_the_right_size_is_unchanged(fit):
    image = picture(8, 8, 3)
    np.testing.assert_array_equal(preprocessed(image, (8, 8, 3), fit=fit), image)


def test_28_padded_to_32_has_the_image_unchanged_in_the_middle_of_black():
    image = picture(28, 28)
    result = preprocessed(image, (32, 32, 1), fit="pad")
    np.testing.assert_array_equal(result, np.pad(image, ((2, 2), (2, 2), (0, 0))))


def test_28_padded_to_64_is_doubled_first():
    image = picture(28, 28)
    result = preprocessed(image, (64, 64, 1), fit="pad")
    larger = doubled(doubled(image, 0), 1)
    np.testing.assert_array_equal(result, np.pad(np.round(larger), ((4, 4), (4, 4), (0, 0))))


def test_28_cropped_to_56_fills_all_of_it():
    image = picture(28, 28)
    larger = doubled(doubled(image, 0), 1)
    np.testing.assert_array_equal(preprocessed(image, (56, 56, 1)), np.round(larger))


def test_crop_takes_the_middle_of_a_wide_image():
    image = picture(8, 16, 3)
    np.testing.assert_array_equal(preprocessed(image, (8, 8, 3)), image[:, 4:12])


def test_crop_takes_the_middle_of_a_tall_image():
    image = picture(14, 8, 3)
    np.testing.assert_array_equal(preprocessed(image, (8, 8, 3)), image[3:11])


def test_pad_keeps_all_of_a_wide_image():
    image = picture(4, 8, 3)
    result = preprocessed(image, (8, 8, 3), fit="pad")
    np.testing.assert_array_equal(result, np.pad(image, ((2, 2), (0, 0), (0, 0))))


def test_pad_shrinks_what_is_too_large_and_keeps_its_aspect():
    image = np.full((8, 16, 1), 200, np.uint8)
    expected = np.zeros((8, 8, 1))
    expected[2:6] = 200
    np.testing.assert_array_equal(preprocessed(image, (8, 8, 1), fit="pad"), expected)


def test_a_thin_line_is_never_shrunk_to_nothing():
    image = np.full((1, 100, 1), 200, np.uint8)
    assert (preprocessed(image, (8, 8, 1), fit="pad") > 0).sum() == 8


def test_the_cached_images_need_not_be_square():
    image = picture(8, 8)
    np.testing.assert_array_equal(preprocessed(image, (4, 8, 1)), image[2:6])
    np.testing.assert_array_equal(preprocessed(image, (8, 4, 1)), image[:, 2:6])
    padded = np.pad(image, ((0, 0), (2, 2), (0, 0)))
    np.testing.assert_array_equal(preprocessed(image, (8, 12, 1), fit="pad"), padded)


@pytest.mark.parametrize("fit", ["crop", "pad"])
def test_shrinking_is_antialiased(fit):
    # Every fourth column is white. Without antialiasing two columns of each four are looked at,
    # and these are black.
    image = np.zeros((32, 32, 1), np.uint8)
    image[:, ::4] = 255
    inner = preprocessed(image, (8, 8, 1), fit=fit)[:, 1:-1]
    assert np.abs(inner - 255 / 4).max() < 20


def test_center_crop_takes_a_square_of_source_pixels_first():
    image = picture(10, 14, 3)
    np.testing.assert_array_equal(preprocessed(image, (4, 4, 3), center_crop=4), image[3:7, 5:9])


def test_what_center_crop_leaves_is_then_fitted():
    image = picture(40, 40)
    larger = doubled(doubled(image[18:22, 18:22], 0), 1)
    result = preprocessed(image, (8, 8, 1), center_crop=4)
    np.testing.assert_array_equal(result, np.round(larger))


def test_grey_becomes_three_equal_channels():
    image = picture(8, 8, 1)
    np.testing.assert_array_equal(preprocessed(image, (8, 8, 3)), np.repeat(image, 3, -1))


def test_colour_becomes_its_luminance():
    image = picture(8, 8, 3)
    luminance = image @ np.array([0.2989, 0.587, 0.114])
    assert np.abs(preprocessed(image, (8, 8, 1))[..., 0] - luminance).max() <= 1


@pytest.mark.parametrize("channels", [1, 3])
def test_what_is_not_opaque_is_put_on_white(channels):
    image = picture(8, 8, 4)
    opacity = image[..., 3:] / 255
    on_white = np.round(image[..., :3] * opacity + 255 * (1 - opacity)).astype(np.uint8)
    shape = (8, 8, channels)
    np.testing.assert_array_equal(preprocessed(image, shape), preprocessed(on_white, shape))


def test_sixteen_bits_are_scaled_to_eight():
    image = picture(8, 8).astype(np.uint16)
    np.testing.assert_array_equal(preprocessed(image * 257, (8, 8, 1)), image)


def test_a_graph_takes_images_of_sizes_known_only_when_it_runs():
    graph = tf.function(
        lambda image: fitted(image, (8, 8, 3), None, "crop"),
        input_signature=[tf.TensorSpec((None, None, 3), tf.uint8)],
    )
    for shape in ((8, 16, 3), (14, 8, 3)):
        image = picture(*shape)
        np.testing.assert_array_equal(graph(image), preprocessed(image, (8, 8, 3)))


def test_a_center_crop_that_fits_into_the_images_passes():
    check_center_crop((10, 12, 3), None)
    check_center_crop((10, 12, 3), 1)
    check_center_crop((10, 12, 3), 10)
    check_center_crop((None, None, 3), 500)


@pytest.mark.parametrize(
    ("source_shape", "center_crop", "message"),
    [
        ((9, 9, 1), 0, r"center_crop must be at least 1 .*Received: 0$"),
        ((9, 12, 1), 10, r"at most .* shorter side, 9\. Received: 10$"),
        ((None, 9, 1), 10, r"at most .* shorter side, 9\. Received: 10$"),
        ((None, None, 1), 0, r"shorter side, unknown\. Received: 0$"),
    ],
)
def test_a_center_crop_that_does_not_fit_raises_an_error(source_shape, center_crop, message):
    with pytest.raises(InputError, match=message):
        check_center_crop(source_shape, center_crop)
