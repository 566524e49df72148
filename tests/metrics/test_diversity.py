import itertools

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import class_diversity, ms_ssim, noise_diversity, open_extractor

RANDOM = np.random.default_rng(0)


def images(count, side=16):
    noise = RANDOM.standard_normal((count, side, side, 1)).cumsum(1).cumsum(2)
    return (noise / abs(noise).max()).astype(np.float32)


def test_a_class_of_one_image_over_and_over_is_not_diverse():
    different = images(6)
    collapsed = np.repeat(images(1), 6, 0)
    found = class_diversity(np.concatenate([different, collapsed]), [0] * 6 + [7] * 6, pairs=20)
    of_0, of_7 = (found.values[f"ms_ssim_of_{label}"] for label in (0, 7))
    assert of_7 == pytest.approx(1)
    assert of_0 < 0.9
    assert found.value == pytest.approx((of_0 + of_7) / 2)
    assert found.values["l1"] > 0


def test_of_two_images_every_pair_is_of_both():
    two = images(2)
    found = class_diversity(two, [3, 3], pairs=9)
    assert found.value == pytest.approx(ms_ssim(two[:1], two[1:])[0])
    assert found.values["l1"] == pytest.approx(abs(two[0] - two[1]).mean(), rel=1e-5)


def test_the_same_seed_draws_the_same_pairs():
    many, labels = images(10), [0, 1] * 5
    first, again, other = (class_diversity(many, labels, 5, seed) for seed in (1, 1, 2))
    assert first == again
    assert first.values != other.values


def test_the_noises_diversity_is_the_mean_over_all_pairs_of_draws():
    group = images(4)
    pairs = list(itertools.combinations(range(4), 2))
    l1 = np.mean([abs(group[i] - group[j]).mean() for i, j in pairs])
    similarity = np.mean([ms_ssim(group[[i]], group[[j]])[0] for i, j in pairs])
    still = np.repeat(images(1), 3, 0)
    found = noise_diversity([group, still])
    assert found.values["l1"] == pytest.approx(l1 / 2, rel=1e-5)
    assert found.values["ms_ssim"] == pytest.approx((similarity + 1) / 2)
    assert found.protocol == {"inputs": 2, "draws": [3, 4]}


def test_an_extractor_adds_the_distance_of_features():
    extractor = open_extractor(lambda batch: batch.mean((1, 2))[:, :1])
    group = np.stack([np.full((16, 16, 1), value) for value in (-0.6, 0.0, 0.8)])
    found = noise_diversity([group], extractor)
    assert found.values["feature_distance"] == pytest.approx((0.6 + 0.8 + 1.4) / 3, abs=0.01)
    assert found.protocol["extractor"] == "<lambda>"
    same = class_diversity(group, [0, 0, 0], 50, extractor=extractor)
    assert 0.6 <= same.values["feature_distance"] <= 1.4


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(InputError, match=r"one label of each of 4 images. Received: \(3,\)"):
        class_diversity(images(4), [0, 0, 0])
    with pytest.raises(InputError, match="Received: 1 of class 5"):
        class_diversity(images(3), [0, 0, 5])
    with pytest.raises(InputError, match=r"2 outputs for each input. Received: 1"):
        noise_diversity([images(1)])
    with pytest.raises(InputError, match="no groups"):
        noise_diversity([])
