import json
import warnings

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import Statistics, frechet_distance

RANDOM = np.random.default_rng(0)


def statistics(features, batch=7):
    found = Statistics()
    for start in range(0, len(features), batch):
        found.update(features[start : start + batch])
    return found


def correlated(count, dimensions=12, shift=0.0):
    mixing = np.random.default_rng(1).standard_normal((dimensions, dimensions))
    return RANDOM.standard_normal((count, dimensions)) @ mixing + shift


def test_mean_and_covariance_are_numpys_whatever_the_batches():
    features = correlated(101) + 1e4  # a mean that is large against the spread
    for batch in (1, 7, 101):
        found = statistics(features, batch)
        assert found.count == 101
        np.testing.assert_allclose(found.mean, features.mean(0), rtol=1e-13)
        np.testing.assert_allclose(found.covariance, np.cov(features, rowvar=False), rtol=1e-8)


def test_of_gaussians_without_correlation_the_distance_is_that_of_means_and_deviations():
    # Columns of a Hadamard matrix: exactly uncorrelated, of mean 0 and variance 8 / 7.
    signs = np.array([[1]])
    for _ in range(3):
        signs = np.block([[signs, signs], [signs, -signs]])
    base = signs[:, 1:5].astype(float)
    first = base * [1, 2, 3, 4]
    second = base * [2, 2, 1, 5] + [1, 0, 0, 2]
    expected = 1 + 4 + 8 / 7 * (1 + 0 + 4 + 1)
    found = frechet_distance(statistics(first), statistics(second))
    assert found.value == pytest.approx(expected, rel=1e-12)
    assert found.protocol == {"images": [8, 8], "dimensions": 4}


def test_the_distance_is_that_of_a_matrix_root_by_eigenvalues():
    first, second = correlated(300), correlated(200, shift=0.3) ** 3
    a, b = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    root = np.sqrt(np.linalg.eigvals(a @ b)).real.sum()
    shift = first.mean(0) - second.mean(0)
    expected = shift @ shift + np.trace(a) + np.trace(b) - 2 * root
    found = frechet_distance(statistics(first), statistics(second))
    assert found.value == pytest.approx(expected, rel=1e-9)


def test_a_set_and_itself_in_any_order_are_0_apart():
    for features in (correlated(50), correlated(50) * 1e6, np.maximum(correlated(40), 0)):
        same = statistics(features)
        other = statistics(RANDOM.permutation(features), 11)
        assert frechet_distance(same, same).value == 0
        assert frechet_distance(same, other).value == 0
    assert frechet_distance(same, statistics(features * 1.0001)).value > 0


def test_fewer_images_than_dimensions_are_warned_of_with_their_number():
    few, many = statistics(correlated(12)), statistics(correlated(13))
    with pytest.warns(UserWarning, match=r"12 features needs more than 12 .*Received: 12 images"):
        frechet_distance(few, many)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frechet_distance(many, many)


def test_few_images_and_themselves_are_0_apart():
    few = statistics(correlated(5, 40))
    with pytest.warns(UserWarning, match="singular"):
        assert frechet_distance(few, few).value == 0


def test_other_dimensions_and_single_images_are_refused():
    with pytest.raises(InputError, match=r"same dimensions, 12: .* Received: 3"):
        frechet_distance(statistics(correlated(20)), statistics(correlated(20, 3)))
    with pytest.raises(InputError, match="same dimensions, 12"):
        statistics(correlated(20)).update(correlated(20, 3))
    with pytest.raises(InputError, match=r"at least 2 images. Received: 1"):
        _ = statistics(correlated(1)).covariance


def test_statistics_go_to_a_file_and_back(tmp_path):
    kept = statistics(correlated(30))
    np.savez(tmp_path / "kept.npz", **kept.to_arrays())
    back = Statistics(**np.load(tmp_path / "kept.npz"))
    found = frechet_distance(kept, back).to_json()
    assert json.loads(json.dumps(found)) == found
    assert found["values"] == {"fid": 0}
    more = correlated(30)
    kept.update(more)
    back.update(more)
    np.testing.assert_array_equal(kept.covariance, back.covariance)
