"""Formats by name, and one that a plug-in declares, with a kind of its own."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import load_dataset
from ganzoo.batch_formats import (
    BatchFormat,
    Images,
    Labels,
    Part,
    Picture,
    batch_format,
    formats,
    list_batch_formats,
    register_batch_format,
    unpack,
)
from ganzoo.errors import InputError
from ganzoo.images.ranges import from_uint8

CLIPS = np.random.default_rng(0).integers(0, 256, (12, 3, 6, 8, 1), np.uint8)
LABELS = np.arange(12)


@dataclass(frozen=True)
class Clips(Picture):
    """Some frames of one size: float32 in [-1, 1], `(batch, frames, height, width, channels)`."""

    size_of_frames: tuple[int, int] = (0, 0)

    def with_settings(self, settings):
        return replace(self, size_of_frames=settings.cached_size)

    def example_shape(self, image_shape):
        return (None, *image_shape)

    def check(self, tensor):
        if not tensor.dtype.is_floating:
            raise InputError(f"Clips are float32 in [-1, 1]. Received: {tensor.dtype.name}")

    def random(self, shape, seed):
        return tf.random.stateless_uniform(shape, seed, -1.0, 1.0)

    def check_array(self, name, array):
        if array.ndim != 5 or array.dtype != np.uint8:
            raise InputError(f"{name} must be uint8 (count, frames, height, width, channels)")

    def check_spec(self, name, spec):
        if spec.shape.rank != 4:
            raise InputError(f"{name} must be (frames, height, width, channels). Received: {spec}")

    def cached_shape(self, source_shape):
        return (source_shape[0], *self.size_of_frames, source_shape[-1])

    def prepared(self, value, shape, center_crop, fit):
        return tf.cast(tf.image.resize(value, shape[1:3]), tf.uint8)

    def size(self, cached_shape):
        return cached_shape[1:3]

    def cropped_shape(self, cached_shape, height, width):
        return (cached_shape[0], height, width, cached_shape[-1])

    def gathered(self, array, indices, top, left, mirrored, height, width):
        crops = [
            array[index, :, y : y + height, x : x + width][..., :: -1 if flip else 1, :]
            for index, y, x, flip in zip(indices, top, left, mirrored, strict=True)
        ]
        return np.stack(crops)

    def finished(self, batch):
        return from_uint8(batch)


@pytest.fixture(autouse=True)
def registry(monkeypatch):
    monkeypatch.setattr(formats, "_formats", dict(formats._formats))


@pytest.fixture
def labelled_clips():
    return register_batch_format(
        BatchFormat("labelled_clips", (Part("clips", Clips()), Part("labels", Labels())))
    )


SETTINGS = {"image_shape": (6, 8, 1), "batch_size": 4, "split": "all"}


@pytest.mark.parametrize("given", ["arrays", "tf.data", "npz"])
def test_a_format_of_a_plug_in_gives_batches_of_its_kinds(labelled_clips, given, tmp_path):
    dataset = CLIPS, LABELS
    if given == "tf.data":
        dataset = tf.data.Dataset.from_tensor_slices(dataset)
    if given == "npz":
        dataset = str(tmp_path / "clips.npz")
        np.savez(dataset, clips=CLIPS, labels=LABELS)
    batches = load_dataset(dataset, "labelled_clips", shuffle=False, **SETTINGS)
    clips, labels = map(np.concatenate, zip(*batches, strict=True))
    np.testing.assert_allclose(clips, CLIPS / 127.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(labels, LABELS)


def test_all_frames_of_a_clip_have_one_crop_box_and_are_mirrored_together(labelled_clips):
    still = np.repeat(CLIPS[:, :1], 3, 1)  # every frame is the first one
    random = {"jitter": 0.5, "horizontal_flip": True, "shuffle": True}
    batches = load_dataset((still, LABELS), "labelled_clips", **SETTINGS | random)
    for clips, _ in batches:
        assert clips.shape == (4, 3, 6, 8, 1)
        np.testing.assert_array_equal(clips, np.repeat(clips[:, :1], 3, 1))


def test_the_pictures_of_an_example_that_are_of_several_kinds_are_mirrored_together():
    register_batch_format(BatchFormat("both", (Part("clips", Clips()), Part("images", Images()))))
    dataset = CLIPS, np.ascontiguousarray(CLIPS[:, 1])
    random = {"horizontal_flip": True, "shuffle": True, "jitter": 0.0}
    for clips, images in load_dataset(dataset, "both", **SETTINGS | random):
        np.testing.assert_array_equal(clips[:, 1], images)


def test_the_batch_of_a_plug_in_is_checked_by_its_kinds(labelled_clips):
    shapes = {"clips": (None, 6, 8, 1), "labels": ()}
    batch = tf.zeros((2, 3, 6, 8, 1)), tf.zeros(2, tf.int32)
    assert unpack("labelled_clips", batch, shapes) == batch
    with pytest.raises(InputError, match=r"Clips are float32 .* Received: int32"):
        unpack("labelled_clips", (tf.cast(batch[0], tf.int32), batch[1]), shapes)
    message = r"is clips \(batch, any, 6, 8, 1\) and labels \(batch,\)\. Received: \(2,\) and"
    with pytest.raises(InputError, match=message):
        unpack("labelled_clips", batch[::-1], shapes)


def test_what_has_no_such_parts_says_so(labelled_clips, tmp_path):
    (tmp_path / "pictures").mkdir()
    message = "A folder of pictures has no clips and labels and time; give arrays"
    parts = (*labelled_clips.parts, Part("time", Labels()))
    register_batch_format(BatchFormat("timed", parts))
    with pytest.raises(InputError, match=message):
        load_dataset(str(tmp_path / "pictures"), "timed", image_shape=(6, 8, 1))
    with pytest.raises(InputError, match=r"The sample has images.*'labelled_clips'"):
        load_dataset("sample", "labelled_clips", image_shape=(6, 8, 1))


def test_a_format_declared_twice_is_refused_unless_it_is_the_same(labelled_clips):
    again = BatchFormat("labelled_clips", (Part("clips", Clips()), Part("labels", Labels())))
    assert register_batch_format(again) == labelled_clips
    message = (
        "Another batch format of this name is registered already, with the parts clips, labels. "
        "Received: 'labelled_clips', with clips"
    )
    with pytest.raises(InputError, match=message):
        register_batch_format(BatchFormat("labelled_clips", (Part("clips", Clips()),)))
    with pytest.raises(InputError, match="registered already"):
        register_batch_format(replace(batch_format("images"), independent=True))


@pytest.mark.parametrize("parts", [(), (Part("images", Images()), Part("images", Labels()))])
def test_a_format_has_parts_of_different_names(parts):
    with pytest.raises(InputError, match=r"has parts, each with a name of its own\. Received"):
        register_batch_format(BatchFormat("strange", parts))
    assert "strange" not in list_batch_formats()


def test_an_unknown_format_is_refused_with_the_closest_name():
    with pytest.raises(InputError, match=r"batch format; did you mean 'labelled'\?.*'labeled'"):
        batch_format("labeled")
    with pytest.raises(InputError, match=r"batch format; did you mean 'labelled'\?.*'labeled'"):
        load_dataset("sample", "labeled", image_shape=(28, 28, 1))
