"""Pairs that were mixed up are distinguished from those that belong together."""

import numpy as np
import pytest

from ganzoo.batch_formats import batch_format
from ganzoo.checking import alignment
from ganzoo.data.sources.embedded import open_sample


@pytest.fixture(scope="module")
def images():
    """600 drawings, and the garments that they are drawn from."""
    (source,) = open_sample(batch_format("paired"), "test")
    sides = next(source.examples().map(lambda _, pair: pair).batch(600).as_numpy_iterator())
    return sides["inputs"], sides["targets"]


@pytest.fixture(scope="module")
def pairs(images):
    """Their gradient magnitudes."""
    return [alignment.gradient_magnitude(some).numpy() for some in images]


def shuffled(images, fraction, seed=0):
    """The images with a fraction of them exchanged among themselves, and which these are."""
    chosen = np.random.default_rng(seed).permutation(len(images))[: round(fraction * len(images))]
    images = images.copy()
    images[chosen] = images[np.roll(chosen, 1)]
    return images, chosen


@pytest.mark.parametrize("fraction", [0, 0.1, 0.3, 1])
def test_the_fraction_of_pairs_that_were_mixed_up_is_estimated(pairs, fraction):
    drawings, garments = pairs
    mixed, _ = shuffled(garments, fraction)
    fraction = alignment.misaligned_fraction(alignment.partner_ranks(drawings, mixed))
    assert fraction == pytest.approx(fraction, abs=0.05)
    assert (fraction >= alignment.SUSPICIOUS) == (fraction > 0)


def test_half_of_the_mixed_up_pairs_are_pointed_at_and_no_others(pairs):
    drawings, garments = pairs
    mixed, chosen = shuffled(garments, 0.1)
    seen = np.flatnonzero(alignment.partner_ranks(drawings, mixed) < 0.5)
    assert set(seen) <= set(chosen)
    assert 0.25 < len(seen) / len(chosen) < 0.75


def test_it_does_not_matter_whether_lines_are_dark_or_light_coloured_or_grey(images, pairs):
    garments = images[1][:100]
    red = np.concatenate([255 - garments, *[np.full_like(garments, 90)] * 2], axis=-1)
    ranks = alignment.partner_ranks(pairs[1][:100], alignment.gradient_magnitude(red).numpy())
    np.testing.assert_allclose(ranks, 1, atol=0.02)


def test_images_without_any_lines_are_no_error():
    blank = np.zeros((30, 64, 64, 2), np.float16)
    assert np.isfinite(alignment.partner_ranks(blank, blank)).all()
