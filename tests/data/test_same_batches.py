"""The same images give the same batches wherever they come from and however they are cached."""

import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo import load_dataset
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings

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


def batches(dataset, batch_format, split="all", **arguments):
    """Two epochs of everything that is random, flattened to a list of arrays."""
    dataset = load_dataset(
        dataset, batch_format, image_shape=(8, 8, 3), batch_size=5, split=split, jitter=0.25,
        horizontal_flip=True, **arguments,
    )  # fmt: skip
    return [part.numpy() for _ in range(2) for batch in dataset for part in tf.nest.flatten(batch)]


def assert_same(some, others):
    for one, other in zip(some, others, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("batch_format", ARRAYS)
def test_from_files_arrays_and_tfds(batch_format, tmp_path, data_dir):
    expected = batches(ARRAYS[batch_format], batch_format)
    assert len(expected) == 4 * (1 if batch_format == "images" else 2)
    slices = tf.data.Dataset.from_tensor_slices(ARRAYS[batch_format])
    assert_same(batches(slices, batch_format), expected)
    assert_same(batches(pictures(tmp_path / "png", batch_format), batch_format), expected)
    assert_same(batches("ganzoo_same", batch_format, "every", data_dir=data_dir), expected)


@pytest.mark.parametrize("batch_format", ARRAYS)
def test_from_memory_from_files_and_uncached(batch_format, tmp_path):
    folder = pictures(tmp_path / "jpg", batch_format, "jpg", quality=95)
    expected = batches(folder, batch_format)
    assert_same(batches(folder, batch_format, cache_gib=0), expected)
    assert_same(batches(folder, batch_format, cache_gib=0), expected)
    assert_same(batches(folder, batch_format, cache="none"), expected)
    assert_same(batches(folder, batch_format, cache="none"), expected)


def test_first_examples_and_unshuffled_batches_too(tmp_path):
    folder = pictures(tmp_path / "png", "paired")
    results = [
        [
            part.numpy()
            for batch in load_dataset(
                folder, "paired", image_shape=(8, 8, 3), input_channels=1, direction="ba",
                batch_size=5, split="all", shuffle=False, **arguments,
            )
            for part in batch
        ]
        for arguments in ({}, {"cache_gib": 0}, {"cache": "none"})
    ]  # fmt: skip
    assert [part.shape for part in results[0][-2:]] == [(2, 8, 8, 1), (2, 8, 8, 3)]
    assert_same(results[1], results[0])
    assert_same(results[2], results[0])


def cached_and_uncached(folder, batch_format):
    """Pipelines of the pictures in a folder that differ in nothing but their cache."""
    settings = {
        "image_shape": (8, 8, 3), "batch_size": 5, "split": "all", "center_crop": None,
        "fit": "crop", "jitter": 0.25, "horizontal_flip": True, "shuffle": True, "seed": 0,
        "skip_bad_images": False, "cache_gib": 1, "data_dir": None,
    }  # fmt: skip
    return [
        open_pipeline(folder, batch_format, DataSettings(cache=cache, **settings))
        for cache in ("auto", "none")
    ]


def test_examples_for_sample_grids_are_the_same_cached_or_not(tmp_path):
    folder = pictures(tmp_path / "jpg", "labelled", "jpg")
    cached, uncached = cached_and_uncached(folder, "labelled")
    assert cached.num_classes == uncached.num_classes == 2
    assert cached.size == uncached.size == SIZE
    assert_same(uncached.first_examples(7), cached.first_examples(7))


@pytest.mark.parametrize("batch_format", ["labelled", "unpaired"])
def test_streams_that_begin_inside_an_epoch_are_the_same_cached_or_not(batch_format, tmp_path):
    folder = pictures(tmp_path / "jpg", batch_format, "jpg")
    cached, uncached = cached_and_uncached(folder, batch_format)
    assert uncached.stream().element_spec == cached.stream().element_spec
    assert uncached.stream().cardinality() == tf.data.INFINITE_CARDINALITY
    assert uncached.epochs().cardinality() == uncached.steps_per_epoch == SIZE // 5
    for batch, expected in zip(uncached.stream(3), cached.stream(3).take(4), strict=False):
        assert_same(batch, expected)


def test_grey_and_colour_in_one_folder(tmp_path):
    grey = IMAGES[:, ..., :1]
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number in range(SIZE):
        image = grey[number, ..., 0] if number % 2 else IMAGES[number]
        Image.fromarray(image).save(folder / f"{number:02}.png")
    as_colours = np.where((np.arange(SIZE) % 2)[:, None, None, None], grey, IMAGES)
    expected = batches(as_colours, "images")
    for cache in ("auto", "none"):
        assert_same(batches(str(folder), "images", cache=cache), expected)
