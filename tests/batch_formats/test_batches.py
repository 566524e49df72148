"""What an element of a dataset may look like, and what is said to another one."""

import re

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import DCGAN
from ganzoo.batch_formats import batch_format, list_batch_formats, unpack
from ganzoo.errors import InputError

IMAGES = tf.zeros((4, 8, 8, 1))
LABELS = tf.zeros((4,), tf.int32)
SHAPE = (8, 8, 1)
SHAPES = {"images": SHAPE, "labels": ()}


PARTS = {
    "images": ("images",),
    "labelled": ("images", "labels"),
    "paired": ("inputs", "targets"),
    "unpaired": ("images_a", "images_b"),
    "attributes": ("images", "attributes"),
    "label_maps": ("inputs", "targets"),
}


def test_the_formats_have_these_parts():
    assert PARTS.keys() <= set(list_batch_formats())  # of plug-ins there may be more
    assert {name: batch_format(name).names for name in PARTS} == PARTS


@pytest.mark.parametrize("data", [IMAGES, (IMAGES,), [IMAGES], (IMAGES, None, None)])
def test_a_batch_of_images_is_one_tensor_however_fit_wraps_it(data):
    assert unpack("images", data, SHAPES) is IMAGES


@pytest.mark.parametrize(
    "data", [(IMAGES, LABELS), [IMAGES, LABELS], ((IMAGES, LABELS),), ((IMAGES, LABELS), None)]
)
def test_a_labelled_batch_is_a_tuple_of_two_however_fit_wraps_it(data):
    unpacked = unpack("labelled", data, SHAPES)
    assert isinstance(unpacked, tuple)
    assert unpacked[0] is IMAGES
    assert unpacked[1] is LABELS


def test_a_free_dimension_takes_any_size():
    shape = (None, None, 3)
    inputs, targets = tf.zeros((1, 5, 7, 3)), tf.zeros((1, 6, 9, 3))
    assert unpack("paired", (inputs, targets), {"inputs": shape, "targets": shape}) == (
        inputs,
        targets,
    )


def test_sizes_that_are_unknown_while_tracing_are_taken():
    @tf.function(input_signature=[tf.TensorSpec(None), tf.TensorSpec((None, None, None, 1))])
    def ranks(anything, partly_known):
        for images in (anything, partly_known):  # which are then known
            assert unpack("images", images, SHAPES).shape.as_list() == [None, *SHAPE]
        return 0

    ranks(IMAGES, IMAGES)


@pytest.mark.parametrize(
    ("data", "received"),
    [
        (tf.zeros((4, 8, 8, 3)), "(4, 8, 8, 3)"),
        (tf.zeros((8, 8, 1)), "(8, 8, 1)"),
        ((IMAGES, LABELS), "(4, 8, 8, 1) and (4,)"),
        ((IMAGES, IMAGES, IMAGES), "(4, 8, 8, 1) and (4, 8, 8, 1) and (4, 8, 8, 1)"),
        ({"images": IMAGES}, "dict"),
        ((), ""),
    ],
)
def test_another_batch_raises_an_error_with_the_shapes_expected_and_received(data, received):
    message = f"A batch of format 'images' is images (batch, 8, 8, 1). Received: {received}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        unpack("images", data, SHAPES)


@pytest.mark.parametrize("dtype", [tf.uint8, tf.int32])
def test_images_that_are_not_floats_raise_an_error(dtype):
    message = rf"Images are float32 in \[-1, 1\]\. Received: {dtype.name}"
    with pytest.raises(InputError, match=message):
        unpack("images", tf.cast(IMAGES, dtype), SHAPES)
    with pytest.raises(InputError, match=message):
        unpack("labelled", (tf.cast(IMAGES, dtype), LABELS), SHAPES)


def test_the_message_names_both_parts_and_what_is_free():
    message = (
        "A batch of format 'labelled' is images (batch, any, any, 3) and labels (batch,). "
        "Received: (4, 8, 8, 1) and (4,)"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        unpack("labelled", (IMAGES, LABELS), {"images": (None, None, 3), "labels": ()})


def test_attributes_and_label_maps_have_a_type_and_a_shape_too():
    shapes = {"images": SHAPE, "attributes": (3,)}
    bits = tf.ones((4, 3))
    assert unpack("attributes", (IMAGES, bits), shapes)[1] is bits
    with pytest.raises(InputError, match=r"attributes \(batch, 3\)\. Received: .* and \(4, 2\)"):
        unpack("attributes", (IMAGES, bits[:, :2]), shapes)
    with pytest.raises(InputError, match=r"Attributes are float32, 0\.0 or 1\.0\. .*: int32"):
        unpack("attributes", (IMAGES, tf.ones((4, 3), tf.int32)), shapes)
    shapes = {"inputs": (8, 8), "targets": SHAPE}
    with pytest.raises(InputError, match=r"Label maps are integers\. Received: float32"):
        unpack("label_maps", (tf.zeros((4, 8, 8)), IMAGES), shapes)


def test_labels_with_a_dimension_too_many_raise_an_error():
    one_hot = tf.one_hot(np.arange(4), 10)
    with pytest.raises(InputError, match=r"labels \(batch,\)\. Received: .* and \(4, 10\)"):
        unpack("labelled", (IMAGES, one_hot), SHAPES)


@pytest.mark.parametrize("as_dataset", [False, True])
def test_fit_refuses_levels_of_0_to_255_and_warns_of_0_to_1(as_dataset, caplog):
    model = DCGAN(image_shape=(8, 8, 1), latent_dim=2, filters=1)
    model.compile(run_eagerly=True)
    levels = np.random.default_rng(0).uniform(0, 255, (4, 8, 8, 1)).astype("float32")

    def fit(images):
        data = tf.data.Dataset.from_tensors(images) if as_dataset else images
        model.fit(data, verbose=0, shuffle=False)

    with pytest.raises(InputError, match=r"must be in \[-1, 1\].*images from .* to 25"):
        fit(levels)
    assert int(model.step.numpy()) == 0
    assert not caplog.records
    fit(levels / 255)
    assert "No value in images is below 0; if 0 is black, take 2 x - 1" in caplog.text
    caplog.clear()
    fit(levels / 127.5 - 1)
    assert not caplog.records


@pytest.mark.parametrize("shape", [None, (None, None, None, None), (None, None, None, 1)])
def test_batches_whose_shape_is_known_late_are_named(shape):
    model = DCGAN(image_shape=(8, 8, 1), latent_dim=2, filters=1)
    model.compile()

    def of(side):
        images = np.zeros((4, side, side, 1), "float32")
        spec = tf.TensorSpec(shape, tf.float32)
        return tf.data.Dataset.from_generator(lambda: iter([images]), output_signature=spec)

    model.fit(of(8), verbose=0, shuffle=False, steps_per_epoch=1)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[4,16,16,1\].*\[\?,8,8,1\]"):
        model.fit(of(16), verbose=0, shuffle=False, steps_per_epoch=1)
