"""Attributes from every kind of dataset, and what is said to a table or vector that is none."""

import logging

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo import load_dataset
from ganzoo.data.loading import open_pipeline
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError, ResourceError

COUNT = 12
RNG = np.random.default_rng(0)
IMAGES = RNG.integers(0, 256, (COUNT, 8, 8, 3), np.uint8)
NAMES = ("Smiling", "Male", "Eyeglasses")
VALUES = RNG.integers(0, 2, (COUNT, 3))


@pytest.fixture
def folder(tmp_path):
    """Writes pictures, and a table of their attributes."""

    def folder(rows=None, places=None, header=("file", *NAMES)):
        root = tmp_path / "faces"
        places = places or [f"{number:02}.png" for number in range(COUNT)]
        for place, image in zip(places, IMAGES, strict=True):
            (root / place).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(root / place)
        if rows is None:
            rows = [[place, *values] for place, values in zip(places, VALUES, strict=True)]
        lines = [",".join(map(str, row)) for row in ([header] if header else []) + rows]
        (root / "attributes.csv").write_text("\n".join(lines) + "\n")
        return str(root)

    return folder


def all_of(dataset, **given):
    settings = {"image_shape": (8, 8, 3), "split": "all", "batch_size": 5, "shuffle": False}
    batches = load_dataset(dataset, "attributes", **settings | given)
    images, attributes = map(np.concatenate, zip(*batches, strict=True))
    assert attributes.dtype == np.float32
    return images, attributes


def test_arrays_a_file_and_a_folder_give_the_same_batches(tmp_path, folder):
    np.savez(tmp_path / "faces.npz", images=IMAGES, attributes=VALUES, attribute_names=NAMES)
    datasets = [
        *((IMAGES, VALUES.astype(kind)) for kind in (bool, np.int64, np.float32)),
        tf.data.Dataset.from_tensor_slices((IMAGES, VALUES)),
        tf.data.Dataset.from_tensor_slices((IMAGES, VALUES.astype(bool))),
        str(tmp_path / "faces.npz"),
        folder(),
    ]
    for dataset in datasets:
        images, attributes = all_of(dataset)
        np.testing.assert_allclose(images, IMAGES / 127.5 - 1, atol=1e-6)
        np.testing.assert_array_equal(attributes, VALUES)


def test_chosen_attributes_come_in_the_order_in_which_they_are_chosen(tmp_path, folder):
    np.savez(tmp_path / "faces.npz", images=IMAGES, attributes=VALUES, attribute_names=NAMES)
    for dataset in (str(tmp_path / "faces.npz"), folder()):
        _, attributes = all_of(dataset, attributes=("Eyeglasses", "Smiling"))
        np.testing.assert_array_equal(attributes, VALUES[:, [2, 0]])
        message = r"Unknown attribute of '.*'; did you mean 'Smiling'\?.*Received: 'smilling'"
        with pytest.raises(InputError, match=message):
            all_of(dataset, attributes=("Male", "smilling"))
        with pytest.raises(InputError, match=r"is named twice\. Received: 'Male'"):
            all_of(dataset, attributes=("Male", "Male"))


def test_cached_files_of_other_attributes_are_not_taken(folder):
    faces = folder()
    for names, columns in ((NAMES, [0, 1, 2]), (NAMES[::-1], [2, 1, 0]), (NAMES[:1], [0])):
        for cache in ({"cache_gib": 0}, {"cache": "none"}):
            _, attributes = all_of(faces, attributes=names, **cache)
            np.testing.assert_array_equal(attributes, VALUES[:, columns])


def test_attributes_travel_with_their_images_through_shuffling(settings):
    numbers = np.arange(COUNT, dtype=np.uint8)
    images = np.broadcast_to(numbers[:, None, None, None], (COUNT, 8, 8, 3))
    bits = (numbers[:, None] >> np.arange(4)) & 1
    random = settings(batch_size=4, shuffle=True, horizontal_flip=True, jitter=0.25)
    pipeline = open_pipeline((np.ascontiguousarray(images), bits), "attributes", random)
    for images, attributes in pipeline.stream().take(6):
        levels = np.round((images[:, 0, 0, 0] + 1) * 127.5)
        np.testing.assert_array_equal(attributes.numpy() @ 2.0 ** np.arange(4), levels)
    assert pipeline.num_classes is None
    assert pipeline.first_examples(3)[1].shape == (3, 4)


def test_the_names_of_columns_without_names_are_those_of_the_setting():
    (source,) = open_sources((IMAGES, VALUES), _named(NAMES), "all")
    assert source.attributes == NAMES
    with pytest.raises(InputError, match=r"must be 2 \(a, b\)\. Received: 3 of them"):
        all_of((IMAGES, VALUES), attributes=("a", "b"))
    dataset = tf.data.Dataset.from_tensor_slices((IMAGES, VALUES))
    with pytest.raises(InputError, match=r"must be 2 \(a, b\)\. Received: 3 of them"):
        all_of(dataset, attributes=("a", "b"))


def _named(names):
    from dataclasses import replace

    from ganzoo.batch_formats import batch_format

    declared = batch_format("attributes")
    return declared.with_kind(declared.parts[1], replace(declared.parts[1].kind, names=names))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (VALUES[:, 0], r"0 or 1, \(count, attributes\)\. Received: int64 \(12,\)"),
        (VALUES[:, :0], "attributes must be 1 at least. Received: 0 of them"),
        (VALUES - 1, "attributes must be 0 or 1. Received: -1"),
        (VALUES * 0.5, "attributes must be 0 or 1. Received: 0.5"),
        (np.where(VALUES, np.nan, 0.0), "attributes must be 0 or 1. Received: nan"),
        (VALUES[:5], r"images and attributes must be equally many\. Received: \[12, 5\]"),
        (VALUES.astype(str), "0 or 1"),
    ],
)
def test_an_array_that_is_no_attributes_is_refused(values, message):
    with pytest.raises(InputError, match=message):
        all_of((IMAGES, values))


def test_elements_of_a_dataset_that_are_no_attributes_are_refused():
    for values in (VALUES[:, 0], VALUES.astype(str)):
        with pytest.raises(InputError, match=r"attributes must be 0 or 1, \(attributes,\)"):
            all_of(tf.data.Dataset.from_tensor_slices((IMAGES, values)))
    with pytest.raises(ResourceError, match=r"Attributes must be 0 or 1, and those of an example"):
        all_of(tf.data.Dataset.from_tensor_slices((IMAGES, VALUES * 0.5)))


def test_names_in_a_file_that_do_not_fit_its_columns_are_refused(tmp_path):
    path = str(tmp_path / "faces.npz")
    np.savez(path, images=IMAGES, attributes=VALUES, attribute_names=NAMES[:2])
    with pytest.raises(InputError, match=r"a name for each column.*Received: 2 of them in"):
        all_of(path)


# attributes.csv.


def test_one_table_has_the_pictures_of_all_splits(folder):
    splits = ["train"] * 7 + ["val"] * 2 + ["test"] * 3
    places = [f"{split}/{number:02}.png" for number, split in enumerate(splits)]
    faces = folder(places=places)
    for split, where in (("train", slice(7)), ("validation", slice(7, 9)), ("test", slice(9, 12))):
        _, attributes = all_of(faces, split=split)
        np.testing.assert_array_equal(attributes, VALUES[where])


def test_a_picture_is_found_by_its_name_alone_where_no_other_has_it(folder):
    places = [f"train/{number % 2}/{number:02}.png" for number in range(COUNT)]
    rows = [[f"{number:02}.png", *VALUES[number]] for number in range(COUNT)]
    _, attributes = all_of(folder(rows, places), split="train")
    order = np.argsort(places)
    np.testing.assert_array_equal(attributes, VALUES[order])


def test_a_name_that_two_pictures_have_is_no_place(folder):
    places = [f"{number % 2}/{number // 2:02}.png" for number in range(COUNT)]
    rows = [[place.partition("/")[2], *VALUES[0]] for place in places[::2]]
    with pytest.raises(InputError, match=r"Rows without a picture of that path.*6 of 6: 00\.png"):
        all_of(folder(rows, places))


def test_minus_one_is_false_as_in_celebas_own_list(folder):
    rows = [[f"{number:02}.png", *(2 * VALUES[number] - 1)] for number in range(COUNT)]
    _, attributes = all_of(folder(rows))
    np.testing.assert_array_equal(attributes, VALUES)


def rows():
    return [[f"{number:02}.png", *VALUES[number]] for number in range(COUNT)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda r: r[:-1], r"Pictures without a row, 1 of 12: 11\.png\. Received: .*attributes"),
        (lambda r: [*r, ["12.png", 0, 0, 0]], r"1 of 13: 12\.png \(line 14\)\. Received"),
        (lambda r: [*r[:-1], r[0]], r"line 13: a second row of a picture\. Received: '00\.png'"),
        (lambda r: [["00.png", 0, 1, 2], *r[1:]], r"line 2: .* must be 0 or 1\. Received: '2'"),
        (lambda r: [["00.png", -1, -1, 0], *r[1:]], r"must be -1 or 1.*\. Received: '0'"),
        (lambda r: [["00.png", 0, 1, ""], *r[1:]], r"line 2: .* must be 0 or 1\. Received: ''"),
        (lambda r: [["00.png", 0, 1], *r[1:]], r"line 2: .* each of 3 attributes\. Received: 3 co"),
        (lambda r: [], r"A table of attributes has a line of names.*Received"),
    ],
)
def test_a_table_that_does_not_fit_the_pictures_is_refused(folder, change, message):
    with pytest.raises(InputError, match=message):
        all_of(folder(change(rows())))


def test_a_table_whose_columns_have_one_name_is_refused(folder):
    with pytest.raises(InputError, match=r"attribute of .* is named twice\. Received: 'Male'"):
        all_of(folder(header=("file", "Male", "Smiling", "Male")))


def test_a_folder_without_a_table_says_so(folder, tmp_path):
    faces = folder()
    (tmp_path / "faces" / "attributes.csv").unlink()
    with pytest.raises(ResourceError, match=r"No table that can be read: No such file.*attr"):
        all_of(faces)
    (tmp_path / "faces" / "attributes.csv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ResourceError, match=r"No table that can be read: .*utf-8"):
        all_of(faces)


def test_a_picture_that_cannot_be_read_leaves_its_row_out(folder, tmp_path, caplog):
    faces = folder()
    (tmp_path / "faces" / "03.png").write_bytes(b"no picture")
    for cache in ({}, {"cache": "none"}):
        with caplog.at_level(logging.WARNING):
            images, attributes = all_of(faces, skip_bad_images=True, **cache)
        np.testing.assert_array_equal(attributes, np.delete(VALUES, 3, axis=0))
        assert len(images) == COUNT - 1


def test_the_sample_has_attributes():
    images, attributes = all_of("sample", split="test", image_shape=(28, 28, 1))
    labels = np.concatenate(
        [y for _, y in load_dataset("sample", "labelled", image_shape=(28, 28, 1), split="test")]
    )
    np.testing.assert_array_equal(attributes[:, 0], np.isin(labels, [5, 7, 9]))
    np.testing.assert_array_equal(attributes[:, 1], np.isin(labels, [0, 2, 4, 6]))
    levels = (images + 1) * 127.5
    means = np.array([image[image > 0.5].mean() for image in levels])
    np.testing.assert_array_equal(attributes[:, 2], means < 128)
    assert 0.1 < attributes[:, 2].mean() < 0.9
    _, chosen = all_of("sample", split="test", image_shape=(28, 28, 1), attributes=["dark"])
    np.testing.assert_array_equal(chosen, attributes[:, 2:])
