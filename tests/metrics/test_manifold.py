import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import manifold
from ganzoo.metrics.manifold import squared_distances, squared_radii

RANDOM = np.random.default_rng(0)
REALS = RANDOM.standard_normal((60, 4)).astype(np.float32)
FAKES = (0.8 * RANDOM.standard_normal((50, 4)) + 0.4).astype(np.float32)


def by_definition(reals, fakes, k):
    """As arXiv:2002.09797 has them, ball by ball."""

    def distance(x, y):
        return np.linalg.norm(x.astype(np.float64) - y)

    def radius(index, features):
        others = [distance(features[index], x) for i, x in enumerate(features) if i != index]
        return sorted(others)[k - 1]

    real_radii = [radius(i, reals) for i in range(len(reals))]
    fake_radii = [radius(i, fakes) for i in range(len(fakes))]
    distances = np.array([[distance(x, y) for y in fakes] for x in reals])
    inside = distances < np.array(real_radii)[:, None]
    inverse = distances < np.array(fake_radii)
    return {
        "precision": inside.any(0).mean(),
        "recall": inverse.any(1).mean(),
        "density": inside.sum(0).mean() / k,
        "coverage": inside.any(1).mean(),
    }


@pytest.mark.parametrize("k", [1, 3, 5])
def test_the_four_figures_are_the_definitions(k):
    found = manifold(REALS, FAKES, k, extractor="ours")
    assert found.values == pytest.approx(by_definition(REALS, FAKES, k), abs=1e-15)
    assert found.protocol == {"images": [60, 50], "dimensions": 4, "k": k, "extractor": "ours"}


def test_sets_far_apart_have_nothing_and_a_set_and_itself_all():
    apart = manifold(REALS, FAKES + 100, 5).values
    assert apart == {"precision": 0, "recall": 0, "density": 0, "coverage": 0}
    same = manifold(REALS, REALS, 5).values
    assert (same["precision"], same["recall"], same["coverage"]) == (1, 1, 1)
    # Each image is in its own ball and in those whose k - 1 nearest it is among: k balls at all.
    assert same["density"] == pytest.approx(1)


def test_blocks_make_no_difference(monkeypatch):
    whole, radii = manifold(REALS, FAKES, 5), squared_radii(REALS, 5)
    monkeypatch.setattr(squared_distances, "__defaults__", (7,))
    assert manifold(REALS, FAKES, 5).values == whole.values
    np.testing.assert_allclose(squared_radii(REALS, 5), radii, rtol=1e-12)


@pytest.mark.parametrize("k", [0, 50])
def test_a_neighbour_that_is_not_there_is_refused(k):
    with pytest.raises(InputError, match=f"one of the other 49 images .*Received: k={k}"):
        manifold(REALS, FAKES, k)


def test_features_of_other_dimensions_are_refused():
    with pytest.raises(InputError, match=r"same dimensions, 4: .* Received: 3"):
        manifold(REALS, FAKES[:, :3])
