"""Metrics of encoders, by brute force and at their extremes."""

import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import encoding_neighbours, feature_reconstruction, open_extractor


def test_the_accuracy_of_nearest_neighbours_is_that_of_brute_force():
    rng = np.random.default_rng(0)
    codes, images = rng.normal(size=(50, 3)), rng.normal(size=(50, 2, 2, 1))
    labels, test_labels = rng.integers(0, 3, 50), rng.integers(0, 3, 40)
    test_codes, test_images = rng.normal(size=(40, 3)), rng.normal(size=(40, 2, 2, 1))
    found = encoding_neighbours(codes, images, labels, test_codes, test_images, test_labels)

    def accuracy(vectors, tests):
        vectors, tests = (x.reshape(len(x), -1) for x in (vectors, tests))
        nearest = np.linalg.norm(tests[:, None] - vectors[None], axis=2).argmin(1)
        return np.mean(labels[nearest] == test_labels)

    assert found.values["encoding_accuracy"] == pytest.approx(accuracy(codes, test_codes))
    assert found.values["pixel_accuracy"] == pytest.approx(accuracy(images, test_images))
    assert found.protocol == {"images": 50, "test": 40}


def test_neighbours_are_the_same_whatever_block_they_are_in(monkeypatch):
    rng = np.random.default_rng(1)
    codes, labels = rng.normal(size=(2500, 2)), np.arange(2500) % 7
    tests, test_labels = codes[::-1] + 1e-6, labels[::-1]  # each nearest to its own
    found = encoding_neighbours(codes, codes, labels, tests, tests, test_labels)
    assert found.value == 1.0


def features(images):
    return images.reshape(len(images), -1)


def test_the_distance_of_features_is_0_of_copies_and_1_of_reconstructions_that_know_nothing():
    images = np.random.default_rng(0).uniform(-1, 1, (6, 4, 4, 3)).astype(np.float32)
    extractor = open_extractor(features)

    def distance(made):
        pairs = [(made[:4], images[:4]), (made[4:], images[4:])]
        return feature_reconstruction(pairs, extractor).values["feature_distance"]

    assert distance(images) == 0.0
    assert distance(np.repeat(images[:1], 6, 0)) == pytest.approx(1.0)
    assert 0.0 < distance(0.5 * images) < 1.0


def test_one_image_has_no_other_to_compare_with():
    image = np.zeros((1, 4, 4, 3), np.float32)
    with pytest.raises(InputError, match=r"two images to reconstruct\. Received: 1"):
        feature_reconstruction([(image, image)], open_extractor(features))
