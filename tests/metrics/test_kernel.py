import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import kernel_distance

RANDOM = np.random.default_rng(0)
FIRST = RANDOM.standard_normal((30, 5)).astype(np.float32)
SECOND = (RANDOM.standard_normal((40, 5)) + 0.5).astype(np.float32)


def mmd_by_loops(x, y):
    def kernel(a, b):
        return (float(np.dot(a.astype(np.float64), b)) / len(a) + 1) ** 3

    count = len(x)
    pairs = [(i, j) for i in range(count) for j in range(count)]
    within = sum(kernel(x[i], x[j]) + kernel(y[i], y[j]) for i, j in pairs if i != j)
    across = sum(kernel(x[i], y[j]) for i, j in pairs)
    return within / (count * (count - 1)) - 2 * across / count**2


def test_the_distance_is_the_definitions_of_the_subsets_that_were_drawn():
    draws = np.random.RandomState(7)
    expected = [
        mmd_by_loops(
            FIRST[draws.choice(30, 10, replace=False)], SECOND[draws.choice(40, 10, replace=False)]
        )
        for _ in range(3)
    ]
    found = kernel_distance(FIRST, SECOND, subsets=3, subset_size=10, seed=7)
    assert found.value == pytest.approx(np.mean(expected), rel=1e-12)
    assert found.values["kid_std"] == pytest.approx(np.std(expected), rel=1e-12)
    assert found.protocol == {
        "images": [30, 40], "dimensions": 5, "subsets": 3, "subset_size": 10, "seed": 7,
    }  # fmt: skip


def test_the_estimate_has_no_bias():
    """Of sets from one distribution its mean is 0; with the diagonal it would be about 0.5."""
    sets = RANDOM.standard_normal((400, 2, 20, 5))
    found = [kernel_distance(*pair, subsets=1, subset_size=20).value for pair in sets]
    assert abs(np.mean(found)) < 4 * np.std(found) / 20
    assert min(found) < 0


def test_a_set_and_itself_in_any_order_are_0_apart():
    found = kernel_distance(FIRST, RANDOM.permutation(FIRST), subsets=5, subset_size=10)
    assert found.values == {"kid": 0.0, "kid_std": 0.0}
    other = FIRST.copy()
    other[3, 2] += 1e-3
    assert kernel_distance(FIRST, other, subsets=5, subset_size=10).value != 0


@pytest.mark.parametrize("wrong", [{"subset_size": 31}, {"subset_size": 1}, {"subsets": 0}])
def test_subsets_that_cannot_be_drawn_are_refused(wrong):
    with pytest.raises(InputError, match="Subsets must have 2 to 30 images"):
        kernel_distance(FIRST, SECOND, **{"subset_size": 10, "subsets": 1} | wrong)


def test_features_of_other_dimensions_are_refused():
    with pytest.raises(InputError, match=r"same dimensions, 5: .* Received: 4"):
        kernel_distance(FIRST, SECOND[:, :4], subset_size=10)
