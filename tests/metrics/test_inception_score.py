import numpy as np
import pytest

from ganzoo.errors import InputError
from ganzoo.metrics import InceptionScore

RANDOM = np.random.default_rng(0)
LOGITS = (4 * RANDOM.standard_normal((60, 7))).astype(np.float32)


def by_definition(logits):
    probabilities = np.exp(logits.astype(np.float64))
    probabilities /= probabilities.sum(1, keepdims=True)
    ratios = np.log(probabilities / probabilities.mean(0))
    return np.exp((probabilities * ratios).sum(1).mean())


def scored(logits, splits, batch=11):
    score = InceptionScore(splits)
    for start in range(0, len(logits), batch):
        score.update(logits[start : start + batch])
    return score.result()


def test_one_part_is_the_definition_whatever_the_batches():
    for batch in (1, 11, 60):
        found = scored(LOGITS, 1, batch)
        assert found.value == pytest.approx(by_definition(LOGITS), rel=1e-12)
        assert found.values["inception_score_std"] == 0


def test_parts_get_one_image_of_each_round_and_do_not_depend_on_the_batches():
    found = scored(LOGITS, 10)
    assert found.values == pytest.approx(scored(LOGITS, 10, 1).values, rel=1e-12)
    draws = np.random.default_rng(0)
    places = np.concatenate([draws.permutation(10) for _ in range(6)])
    expected = [by_definition(LOGITS[places == part]) for part in range(10)]
    assert found.value == pytest.approx(np.mean(expected), rel=1e-12)
    assert found.values["inception_score_std"] == pytest.approx(np.std(expected), rel=1e-9)


def test_the_bounds_are_1_and_the_number_of_classes():
    assert scored(np.zeros((50, 7)), 5).value == pytest.approx(1)
    certain = 200.0 * np.eye(7)[np.arange(70) % 7]
    assert scored(certain, 1).value == pytest.approx(7)


def test_images_sorted_by_class_score_as_mixed_ones():
    """Contiguous parts would have one class each, and a score of 1."""
    certain = 200.0 * np.eye(5)[np.repeat(np.arange(5), 200)]
    assert scored(certain, 5).value > 4.9


def test_huge_logits_overflow_nowhere():
    assert scored(LOGITS * 1e4, 2).value <= 7


def test_fewer_images_than_parts_are_refused():
    with pytest.raises(InputError, match=r"needs as many images. Received: 9"):
        scored(LOGITS[:9], 10)
    with pytest.raises(InputError, match="Received: splits=0"):
        InceptionScore(0)
