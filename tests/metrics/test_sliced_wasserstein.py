"""The sliced Wasserstein distance: its pyramid, its distances where they are known."""

import numpy as np
import pytest

from ganzoo import metrics
from ganzoo.errors import InputError
from ganzoo.metrics.sliced_wasserstein import _distance, _larger, laplacian_level


def images(count=12, side=32, seed=0, channels=1):
    values = np.random.default_rng(seed).uniform(-1, 1, (count, side, side, channels))
    return values.astype("float32")


def test_the_levels_of_a_pyramid_add_up_to_the_image():
    values = images(2, 64, channels=3)
    levels = [laplacian_level(values, level) for level in range(3)]
    assert [level.shape[1] for level in levels] == [64, 32, 16]
    whole = levels[-1]
    for level in reversed(levels[:-1]):
        whole = level + _larger(whole)
    np.testing.assert_allclose(whole, values, atol=1e-5)


def test_all_but_the_last_level_of_a_constant_image_are_zero():
    values = np.full((1, 32, 32, 1), 7.0, "float32")
    np.testing.assert_allclose(laplacian_level(values, 0), 0.0, atol=1e-5)
    np.testing.assert_allclose(laplacian_level(values, 1), 7.0, rtol=1e-6)


def test_the_distance_between_points_and_the_same_points_moved_is_that_along_the_lines():
    points = np.random.default_rng(0).normal(size=(100, 5)).astype("float32")
    shift = np.arange(5, dtype="float32")
    lines = np.eye(5, dtype="float32")  # along each axis all points move by the same
    assert _distance(points, points[::-1] + shift, lines) == pytest.approx(shift.mean())


def test_of_other_images_of_one_kind_it_is_near_its_floor_and_of_another_kind_far():
    reals = images(seed=1)
    near = metrics.sliced_wasserstein([reals[:9], reals[9:]], [images(seed=2)])
    flat = np.broadcast_to(reals[:, :1, :1], reals.shape) * 0.9 + reals * 0.1
    far = metrics.sliced_wasserstein([reals], [flat])
    floor = near.values["swd_floor"]
    assert 0 < floor < near.value < 3 * floor and near.value < far.value / 2
    assert list(near.values) == ["swd", "swd_32", "swd_16", "swd_floor"]
    assert near.value == pytest.approx((near.values["swd_32"] + near.values["swd_16"]) / 2)


def test_it_does_not_change_with_batches_contrast_or_from_call_to_call():
    reals, fakes = images(seed=1), images(seed=2)
    found = metrics.sliced_wasserstein([reals], [fakes]).value
    assert metrics.sliced_wasserstein([reals[:7], reals[7:]], [fakes]).value == found
    fainter = metrics.sliced_wasserstein([reals], [fakes * 0.5]).value
    assert fainter == pytest.approx(found, rel=0.2)


def test_of_the_larger_set_the_first_are_taken():
    reals, fakes = images(8, seed=1), images(6, seed=2)
    found = metrics.sliced_wasserstein([reals], [fakes])
    assert found.protocol["images"] == 6
    assert found.value == metrics.sliced_wasserstein([reals[:6]], [fakes]).value


@pytest.mark.parametrize(
    ("side", "channels"), [(16, 1), (32, 3), (8, 1)], ids=["side", "channels", "small"]
)
def test_images_that_cannot_be_compared_are_refused(side, channels):
    reals = images(4, 8) if side == 8 else images(4)
    with pytest.raises(InputError, match="sides of 16 at least"):
        metrics.sliced_wasserstein([reals], [images(4, side, channels=channels)])
