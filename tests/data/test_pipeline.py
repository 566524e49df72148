"""Batches: every example once an epoch, in an order that is a function of seed and epoch."""

import itertools

import numpy as np
import pytest

from ganzoo import load_dataset
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.sources import open_source
from ganzoo.data.store import Store
from ganzoo.errors import InputError

SIZE, BATCH = 22, 4
STEPS = SIZE // BATCH
# Image i is i on its left and i + 100 on its right, and has label i.
IMAGES = np.empty((SIZE, 2, 4, 1), np.uint8)
IMAGES[:, :, :2] = np.arange(SIZE)[:, None, None, None]
IMAGES[:, :, 2:] = IMAGES[:, :, :2] + 100
STORE = Store("numbers", IMAGES, np.arange(SIZE, dtype=np.int32))


def pipeline(batch_format="labelled", shuffle=True, horizontal_flip=False, seed=0, size=BATCH):
    return Pipeline(
        STORE, batch_format, batch_size=size, shuffle=shuffle, horizontal_flip=horizontal_flip,
        seed=seed,
    )  # fmt: skip


def batches(dataset, count):
    return [[part.numpy() for part in batch] for batch in itertools.islice(dataset, count)]


def labels(dataset, count=STEPS):
    return np.concatenate([batch[1] for batch in batches(dataset, count)])


def flipped(dataset, count=STEPS):
    """Which images of a dataset are mirrored; fails where one is neither that nor as it was."""
    result = []
    for images, numbers in batches(dataset, count):
        levels = np.round((images + 1) * 127.5).astype(int)
        for level, number in zip(levels, numbers, strict=True):
            as_it_was = (level == IMAGES[number]).all()
            mirrored = (level == IMAGES[number][:, ::-1]).all()
            assert as_it_was != mirrored
            result.append(mirrored)
    return np.array(result)


def assert_same(some, others):
    for batch, other in zip(some, others, strict=True):
        for part, other_part in zip(batch, other, strict=True):
            np.testing.assert_array_equal(part, other_part)


def test_a_training_epoch_holds_every_example_at_most_once_and_drops_the_last_batch():
    assert pipeline().steps_per_epoch == STEPS
    seen = labels(pipeline().stream())
    assert len(seen) == len(set(seen)) == STEPS * BATCH


def test_where_batches_fit_evenly_an_epoch_holds_every_example_once():
    stream = pipeline(size=11).stream()
    np.testing.assert_array_equal(np.sort(labels(stream, 2)), np.arange(SIZE))


def test_what_one_epoch_drops_is_in_the_next_ones():
    seen = labels(pipeline().stream(), STEPS * 10)
    assert set(seen) == set(range(SIZE))


def test_each_epoch_has_an_order_of_its_own():
    orders = labels(pipeline().stream(), STEPS * 3).reshape(3, -1)
    assert len({tuple(order) for order in orders}) == 3
    assert tuple(orders[0]) != tuple(range(STEPS * BATCH))


def test_the_same_seed_gives_the_same_order_and_another_seed_another():
    first = labels(pipeline(seed=3).stream(), STEPS * 2)
    np.testing.assert_array_equal(labels(pipeline(seed=3).stream(), STEPS * 2), first)
    assert (labels(pipeline(seed=4).stream(), STEPS * 2) != first).mean() > 0.5


@pytest.mark.parametrize("first_step", [1, STEPS - 1, STEPS, 2 * STEPS + 3])
def test_a_stream_from_a_step_is_the_rest_of_the_stream_from_the_beginning(first_step):
    flipping = pipeline(horizontal_flip=True)
    expected = batches(flipping.stream().skip(first_step), STEPS + 2)
    assert_same(batches(flipping.stream(first_step), STEPS + 2), expected)


def test_epochs_gives_an_epoch_of_the_stream_each_time_it_is_iterated():
    flipping = pipeline(horizontal_flip=True)
    epochs = flipping.epochs()
    assert epochs.cardinality() == STEPS
    for number in range(3):
        expected = batches(flipping.stream(number * STEPS), STEPS)
        assert_same(batches(epochs, STEPS + 1), expected)


def test_two_datasets_of_one_pipeline_count_their_epochs_apart():
    one, other = pipeline().epochs(), pipeline().epochs()
    first = batches(one, STEPS)
    batches(one, STEPS)
    assert_same(batches(other, STEPS), first)


def test_labels_travel_with_their_images():
    for images, numbers in batches(pipeline().stream(), STEPS * 2):
        np.testing.assert_array_equal(np.round((images[:, 0, 0, 0] + 1) * 127.5), numbers)


def test_images_are_float32_in_the_networks_range_and_labels_int32():
    images, numbers = next(iter(pipeline(shuffle=False).stream()))
    assert images.dtype == "float32"
    assert numbers.dtype == "int32"
    np.testing.assert_allclose(images, IMAGES[:BATCH] / 127.5 - 1, atol=1e-6)


def test_the_format_images_has_no_labels():
    images = next(iter(pipeline("images", shuffle=False).stream()))
    np.testing.assert_allclose(images, IMAGES[:BATCH] / 127.5 - 1, atol=1e-6)


def test_shapes_are_static_in_training():
    for dataset in (pipeline().stream(), pipeline().epochs()):
        images, numbers = dataset.element_spec
        assert images.shape == (BATCH, 2, 4, 1)
        assert numbers.shape == (BATCH,)


def test_without_shuffling_the_order_is_the_sources_and_the_last_batch_is_kept():
    still = pipeline(shuffle=False)
    assert still.steps_per_epoch == STEPS + 1
    for dataset in (still.epochs(), still.epochs()):
        epoch = batches(dataset, STEPS + 2)
        assert [len(images) for images, _ in epoch] == [BATCH] * STEPS + [SIZE % BATCH]
        np.testing.assert_array_equal(np.concatenate([n for _, n in epoch]), np.arange(SIZE))
    images, _ = still.epochs().element_spec
    assert images.shape.as_list() == [None, 2, 4, 1]


def test_without_flipping_no_image_is_mirrored():
    assert not flipped(pipeline().stream(), STEPS * 3).any()


def test_about_half_of_all_images_are_mirrored():
    assert abs(flipped(pipeline(horizontal_flip=True).stream(), 100).mean() - 0.5) < 0.1


def test_an_image_is_mirrored_in_one_epoch_and_not_in_another():
    flipping = pipeline(horizontal_flip=True, shuffle=False)
    epochs = flipped(flipping.stream(), 6 * 20).reshape(20, SIZE)
    assert epochs.any(0).all()
    assert not epochs.all(0).any()


def test_flips_are_the_same_for_the_same_seed_and_others_for_another():
    first = flipped(pipeline(horizontal_flip=True, seed=3).stream(), 20)
    again = flipped(pipeline(horizontal_flip=True, seed=3).stream(), 20)
    np.testing.assert_array_equal(again, first)
    assert (flipped(pipeline(horizontal_flip=True, seed=4).stream(), 20) != first).any()


def test_flipping_does_not_touch_what_is_kept():
    before = IMAGES.copy()
    batches(pipeline(horizontal_flip=True).stream(), STEPS)
    np.testing.assert_array_equal(STORE.images, before)


def test_the_first_examples_are_the_sources_unflipped_and_unshuffled():
    images, numbers = pipeline(horizontal_flip=True).first_examples(5)
    np.testing.assert_allclose(images, IMAGES[:5] / 127.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(numbers, np.arange(5))


@pytest.mark.parametrize("size", [1001, 0, -1])
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_batch_size_that_the_data_cannot_fill_is_refused(size, shuffle):
    message = rf"must be in 1 to 1000, .* of 'sample'\. Received: {size}$"
    with pytest.raises(InputError, match=message):
        load_dataset(image_shape=(28, 28, 1), split="test", batch_size=size, shuffle=shuffle)


def test_a_batch_may_be_all_there_is():
    for shuffle in (True, False):
        whole = pipeline(size=SIZE, shuffle=shuffle)
        assert whole.steps_per_epoch == 1
        np.testing.assert_array_equal(np.sort(labels(whole.stream(), 1)), np.arange(SIZE))


def sample(split, shuffle=None):
    dataset = load_dataset(
        "sample", "labelled", image_shape=(4, 4, 1), batch_size=300, split=split, shuffle=shuffle
    )
    return np.concatenate([numbers.numpy() for _, numbers in dataset])


def in_order(split):
    (examples,) = open_source("sample", split).examples().batch(8000).as_numpy_iterator()
    return examples["labels"]


@pytest.mark.parametrize("split", ["validation", "test"])
def test_load_dataset_keeps_the_order_of_validation_and_test(split):
    np.testing.assert_array_equal(sample(split), in_order(split))


def test_load_dataset_shuffles_training_data():
    assert len(sample("train")) == 7800
    assert (sample("train") != in_order("train")[:7800]).any()


def test_load_dataset_shuffles_where_it_is_told_to():
    assert len(sample("test", shuffle=True)) == 900
    assert (sample("test", shuffle=True) != in_order("test")[:900]).any()
