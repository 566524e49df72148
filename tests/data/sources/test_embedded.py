"""The embedded images in all four formats and three splits."""

import functools

import numpy as np
import pytest

from ganzoo import load_dataset
from ganzoo.data.sources.embedded import edges
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError

SPLITS = {"train": 8000, "validation": 1000, "test": 1000}


@functools.cache  # drawing edges of thousands of images takes a second
def sources(batch_format, split):
    return open_sources("sample", batch_format, split)


def arrays(batch_format, split="train"):
    """Each source with all its examples as one."""
    return [
        (source, next(source.examples().batch(source.size).as_numpy_iterator())[1])
        for source in sources(batch_format, split)
    ]


def test_the_three_splits_share_no_image_and_hold_all_ten_labels():
    seen = set()
    for split, size in SPLITS.items():
        ((source, examples),) = arrays("labelled", split)
        assert source.size == size
        assert source.shapes == {"images": (28, 28, 1), "labels": ()}
        assert examples["images"].shape == (size, 28, 28, 1)
        assert examples["images"].dtype == np.uint8
        assert examples["labels"].dtype == np.int64
        seen |= {image.tobytes() for image in examples["images"]}
        counts = np.bincount(examples["labels"])
        assert len(counts) == 10
        assert counts.min() > size / 20
    assert len(seen) == 10_000


@pytest.mark.parametrize("split", SPLITS)
def test_pairs_are_the_same_garments_and_drawings_of_their_edges(split):
    ((_, garments),) = arrays("images", split)
    ((source, pairs),) = arrays("paired", split)
    assert source.shapes == {"inputs": (28, 28, 1), "targets": (28, 28, 1)}
    np.testing.assert_array_equal(pairs["targets"], garments["images"])
    some = slice(None, None, 10)
    np.testing.assert_array_equal(pairs["inputs"][some], edges(garments["images"][some]))
    assert set(np.unique(pairs["inputs"])) == {0, 255}
    drawn = (pairs["inputs"] == 255).mean((1, 2, 3))
    assert 0.05 < np.median(drawn) < 0.2
    assert drawn.min() > 0


def test_a_drawing_has_one_line_around_a_square_and_none_on_its_surface():
    image = np.zeros((1, 12, 12, 1), np.uint8)
    image[:, 3:9, 3:9] = 200
    drawing = edges(image)[0, ..., 0] == 255
    np.testing.assert_array_equal(drawing, drawing.T)
    assert not drawing[5:7, 5:7].any()
    for row in (5, 6):
        assert drawing[row].sum() == 2
        assert set(np.flatnonzero(drawing[row])) <= {2, 3, 8, 9}


@pytest.mark.parametrize("split", SPLITS)
def test_the_unpaired_sides_are_all_sneakers_and_all_ankle_boots(split):
    ((_, garments),) = arrays("labelled", split)
    sides = arrays("unpaired", split)
    for (source, examples), name, label in zip(
        sides, ("sneakers", "ankle_boots"), (7, 9), strict=True
    ):
        assert source.name == f"sample/{name}"
        expected = garments["images"][garments["labels"] == label]
        np.testing.assert_array_equal(examples["images"], expected)


def test_every_format_and_split_has_an_identity_of_its_own():
    identities = [
        source.identity
        for batch_format in ("images", "paired", "unpaired")
        for split in SPLITS
        for source in sources(batch_format, split)
    ]
    assert len(set(identities)) == len(identities) == 12


def test_an_unknown_split_raises_an_error_with_the_closest_match():
    with pytest.raises(InputError, match=r"Unknown split of 'sample'; did you mean 'validation'\?"):
        open_sources("sample", "images", "valid")


def test_an_unknown_batch_format_raises_an_error_with_the_closest_match():
    message = r"Unknown batch format; did you mean 'labelled'\?.*Received: 'labeled'"
    with pytest.raises(InputError, match=message):
        load_dataset("sample", "labeled", image_shape=(28, 28, 1))
