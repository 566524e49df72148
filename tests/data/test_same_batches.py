"""The same images give the same batches wherever they come from and however they are cached.

Most tests compare all examples in order: the same pipeline makes batches of them. To compare random
batches takes longer, because each pipeline is a graph that has to be traced.
"""

import sys
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo.data.loading import open_pipeline

pytestmark = pytest.mark.slow

SIZE = 12
RNG = np.random.default_rng(0)
# Smooth, so that a JPEG file of them is close to them.
SMALL = RNG.integers(0, 256, (2, SIZE, 3, 4, 3), np.uint8)
IMAGES, OTHERS = (
    np.stack([np.asarray(Image.fromarray(image).resize((20, 16))) for image in images])
    for images in SMALL
)
LABELS = np.arange(SIZE, dtype=np.int32) * 2 // SIZE
ARRAYS = {
    "images": IMAGES,
    "labelled": (IMAGES, LABELS),
    "paired": (IMAGES, OTHERS),
    "unpaired": (IMAGES, OTHERS),
}
BUILDER = '''
import numpy as np
import tensorflow_datasets as tfds


class GanzooSame(tfds.core.GeneratorBasedBuilder):
    """The arrays in a file, in their order."""

    VERSION = tfds.core.Version("1.0.0")

    def _info(self):
        image = tfds.features.Image(shape=(16, 20, 3))
        label = tfds.features.ClassLabel(num_classes=2)
        features = {"image": image, "other": image, "label": label}
        return tfds.core.DatasetInfo(
            builder=self,
            features=tfds.features.FeaturesDict(features),
            disable_shuffling=True,
        )

    def _split_generators(self, dl_manager):
        orders = {"every": "image", "everyA": "image", "everyB": "other"}
        return {split: self._generate_examples(first) for split, first in orders.items()}

    def _generate_examples(self, first):
        arrays = np.load(FILE)
        second = "other" if first == "image" else "image"
        for number, label in enumerate(arrays["label"]):
            yield number, {"image": arrays[first][number], "other": arrays[second][number],
                           "label": label}
'''


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    """TFDS's folder, for a builder that is registered with TFDS."""
    folder = tmp_path_factory.mktemp("same")
    np.savez(folder / "arrays.npz", image=IMAGES, other=OTHERS, label=LABELS)
    (folder / "ganzoo_same.py").write_text(f"FILE = {str(folder / 'arrays.npz')!r}\n{BUILDER}")
    (folder / "checksums.tsv").touch()
    sys.path.insert(0, str(folder))
    try:
        __import__("ganzoo_same")
    finally:
        sys.path.remove(str(folder))
    return str(folder / "tfds")


def pictures(root, batch_format, suffix="png", **options):
    """Writes the images of a format in one of its layouts."""
    groups = {
        "images": {"": IMAGES},
        "labelled": {"first": IMAGES[LABELS == 0], "second": IMAGES[LABELS == 1]},
        "paired": {"": np.concatenate([IMAGES, OTHERS], axis=2)},
        "unpaired": {"A": IMAGES, "B": OTHERS},
    }[batch_format]
    for group, images in groups.items():
        (root / group).mkdir(parents=True, exist_ok=True)
        for number, image in enumerate(images):
            Image.fromarray(image).save(root / group / f"{number:02}.{suffix}", **options)
    return str(root)


@pytest.fixture
def opened(settings):
    """Opens a pipeline of everything that is random."""

    def opened(dataset, batch_format, **given):
        random = {"batch_size": 5, "jitter": 0.25, "horizontal_flip": True, "shuffle": True}
        return open_pipeline(dataset, batch_format, settings(**random | given))

    return opened


@pytest.fixture
def in_order(opened):
    """Returns all examples of a dataset, part by part."""

    def in_order(*dataset, **given):
        return tf.nest.flatten(opened(*dataset, **given).first_examples(SIZE))

    return in_order


@pytest.fixture
def at_random(opened):
    """Returns three batches, of the first epoch and the second, flattened to a list of arrays."""

    def at_random(*dataset, first_step=1, **given):
        stream = opened(*dataset, **given).stream(first_step)
        return [part.numpy() for batch in stream.take(3) for part in tf.nest.flatten(batch)]

    return at_random


def assert_same(some, others):
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("batch_format", ARRAYS)
def test_from_files_arrays_and_tfds(batch_format, tmp_path, data_dir, in_order):
    expected = in_order(ARRAYS[batch_format], batch_format)
    assert len(expected) == (1 if batch_format == "images" else 2)
    assert all(len(part) == SIZE for part in expected)
    slices = tf.data.Dataset.from_tensor_slices(ARRAYS[batch_format])
    assert_same(in_order(slices, batch_format), expected)
    assert_same(in_order(pictures(tmp_path / "png", batch_format), batch_format), expected)
    tfds = in_order("ganzoo_same", batch_format, split="every", data_dir=data_dir)
    assert_same(tfds, expected)


@pytest.mark.parametrize("batch_format", ARRAYS)
def test_from_memory_from_files_and_uncached(batch_format, tmp_path, in_order, at_random):
    folder = pictures(tmp_path / "jpg", batch_format, "jpg", quality=95)
    expected = in_order(folder, batch_format)
    for _ in range(2):  # the second time from the files of the first
        assert_same(in_order(folder, batch_format, cache_gib=0), expected)
        assert_same(in_order(folder, batch_format, cache="none"), expected)
    uncached = at_random(folder, batch_format, cache="none")
    assert_same(uncached, at_random(folder, batch_format, cache_gib=0))


def test_random_batches_of_files_and_arrays(tmp_path, at_random):
    expected = at_random(ARRAYS["unpaired"], "unpaired")
    assert len(expected) == 6
    assert_same(at_random(pictures(tmp_path, "unpaired"), "unpaired"), expected)


def test_several_batches_a_step_too(tmp_path, settings):
    folder = pictures(tmp_path / "jpg", "labelled", "jpg")
    random = settings(batch_size=2, jitter=0.25, horizontal_flip=True, shuffle=True)
    cached, uncached = (
        open_pipeline(folder, "labelled", replace(random, cache=cache), batches_per_step=3)
        for cache in ("auto", "none")
    )
    assert cached.steps_per_epoch == uncached.steps_per_epoch == 2
    for one, other in zip(cached.stream(1).take(3), uncached.stream(1).take(3), strict=True):
        assert_same(one, other)


def test_unshuffled_batches_too(tmp_path, at_random):
    folder = pictures(tmp_path / "png", "paired")
    given = {"input_channels": 1, "direction": "ba", "shuffle": False, "first_step": 0}
    results = [
        at_random(folder, "paired", **given, **cache)
        for cache in ({}, {"cache_gib": 0}, {"cache": "none"})
    ]
    assert [part.shape for part in results[0][-2:]] == [(2, 8, 8, 1), (2, 8, 8, 3)]
    assert_same(results[1], results[0])
    assert_same(results[2], results[0])


def test_sizes_and_shapes_are_the_same_cached_or_not(tmp_path, opened):
    folder = pictures(tmp_path / "jpg", "labelled", "jpg")
    cached, uncached = (opened(folder, "labelled", cache=cache) for cache in ("auto", "none"))
    assert cached.num_classes == uncached.num_classes == 2
    assert cached.size == uncached.size == SIZE
    assert uncached.steps_per_epoch == SIZE // 5
    stream = uncached.stream()
    assert stream.element_spec == cached.stream().element_spec
    assert stream.cardinality() == tf.data.INFINITE_CARDINALITY
    assert uncached.epochs().cardinality() == SIZE // 5


def test_grey_and_colour_in_one_folder(tmp_path, in_order):
    grey = IMAGES[:, ..., :1]
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number in range(SIZE):
        image = grey[number, ..., 0] if number % 2 else IMAGES[number]
        Image.fromarray(image).save(folder / f"{number:02}.png")
    as_colours = np.where((np.arange(SIZE) % 2)[:, None, None, None], grey, IMAGES)
    expected = in_order(as_colours, "images")
    for cache in ("auto", "none"):
        assert_same(in_order(str(folder), "images", cache=cache), expected)
