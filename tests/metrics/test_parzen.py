import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import parzen_log_likelihood
from ganzoo.metrics.parzen import SIGMAS, log_likelihoods

RANDOM = np.random.default_rng(0)


def images(count, mean=0.0, spread=0.2, side=3):
    drawn = RANDOM.normal(mean, spread, (count, side, side, 1))
    return np.clip(drawn, -1, 1).astype(np.float32)


def direct(samples, points, sigma):
    """The definition, a float64 sum for each point; math.fsum would be no other."""
    found = []
    for point in points.astype(np.float64):
        squares = ((samples.astype(np.float64) - point) ** 2).sum(1) / (2 * sigma**2)
        least = squares.min()
        total = np.log(np.exp(least - squares).mean()) - least
        found.append(total - samples.shape[1] * np.log(sigma * np.sqrt(2 * np.pi)))
    return np.array(found)


def test_likelihoods_are_those_of_a_direct_sum():
    samples = RANDOM.uniform(0, 1, (1000, 784)).astype(np.float32)
    points = RANDOM.uniform(0, 1, (5, 784)).astype(np.float32)
    found = log_likelihoods(samples, points, SIGMAS)
    for row, sigma in zip(found, SIGMAS, strict=True):
        np.testing.assert_allclose(row, direct(samples, points, sigma), atol=1e-6, rtol=0)


def test_of_many_samples_of_a_gaussian_it_is_the_convolved_gaussians():
    samples = RANDOM.normal(0.5, 0.1, (200_000, 2))
    points = RANDOM.normal(0.5, 0.1, (50, 2))
    variance = 0.1**2 + 0.2**2
    squares = ((points - 0.5) ** 2).sum(1)
    expected = -squares / (2 * variance) - np.log(2 * np.pi * variance)
    (found,) = log_likelihoods(samples, points, [0.2])
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_the_width_is_chosen_on_validation_images_and_the_error_is_of_the_test_images():
    sigmas = [0.02, 0.05, 0.1, 0.2, 0.5]
    samples, validation, test = images(300), images(40), images(30)
    found = parzen_log_likelihood([samples[:99], samples[99:]], [validation], [test], sigmas)
    vectors = [(part.reshape(len(part), -1) + 1) / 2 for part in (samples, validation, test)]
    means = [direct(vectors[0], vectors[1], sigma).mean() for sigma in sigmas]
    chosen = sigmas[int(np.argmax(means))]
    expected = direct(vectors[0], vectors[2], chosen)
    assert found.values["sigma"] == chosen
    assert found.value == pytest.approx(expected.mean(), abs=1e-4)
    error = expected.std() / np.sqrt(30)
    assert found.values["parzen_standard_error"] == pytest.approx(error, rel=1e-4)
    assert found.protocol == {
        "samples": 300, "validation": 40, "test": 30, "dimensions": 9, "sigmas": sigmas,
    }  # fmt: skip


def test_a_width_at_the_end_of_the_grid_is_warned_of():
    with pytest.warns(UserWarning, match=r"should reach further. Received: sigma=0.5"):
        parzen_log_likelihood([images(9)], [images(9)], [images(9)], [0.5, 1.0])


def test_images_of_different_sizes_are_refused():
    with pytest.raises(InputError, match="with 9, 16 and 9 values each"):
        parzen_log_likelihood([images(9)], [images(9, side=4)], [images(9)])
    with pytest.raises(InputError, match=r"batches with \[9, 16\] values each"):
        parzen_log_likelihood([images(9), images(9, side=4)], [images(9)], [images(9)])
