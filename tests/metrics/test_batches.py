import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.images.ranges import from_uint8
from ganzoo.metrics.batches import float_batches, rgb_batches

IMAGES = np.linspace(-1, 1, 2 * 4 * 5 * 3, dtype=np.float32).reshape(2, 4, 5, 3)


def test_images_come_back_as_the_bytes_they_were_made_of_and_grey_ones_in_rgb():
    levels = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1)
    (back,) = rgb_batches([from_uint8(levels)])
    np.testing.assert_array_equal(back, np.repeat(levels, 3, -1))


def test_batches_may_be_arrays_or_tensors_of_any_float_and_of_different_sizes():
    batches = [IMAGES.astype(np.float64), tf.cast(IMAGES[:, :3], tf.bfloat16), IMAGES[:0]]
    shapes = [(batch.shape, batch.dtype) for batch in float_batches(batches)]
    assert shapes == [((2, 4, 5, 3), np.float32), ((2, 3, 5, 3), np.float32)]


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        (IMAGES[0], r"shape \(batch, height, width, 1 or 3\). Received: \(4, 5, 3\), images 2 on"),
        (np.zeros((2, 4, 5, 2)), r"shape .*Received: \(2, 4, 5, 2\)"),
        (np.zeros((2, 0, 5, 3)), r"shape .*Received: \(2, 0, 5, 3\)"),
        (np.zeros((2, 4, 5, 3), np.uint8), r"floats .*from_uint8 makes them. Received: uint8"),
        ((IMAGES + 1) * 127.5, r"in \[-1, 1\]. Received: values from 0 to 255"),
        (np.where(IMAGES > 0.9, np.nan, IMAGES), "NaN or infinity in 1 of a batch of 2.* image 3"),
        ((IMAGES, np.zeros(2)), "alone, without labels. Received: a tuple"),
    ],
)
def test_wrong_images_are_refused_with_their_place(batch, message):
    with pytest.raises(InputError, match=message):
        list(float_batches([IMAGES, batch]))


def test_no_images_are_refused():
    with pytest.raises(InputError, match="no images to measure"):
        list(float_batches([]))


def test_images_in_the_range_from_0_to_1_are_suspected():
    with pytest.warns(UserWarning, match=r"are they in \[0, 1\]"):
        list(float_batches([abs(IMAGES)]))
