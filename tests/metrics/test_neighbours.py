import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import memorisation, nearest_neighbours, open_extractor

RANDOM = np.random.default_rng(0)
TRAINING = RANDOM.uniform(-1, 1, (40, 4, 3, 1)).astype(np.float32)
SAMPLES = RANDOM.uniform(-1, 1, (5, 4, 3, 1)).astype(np.float32)


def batches(images, size=7):
    return [images[start : start + size] for start in range(0, len(images), size)]


def test_neighbours_are_the_nearest_in_pixels_whatever_the_batches():
    distances = np.sqrt(((SAMPLES[:, None] - TRAINING) ** 2).mean((2, 3, 4)))
    expected = np.argsort(distances, 1)[:, :3]
    for size in (1, 7, 40):
        found = nearest_neighbours(SAMPLES, batches(TRAINING, size), k=3)
        np.testing.assert_array_equal(found.positions, expected)
        np.testing.assert_array_equal(found.images, TRAINING[expected])
        sorted_distances = np.take_along_axis(distances, expected, 1)
        np.testing.assert_allclose(found.distances, sorted_distances, rtol=1e-5)


def test_a_copy_is_found_at_distance_0():
    found = nearest_neighbours(TRAINING[[33, 2]], batches(TRAINING), k=2)
    np.testing.assert_array_equal(found.positions[:, 0], [33, 2])
    np.testing.assert_allclose(found.distances[:, 0], 0, atol=1e-6)


def test_in_features_the_nearest_are_those_of_the_extractor():
    extractor = open_extractor(lambda images: images.mean((1, 2)))
    found = nearest_neighbours(SAMPLES, batches(TRAINING), 1, extractor)
    differences = abs(SAMPLES.mean((1, 2)) - TRAINING.mean((1, 2)).T)
    assert (found.distances[:, 0] < differences.min(1) * np.sqrt(3) + 0.02).all()
    assert (found.distances[:, 0] > differences.min(1) * np.sqrt(3) - 0.02).all()


def test_the_picture_has_a_row_for_each_sample_with_its_neighbours_to_the_right():
    found = nearest_neighbours(TRAINING[[33, 2]], batches(TRAINING), k=2)
    picture = found.picture()[::16, ::16]  # enlarged
    assert picture.shape == (2 * (4 + 2) + 2, 3 * (3 + 2) + 2, 1)
    cells = [picture[2:6, left : left + 3] for left in (2, 7, 12)]
    np.testing.assert_array_equal(cells[0], cells[1])
    assert (cells[1] != cells[2]).any()


def test_memorisation_is_1_of_copies_half_of_new_images_and_0_of_strange_ones():
    held_out = RANDOM.uniform(-1, 1, (30, 4, 3, 1)).astype(np.float32)
    copies = memorisation(TRAINING[:20], held_out, batches(TRAINING))
    assert copies.value == 1
    assert copies.values["z"] > 5
    assert copies.protocol == {"samples": 20, "held_out": 30, "compared": "pixels"}
    new = RANDOM.uniform(-1, 1, (400, 4, 3, 1)).astype(np.float32)
    fair = memorisation(new[:200], new[200:], batches(TRAINING))
    assert abs(fair.value - 0.5) < 0.15
    assert abs(fair.values["z"]) < 4
    strange = np.sign(new[:20])
    assert memorisation(strange, held_out, batches(TRAINING)).value < 0.05


def test_ties_are_half_a_pair():
    assert memorisation(SAMPLES, SAMPLES, batches(TRAINING)).value == 0.5
    assert memorisation(SAMPLES, SAMPLES, batches(TRAINING)).values["z"] == 0


def test_memorisation_in_features_names_the_extractor():
    extractor = open_extractor(lambda images: images.mean((1, 2)))
    found = memorisation(SAMPLES, SAMPLES, batches(TRAINING), extractor)
    assert found.protocol["compared"] == "features"
    assert found.protocol["extractor"] == "<lambda>"


@pytest.mark.parametrize(
    ("training", "k", "message"),
    [
        (TRAINING[:3], 4, r"must be k training images. Received: 3, and k=4"),
        (TRAINING, 0, "a neighbour at least. Received: k=0"),
        (TRAINING[:, :3], 1, r"shape of the samples, \(4, 3, 1\). Received: \(3, 3, 1\)"),
    ],
)
def test_neighbours_that_are_not_there_are_refused(training, k, message):
    with pytest.raises(InputError, match=message):
        nearest_neighbours(SAMPLES, batches(training), k)
