"""Pairs that were mixed up are distinguished from those that belong together."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.checking import alignment
from ganzoo.data.sources.embedded import open_sample


@pytest.fixture(scope="module")
def pairs():
    """The structures of 600 drawings and of the garments that they are drawn from."""
    (source,) = open_sample("paired", "train")
    sides = next(source.examples().map(lambda _, pair: pair).batch(600).as_numpy_iterator())
    return [structures(sides[name]) for name in ("inputs", "targets")]


def structures(images):
    dataset = tf.data.Dataset.from_tensor_slices(images).map(alignment.structure)
    return dataset.batch(len(images)).get_single_element().numpy()


def shuffled(images, share, seed=0):
    """The images with a share of them dealt round among themselves, and which these are."""
    chosen = np.random.default_rng(seed).permutation(len(images))[: round(share * len(images))]
    images = images.copy()
    images[chosen] = images[np.roll(chosen, 1)]
    return images, chosen


@pytest.mark.parametrize("share", [0, 0.1, 0.3, 1])
def test_the_share_of_pairs_that_were_mixed_up_is_estimated(pairs, share):
    drawings, garments = pairs
    mixed, _ = shuffled(garments, share)
    misfits = alignment.misfits(alignment.fits(drawings, mixed))
    assert misfits == pytest.approx(share, abs=0.05)
    assert (misfits >= alignment.SUSPICIOUS) == (share > 0)


def test_half_of_the_mixed_up_pairs_are_pointed_at_and_no_others(pairs):
    drawings, garments = pairs
    mixed, chosen = shuffled(garments, 0.1)
    seen = np.flatnonzero(alignment.fits(drawings, mixed) < 0.5)
    assert set(seen) <= set(chosen)
    assert 0.25 < len(seen) / len(chosen) < 0.75


def test_it_does_not_matter_whether_lines_are_dark_or_light_coloured_or_grey():
    (source,) = open_sample("paired", "train")
    sides = next(source.examples().map(lambda _, pair: pair).batch(100).as_numpy_iterator())
    garments = sides["targets"]
    red = np.concatenate([255 - garments, *[np.full_like(garments, 90)] * 2], axis=-1)
    fits = alignment.fits(structures(garments), structures(red))
    np.testing.assert_allclose(fits, 1, atol=0.02)


def test_images_without_any_lines_are_no_error():
    blank = np.zeros((30, 64, 64, 2), np.float16)
    assert np.isfinite(alignment.fits(blank, blank)).all()
