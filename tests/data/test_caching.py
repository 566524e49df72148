"""Cached examples: the same in memory and in the cache's files, which are complete or absent."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.batch_formats import Images, Labels
from ganzoo.data.caching import open_examples
from ganzoo.data.preprocessing import Preprocessing
from ganzoo.data.reading import READ_AT_ONCE
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError

pytestmark = pytest.mark.slow

SIZE = READ_AT_ONCE + 44  # two reads, the second not full
IMAGES = np.random.default_rng(0).integers(0, 256, (SIZE, 6, 8, 1), np.uint8)
LABELS = np.arange(SIZE, dtype=np.int64) % 7


class Slices(Source):
    """The slices of arrays, of which it may say that there are more; notes each time it is read."""

    def __init__(self, name, identity, size, readings=None, **arrays):
        shapes = {part: array.shape[1:] for part, array in arrays.items()}
        super().__init__(name, identity, size, shapes)
        self.arrays, self.readings = arrays, readings

    def examples(self):
        if self.readings is not None:
            self.readings.append(self.identity)
        return tf.data.Dataset.from_tensor_slices(self.arrays).enumerate()


def source(name="some", identity="some/train", size=SIZE, labelled=True, count=SIZE, readings=None):
    """A source of `count` examples that says it has `size`."""
    arrays = {"images": IMAGES[:count]} | ({"labels": LABELS[:count]} if labelled else {})
    return Slices(name, identity, size, readings, **arrays)


def filled(cache_gib, given=None, image_shape=(6, 6, 1), center_crop=None, fit="crop"):
    kinds = {"images": Images(shape=image_shape), "labels": Labels()}
    preprocessing = Preprocessing(kinds, center_crop, fit)
    (examples,) = open_examples(
        [given or source()], preprocessing, "auto", cache_gib, skip_bad=False
    )
    return examples


def names_in_cache(tmp_path):
    """The names in the cache folder, complete or not."""
    folder = tmp_path / "cache" / "ganzoo"
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.mark.parametrize("cache_gib", [1, 0])
def test_every_image_is_cached_with_its_label_in_the_order_of_the_source(cache_gib):
    examples = filled(cache_gib)
    assert len(examples) == SIZE
    assert examples.name == "some"
    assert examples.shape("images") == (6, 6, 1)
    assert examples.array("labels") is examples.parts["labels"]
    assert examples.parts["images"].dtype == np.uint8
    assert examples.parts["labels"].dtype == np.int32
    np.testing.assert_array_equal(examples.parts["images"], IMAGES[:, :, 1:7])
    np.testing.assert_array_equal(examples.parts["labels"], LABELS)


@pytest.mark.parametrize("cache_gib", [1, 0])
def test_where_there_are_no_labels_none_are_cached(cache_gib):
    examples = filled(cache_gib, source(labelled=False))
    assert examples.parts.keys() == {"images"}


@pytest.mark.parametrize("cache_gib", [1, 0])
def test_each_image_of_a_pair_is_cached_in_a_shape_of_its_own(cache_gib):
    kinds = {"inputs": Images(shape=(6, 8, 1)), "targets": Images(shape=(6, 8, 3))}
    pairs = Slices("pairs", "pairs/train", SIZE, inputs=IMAGES, targets=IMAGES[:, :, ::-1])
    preprocessing = Preprocessing(kinds, None, "crop")
    (examples,) = open_examples([pairs], preprocessing, "auto", cache_gib, skip_bad=False)
    np.testing.assert_array_equal(examples.parts["inputs"], IMAGES)
    expected = np.repeat(IMAGES[:, :, ::-1], 3, -1)
    np.testing.assert_array_equal(examples.parts["targets"], expected)


def test_within_the_budget_no_file_is_written(tmp_path):
    filled(SIZE * 36 / 2**30)
    assert not (tmp_path / "cache").exists()


def test_beyond_the_budget_images_and_labels_are_files_of_one_folder(tmp_path):
    examples = filled((SIZE * 36 - 1) / 2**30)
    assert isinstance(examples.parts["images"], np.memmap)
    (name,) = names_in_cache(tmp_path)
    assert name.startswith("some-")
    folder = tmp_path / "cache" / "ganzoo" / name
    assert {path.name for path in folder.iterdir()} == {"images.npy", "labels.npy", "skipped.json"}
    np.testing.assert_array_equal(np.load(folder / "images.npy"), IMAGES[:, :, 1:7])


def test_two_sources_share_the_budget(tmp_path):
    sources = [source(name, identity=name, labelled=False) for name in ("a", "b")]
    preprocessing = Preprocessing({"images": Images(shape=(6, 6, 1))}, None, "crop")
    some = open_examples(sources, preprocessing, "auto", SIZE * 50 / 2**30, skip_bad=False)
    assert [name.split("-")[0] for name in names_in_cache(tmp_path)] == ["a", "b"]
    for examples in some:
        np.testing.assert_array_equal(examples.parts["images"], IMAGES[:, :, 1:7])


def test_what_cannot_be_known_again_leaves_nothing_on_disk(tmp_path):
    examples = filled(0, source(identity=None))
    assert isinstance(examples.parts["images"], np.memmap)
    assert names_in_cache(tmp_path) == []
    np.testing.assert_array_equal(examples.parts["images"], IMAGES[:, :, 1:7])


def test_the_second_use_reads_the_file_and_not_the_source():
    readings = []
    first, second = (filled(0, source(readings=readings)) for _ in range(2))
    assert readings == ["some/train"]
    np.testing.assert_array_equal(second.parts["images"], first.parts["images"])
    np.testing.assert_array_equal(second.parts["labels"], first.parts["labels"])


@pytest.mark.parametrize(
    "other",
    [
        {"given": source(identity="some/test")},
        {"given": source(size=SIZE - 1, count=SIZE - 1)},
        {"image_shape": (8, 6, 1)},
        {"center_crop": 4},
        {"fit": "pad"},
    ],
)
def test_another_source_or_preprocessing_has_files_of_its_own(tmp_path, other):
    filled(0)
    examples = filled(0, **other)
    assert len(names_in_cache(tmp_path)) == 2
    np.testing.assert_array_equal(examples.parts["images"], filled(1, **other).parts["images"])


def test_a_name_with_a_configuration_in_it_is_one_file_name(tmp_path):
    filled(0, source(name="sizes/wide"))
    (name,) = names_in_cache(tmp_path)
    assert name.startswith("wide-")


def test_without_xdg_cache_home_files_are_under_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    filled(0)
    assert len(list((tmp_path / ".cache" / "ganzoo").iterdir())) == 1


@pytest.mark.parametrize("count", [SIZE - 1, 3])
@pytest.mark.parametrize("cache_gib", [1, 0])
def test_a_source_with_fewer_examples_than_it_says_raises_an_error(tmp_path, count, cache_gib):
    with pytest.raises(ResourceError, match=f"'some' has {count} examples of the stated {SIZE}"):
        filled(cache_gib, source(count=count))
    assert names_in_cache(tmp_path) == []


def test_a_reading_that_fails_leaves_no_file_and_the_next_one_starts_afresh(tmp_path):
    class Broken(Slices):
        def examples(self):
            def checked(number, example):
                tf.debugging.assert_less(number, np.int64(READ_AT_ONCE + 1), "unreadable")
                return number, example

            return super().examples().map(checked)

    broken = Broken("some", "some/train", SIZE, images=IMAGES)
    with pytest.raises(ResourceError, match=r"'some' cannot be read: .*unreadable") as raised:
        filled(0, broken)
    assert "\n" not in str(raised.value)
    assert names_in_cache(tmp_path) == []
    np.testing.assert_array_equal(filled(0).parts["images"], IMAGES[:, :, 1:7])


def test_a_cache_that_is_damaged_is_an_error_that_names_it(tmp_path):
    filled(0)
    (name,) = names_in_cache(tmp_path)
    (tmp_path / "cache" / "ganzoo" / name / "images.npy").write_bytes(b"not an array")
    with pytest.raises(ResourceError, match=f"cache cannot be used: .*delete it.*{name}"):
        filled(0)


def test_a_cache_folder_that_cannot_be_made_is_an_error_that_names_it(tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(ResourceError, match=r"cache cannot be used: .*set XDG_CACHE_HOME"):
        filled(0)


def test_only_files_can_be_left_uncached():
    preprocessing = Preprocessing({"images": Images(shape=(6, 6, 1))}, None, "crop")
    with pytest.raises(InputError, match=r"this dataset needs the cache .*Received: 'some'"):
        open_examples([source()], preprocessing, "none", 1, skip_bad=False)
