import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.metrics import cycle_reconstruction, ms_ssim, paired, ssim

RANDOM = np.random.default_rng(0)


def images(count=3, height=40, width=52, channels=3):
    """Smooth images, that have a structure at every scale."""
    noise = RANDOM.standard_normal((count, height, width, channels)).cumsum(1).cumsum(2)
    return (noise / abs(noise).max()).astype(np.float32)


def near(originals, spread=0.1):
    noise = spread * RANDOM.standard_normal(originals.shape)
    return np.clip(originals + noise, -1, 1).astype(np.float32)


def unit(originals):
    return (originals + 1) / 2


def test_ssim_is_tensorflows():
    first = images()
    second = near(first)
    expected = tf.image.ssim(unit(first), unit(second), max_val=1.0)
    np.testing.assert_allclose(ssim(first, second), expected, atol=1e-5)


@pytest.mark.parametrize("sides", [(176, 192), (177, 181)])
def test_ms_ssim_is_tensorflows_where_that_has_one(sides):
    first = images(2, *sides, 1)
    second = near(first, 0.3)
    expected = tf.image.ssim_multiscale(unit(first), unit(second), max_val=1.0)
    np.testing.assert_allclose(ms_ssim(first, second), expected, atol=1e-5)


def test_ms_ssim_of_small_images_falls_from_1_with_what_is_added():
    first = images(2, 28, 28, 1)
    assert ms_ssim(first, first) == pytest.approx([1, 1])
    values = [ms_ssim(first, near(first, spread)).mean() for spread in (0.05, 0.2, 0.8)]
    assert 1 > values[0] > values[1] > values[2] > 0


def test_opposite_structures_have_no_similarity_and_no_nan():
    first = images(1, 32, 32, 1) * 0.9
    np.testing.assert_array_equal(ms_ssim(first, -first), [0])
    assert ssim(first, -first) < 0


def test_l1_and_psnr_are_their_definitions_whatever_the_batches():
    first = images(5)
    second = near(first)
    whole = paired([(first, second)])
    parts = paired([(first[:2], second[:2]), (first[2:], second[2:])], model="a")
    assert whole.values == pytest.approx(parts.values, rel=1e-12)
    assert whole.values["l1"] == pytest.approx(abs(first - second).mean(), rel=1e-5)
    squares = ((unit(first) - unit(second)).astype(np.float64) ** 2).mean((1, 2, 3))
    assert whole.values["psnr"] == pytest.approx((10 * np.log10(1 / squares)).mean(), rel=1e-5)
    assert whole.values["ssim"] == pytest.approx(ssim(first, second).mean())
    assert whole.values["ms_ssim"] == pytest.approx(ms_ssim(first, second).mean())
    assert parts.protocol == {"images": 5, "model": "a"}


def test_exact_outputs_have_no_error_and_a_result_that_json_can_hold():
    same = images(2)
    found = paired([(same, same)])
    assert found.to_json()["values"] == {
        "l1": 0.0, "psnr": "inf", "ssim": pytest.approx(1), "ms_ssim": pytest.approx(1),
    }  # fmt: skip


def test_a_cycle_is_measured_against_the_image_it_began_with():
    originals = images(4)
    found = cycle_reconstruction([originals], lambda x: -x, lambda x: -x * 0.5)
    assert found.metric == "cycle_reconstruction"
    assert found.values["l1"] == pytest.approx(abs(originals * 0.5).mean(), rel=1e-5)


@pytest.mark.parametrize(
    ("pair", "message"),
    [
        ((images(2), images(3)), r"one shape. Received: \(2, 40, 52, 3\) and \(3, 40"),
        ((images(2, 10), images(2, 10)), r"window takes 11 pixels. Received: images of 10x52"),
        ((images(2, 40, 15), images(2, 40, 15)), r"they need 16 pixels. Received: images of 40x15"),
        ((images(2) * np.nan, images(2)), "NaN or infinity in 2"),
    ],
)
def test_pairs_that_cannot_be_compared_are_refused(pair, message):
    with pytest.raises(InputError, match=message):
        paired([pair])


def test_no_pairs_are_refused():
    with pytest.raises(InputError, match="no pairs to measure"):
        paired([])
