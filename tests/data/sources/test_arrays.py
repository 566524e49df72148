"""Arrays, .npz files and tf.data.Datasets in the shape of each format, and what they may not be."""

import logging

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import load_dataset
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError, ResourceError

SIZE = 40
IMAGES = np.random.default_rng(0).integers(0, 256, (SIZE, 4, 6, 1), np.uint8)
OTHERS = 255 - IMAGES
LABELS = np.arange(SIZE, dtype=np.int32) % 5
FORMATS = {
    "images": (IMAGES,),
    "labelled": (IMAGES, LABELS),
    "paired": (IMAGES, OTHERS),
    "unpaired": (IMAGES, OTHERS),
}
NAMES = {
    "images": ["images"],
    "labelled": ["images", "labels"],
    "paired": ["inputs", "targets"],
    "unpaired": ["images_a", "images_b"],
}


def as_array(batch_format, tmp_path):
    arrays = FORMATS[batch_format]
    return arrays[0] if len(arrays) == 1 else arrays


def as_npz(batch_format, tmp_path):
    path = tmp_path / "my images.npz"
    np.savez(path, **dict(zip(NAMES[batch_format], FORMATS[batch_format], strict=True)))
    return str(path)


def as_tf_dataset(batch_format, tmp_path):
    return tf.data.Dataset.from_tensor_slices(as_array(batch_format, tmp_path))


def as_endlessly_unsure_tf_dataset(batch_format, tmp_path):
    return as_tf_dataset(batch_format, tmp_path).filter(lambda *_: True)


def parts(dataset, batch_format, split="all"):
    """The parts of all sources, as arrays, in the order of the format."""
    result = []
    for source in open_sources(dataset, batch_format, split):
        ((positions, examples),) = source.examples().batch(SIZE).as_numpy_iterator()
        np.testing.assert_array_equal(positions, np.arange(source.size))
        assert {part: array.shape[1:] for part, array in examples.items()} == source.shapes
        result += examples.values()
    return result


def error_of(dataset, batch_format="images", split="train"):
    with pytest.raises((InputError, ResourceError)) as raised:
        open_sources(dataset, batch_format, split)
    message = str(raised.value)
    assert "\n" not in message
    assert "Received: " in message
    return message


@pytest.mark.parametrize("batch_format", FORMATS)
@pytest.mark.parametrize("given", [as_array, as_npz, as_tf_dataset, as_endlessly_unsure_tf_dataset])
def test_every_format_can_be_given_and_a_tenth_of_it_is_held_out(given, batch_format, tmp_path):
    dataset = given(batch_format, tmp_path)
    everything = FORMATS[batch_format]
    for part, expected in zip(parts(dataset, batch_format), everything, strict=True):
        np.testing.assert_array_equal(part, expected)
    train = parts(dataset, batch_format, "train")
    held_out = parts(dataset, batch_format, "validation")
    for some, others, expected in zip(train, held_out, everything, strict=True):
        assert 0 < len(others) < SIZE / 4
        assert sorted(x.tobytes() for x in (*some, *others)) == sorted(
            x.tobytes() for x in expected
        )
    assert train[0].dtype == np.uint8


def test_arrays_train_as_they_are(tmp_path):
    images, labels = next(
        iter(
            load_dataset(
                (IMAGES, LABELS), "labelled", image_shape=(4, 6, 1), batch_size=SIZE, split="all",
                shuffle=False,
            )
        )
    )  # fmt: skip
    np.testing.assert_array_equal(labels, LABELS)
    np.testing.assert_allclose(images, IMAGES / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", ">f4"])
def test_floats_of_minus_one_to_one_are_rounded_to_levels(dtype):
    floats = (IMAGES / 127.5 - 1).astype(dtype)
    (levels,) = parts(floats, "images")
    np.testing.assert_array_equal(levels, IMAGES)
    if dtype == ">f4":  # which only arrays can have
        return
    (levels,) = parts(tf.data.Dataset.from_tensor_slices(floats), "images")
    np.testing.assert_array_equal(levels, IMAGES)


def test_floats_that_seem_to_be_in_another_range_are_remarked_upon(caplog):
    with caplog.at_level(logging.WARNING):
        parts(IMAGES / 255, "images")
    assert "No value in images is below 0" in caplog.text


def test_the_sides_of_unpaired_arrays_may_have_different_sizes():
    a, b = open_sources((IMAGES, OTHERS[:20]), "unpaired", "all")
    assert (a.size, b.size) == (SIZE, 20)
    assert (a.name, b.name) == ("arrays/images_a", "arrays/images_b")


@pytest.mark.parametrize(
    ("dataset", "batch_format", "message"),
    [
        (IMAGES, "labelled", "takes images and labels. Received: 1 of them"),
        ((IMAGES, LABELS), "images", "takes images. Received: 2 of them"),
        (IMAGES[..., 0], "images", r"(count, height, width, 1, 3 or 4). Received: (40, 4, 6)"),
        (np.zeros((4, 8, 8, 2), np.uint8), "images", "Received: (4, 8, 8, 2)"),
        (IMAGES.astype(int), "images", "Received: images of int64"),
        (IMAGES.astype(np.float32), "images", "Received: images from 0 to 255"),
        (IMAGES / 100 - 1, "images", "Received: images from -1 to 1.55"),
        (np.full((300, 4, 4, 1), np.nan), "images", "Received: images from nan to nan"),
        ((IMAGES, OTHERS[1:]), "paired", "must be equally many. Received: [40, 39]"),
        ((IMAGES, LABELS[1:]), "labelled", "must be equally many. Received: [40, 39]"),
        ((IMAGES, LABELS[:, None]), "labelled", "integers (count,). Received: int32 (40, 1)"),
        ((IMAGES, LABELS / 1), "labelled", "integers (count,). Received: float64 (40,)"),
        ((IMAGES, LABELS - 1), "labelled", "numbers of classes. Received: -1 to 3"),
        ([IMAGES], "images", "a tuple of arrays or a tf.data.Dataset. Received: list"),
        (IMAGES[:0], "images", "There are no examples in 'arrays'. Received: split='train'"),
    ],
)
def test_arrays_of_another_number_rank_type_range_or_length_raise_an_error(
    dataset, batch_format, message
):
    assert message in error_of(dataset, batch_format)


def test_one_nan_is_enough():
    floats = IMAGES / 127.5 - 1
    floats[-1, -1, -1] = np.nan
    assert "from nan to nan" in error_of(floats)


def test_a_held_out_part_of_few_arrays_raises_an_error():
    assert "None of the 9 examples of 'arrays'" in error_of(IMAGES[:9], split="validation")


# Files.


def test_an_npz_file_without_the_formats_arrays_raises_an_error_with_those_it_has(tmp_path):
    path = as_npz("paired", tmp_path)
    message = error_of(path)
    assert "takes an .npz file with the arrays images; this one has inputs, targets. " in message


@pytest.mark.parametrize("content", [b"", b"no archive", None])
def test_an_npz_file_that_cannot_be_read_is_named(tmp_path, content):
    path = tmp_path / "my.npz"
    if content is not None:
        path.write_bytes(content)
    message = error_of(str(path))
    assert "Not an .npz file that can be read" in message
    assert f"Received: '{path}'" in message


def test_an_npz_file_of_objects_is_not_unpickled(tmp_path):
    np.savez(tmp_path / "my.npz", images=np.array([{}]))
    assert "Not an .npz file that can be read" in error_of(str(tmp_path / "my.npz"))


def test_a_changed_npz_file_has_another_identity(tmp_path):
    (before,) = open_sources(as_npz("images", tmp_path), "images", "all")
    np.savez(tmp_path / "my images.npz", images=IMAGES[1:])
    (after,) = open_sources(str(tmp_path / "my images.npz"), "images", "all")
    assert before.identity != after.identity


# tf.data.


def slices(*arrays):
    return tf.data.Dataset.from_tensor_slices(arrays if len(arrays) > 1 else arrays[0])


@pytest.mark.parametrize(
    ("dataset", "batch_format", "message"),
    [
        (slices(IMAGES).batch(4), "images", "(height, width, 1, 3 or 4), unbatched. Received: "),
        (slices(IMAGES.astype(int)), "images", "Received: images of int64"),
        (slices(IMAGES, LABELS / 1), "labelled", "labels must be integers (). Received: "),
        (slices(IMAGES), "paired", "takes inputs and targets. Received: 1 of them"),
        (slices(IMAGES).repeat(), "images", "Received: an endless one"),
        (slices({"image": IMAGES}), "images", "Received: {'image'"),
    ],
)
def test_a_tf_dataset_of_something_else_raises_an_error(dataset, batch_format, message):
    assert message in error_of(dataset, batch_format)


@pytest.mark.parametrize("wrong", [1.5, np.nan])
def test_floats_out_of_range_in_a_tf_dataset_are_an_error_when_they_are_read(wrong):
    floats = (IMAGES / 127.5 - 1).astype(np.float32)
    floats[SIZE // 2] = wrong
    with pytest.raises(ResourceError, match=r"cannot be read: .*Floats must be in \[-1, 1\]"):
        load_dataset(slices(floats), image_shape=(4, 6, 1), batch_size=4, split="all")


def test_what_fails_in_a_tf_dataset_is_an_error_in_one_line():
    failing = slices(IMAGES, LABELS).map(lambda x, n: tf.ensure_shape(x[:n], (4, 6, 1)))
    with pytest.raises(ResourceError, match=r"^'tf\.data\.Dataset' cannot be read: Shape .+$"):
        load_dataset(failing, image_shape=(4, 6, 1), batch_size=4, split="all")


@pytest.mark.parametrize("channels", [2, 4, 5])
def test_images_may_have_any_number_of_channels_which_is_that_of_the_batches(channels):
    images = np.random.default_rng(1).integers(0, 256, (6, 8, 8, channels), np.uint8)
    shape = {"image_shape": (8, 8, channels), "split": "all", "shuffle": False, "batch_size": 6}
    for dataset in (images, slices(images)):
        (batch,) = load_dataset(dataset, **shape)
        np.testing.assert_allclose(batch, images / 127.5 - 1, atol=1e-6)
    (small,) = load_dataset(images, **shape | {"image_shape": (4, 4, channels)})
    assert small.shape == (6, 4, 4, channels)
    message = rf"must be \(count, height, width, {channels}\)\. Received: \(6, 8, 8, 3\)"
    with pytest.raises(InputError, match=message):
        load_dataset(np.zeros((6, 8, 8, 3), np.uint8), **shape)
    with pytest.raises(InputError, match=rf"must have {channels} channels, .*: 1 in 'sample'"):
        load_dataset("sample", image_shape=(28, 28, channels))
