"""Batches: every example once an epoch, in an order that is a function of seed and epoch."""

import itertools

import numpy as np
import pytest

from ganzoo import load_dataset
from ganzoo.batch_formats import batch_format as declared
from ganzoo.data.examples import CachedExamples
from ganzoo.data.loading import open_pipeline
from ganzoo.data.pipeline import Pipeline
from ganzoo.errors import InputError

SIZE, BATCH = 22, 4
STEPS = SIZE // BATCH
# Image i is i on its left and i + 100 on its right, and has label i.
IMAGES = np.empty((SIZE, 2, 4, 1), np.uint8)
IMAGES[:, :, :2] = np.arange(SIZE)[:, None, None, None]
IMAGES[:, :, 2:] = IMAGES[:, :, :2] + 100
EXAMPLES = CachedExamples("numbers", {"images": IMAGES, "labels": np.arange(SIZE, dtype=np.int32)})


def pipeline(
    batch_format="labelled", shuffle=True, horizontal_flip=False, seed=0, size=BATCH,
    examples=(EXAMPLES,), image_shape=(2, 4, 1), batches_per_step=1,
):  # fmt: skip
    return Pipeline(
        examples, declared(batch_format), image_shape=image_shape, batch_size=size, shuffle=shuffle,
        horizontal_flip=horizontal_flip, seed=seed, batches_per_step=batches_per_step,
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


def test_without_shuffling_the_order_is_the_sources_and_the_last_batch_is_smaller():
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


def test_flipping_does_not_change_the_cached_images():
    before = IMAGES.copy()
    batches(pipeline(horizontal_flip=True).stream(), STEPS)
    np.testing.assert_array_equal(IMAGES, before)


def test_the_first_examples_are_the_sources_unflipped_and_unshuffled():
    images, numbers = pipeline(horizontal_flip=True).first_examples(5)
    np.testing.assert_allclose(images, IMAGES[:5] / 127.5 - 1, atol=1e-6)
    np.testing.assert_array_equal(numbers, np.arange(5))
    assert len(pipeline().first_examples(SIZE + 1)[1]) == SIZE


@pytest.mark.parametrize(("size", "shuffle"), [(0, True), (0, False), (-3, True), (1001, True)])
def test_a_batch_size_that_the_data_cannot_fill_raises_an_error(size, shuffle):
    message = rf"must be in 1 to 1000, .* of 'sample'\. Received: {size}$"
    with pytest.raises(InputError, match=message):
        load_dataset(image_shape=(28, 28, 1), split="test", batch_size=size, shuffle=shuffle)


def test_in_order_the_only_batch_may_be_a_smaller_one():
    (images,) = load_dataset(image_shape=(4, 4, 1), split="test", batch_size=1001)
    assert len(images) == 1000


def test_a_batch_may_be_all_there_is():
    for shuffle in (True, False):
        everything = pipeline(size=SIZE, shuffle=shuffle)
        assert everything.steps_per_epoch == 1
        np.testing.assert_array_equal(np.sort(labels(everything.stream(), 1)), np.arange(SIZE))


def loaded(split, shuffle=None):
    """The labels of one epoch in batches of 4, of 30 examples that are labelled by their number."""
    images, numbers = np.zeros((30, 2, 2, 1), np.uint8), np.arange(30)
    dataset = load_dataset(
        (images, numbers), "labelled", image_shape=(2, 2, 1), batch_size=4, split=split,
        shuffle=shuffle,
    )  # fmt: skip
    return [label for _, labels in dataset for label in labels.numpy()]


@pytest.mark.parametrize("split", ["validation", "test"])
def test_load_dataset_keeps_the_order_of_validation_and_test(split):
    numbers = loaded(split)
    assert len(numbers) > 1
    assert numbers == sorted(numbers)


def test_load_dataset_shuffles_training_data():
    held_out, train = loaded("test"), loaded("train")
    assert len(train) == (30 - len(held_out)) // 4 * 4
    assert set(train) <= set(range(30)) - set(held_out)
    assert train != sorted(train)


def test_load_dataset_shuffles_where_that_is_asked_for():
    everything = loaded("all", shuffle=True)
    assert len(everything) == 28
    assert everything != sorted(everything)
    assert loaded("train", shuffle=False) == sorted(set(range(30)) - set(loaded("test")))


def test_the_number_of_classes_is_the_largest_label_and_one():
    assert pipeline().num_classes == SIZE
    assert pipeline("images").num_classes is None
    assert pairs().num_classes is None


# Random crops of larger images.

ROWS, COLUMNS = np.arange(40)[:, None], np.arange(5)
# The pixel in row r and column c of image i is i + 10 r + c.
LARGER = (np.arange(SIZE)[:, None, None] + 10 * ROWS[:10] + COLUMNS).astype(np.uint8)[..., None]
LARGER_EXAMPLES = CachedExamples(
    "larger", {"images": LARGER, "labels": np.arange(SIZE, dtype=np.int32)}
)


def cropped(shuffle=True, horizontal_flip=False, seed=0):
    return pipeline(
        examples=(LARGER_EXAMPLES,), image_shape=(4, 3, 1), shuffle=shuffle, seed=seed,
        horizontal_flip=horizontal_flip,
    )  # fmt: skip


def corners(dataset, count):
    """The row and column at which each image was cropped; fails where it is no crop of it."""
    found = []
    for images, numbers in batches(dataset, count):
        levels = np.round((images + 1) * 127.5).astype(int)
        for level, number in zip(levels, numbers, strict=True):
            top, left = divmod(level[0, 0, 0] - number, 10)
            expected = LARGER[number, top : top + 4, left : left + 3]
            np.testing.assert_array_equal(level, expected)
            found.append((top, left))
    return np.array(found)


def test_an_image_is_cropped_at_every_place_about_equally_often():
    places, counts = np.unique(corners(cropped().stream(), 420), axis=0, return_counts=True)
    assert len(places) == 7 * 3
    assert counts.min() > 50  # 80 on average


def test_an_image_is_cropped_at_another_place_in_another_epoch():
    epochs = corners(cropped(shuffle=False).stream(), 6 * 10).reshape(10, SIZE, 2)
    for number in range(SIZE):
        assert len(np.unique(epochs[:, number], axis=0)) > 3


def test_crops_are_the_same_for_the_same_seed_and_others_for_another():
    first = corners(cropped(seed=3).stream(), 10)
    np.testing.assert_array_equal(corners(cropped(seed=3).stream(), 10), first)
    assert (corners(cropped(seed=4).stream(), 10) != first).any()


def test_the_first_examples_are_cropped_in_the_middle():
    images, numbers = cropped(horizontal_flip=True).first_examples(5)
    np.testing.assert_array_equal(numbers, np.arange(5))
    np.testing.assert_allclose(images, LARGER[:5, 3:7, 1:4] / 127.5 - 1, atol=1e-6)


def test_load_dataset_crops_images_that_are_larger_by_the_jitter():
    plain, larger = (
        next(iter(load_dataset(image_shape=(28, 28, 1), jitter=j, split="test"))).numpy()
        for j in (0, 0.5)
    )
    assert plain.shape == larger.shape
    # 28 of 42 pixels show two thirds of a garment.
    assert (larger > -0.9).mean() > (plain > -0.9).mean() * 1.2


# Several batches a step.


def joined(stream, numbers):
    """The batches of these numbers of a stream, one after another along the first axis."""
    found = batches(stream, max(numbers) + 1)
    return [np.concatenate(part) for part in zip(*(found[n] for n in numbers), strict=True)]


def test_an_element_of_several_batches_a_step_has_them_one_after_another():
    single, double = (pipeline(horizontal_flip=True, batches_per_step=k) for k in (1, 2))
    assert double.steps_per_epoch == 2  # of 5 batches the last is left out
    elements = batches(double.stream(), 4)
    # Two of the first epoch, two of the second, which begins with the sixth batch.
    for element, numbers in zip(elements, ([0, 1], [2, 3], [5, 6], [7, 8]), strict=True):
        assert_same([element], [joined(single.stream(), numbers)])


def test_a_stream_of_several_batches_a_step_can_begin_at_any_step():
    double = pipeline(horizontal_flip=True, batches_per_step=2)
    assert_same(batches(double.stream(3), 3), batches(double.stream().skip(3), 3))
    assert double.epochs().cardinality() == 2
    assert_same(batches(double.epochs(), 2), batches(double.stream(), 2))


def test_each_of_several_batches_a_step_is_divided_between_replicas():
    double = pipeline(horizontal_flip=True, batches_per_step=2)
    whole = batches(double.stream(1), 2)
    parts = batches(double.stream(1, 2, range(2)), 4)
    for step, element in enumerate(whole):
        for whole_part, *of_replicas in zip(element, *parts[2 * step : 2 * step + 2], strict=True):
            # (batch of the step, replica, example): the second replica's come after the first's.
            halves = [x.reshape(2, BATCH // 2, *x.shape[1:]) for x in of_replicas]
            together = np.concatenate(halves, 1).reshape(whole_part.shape)
            np.testing.assert_array_equal(together, whole_part)
    (second,) = batches(double.stream(1, 2, range(1, 2)), 1)
    assert_same([second], [parts[1]])


def test_two_sides_have_several_batches_a_step_each():
    both = pipeline("unpaired", examples=SIDES, batches_per_step=2)
    a, b = numbers_of(both.stream(), 4)
    assert both.steps_per_epoch == 2
    for numbers, size in ((a, 22), (b, 9)):
        for order in numbers.reshape(-1, size // 8 * 8):
            assert len(set(order)) == len(order)


def test_several_batches_a_step_that_cannot_be_are_refused(of_images):
    with pytest.raises(InputError, match="shuffle=False, batches_per_step=2"):
        pipeline(shuffle=False, batches_per_step=2)
    message = r"A step takes 3 batches, so that the batch size must be in 1 to 7: .*Received: 8$"
    with pytest.raises(InputError, match=message):
        open_pipeline(IMAGES, "images", of_images(batch_size=8), batches_per_step=3)
    with pytest.raises(InputError, match=r"must be in 1 to 22, .*Received: 23$"):
        open_pipeline(IMAGES, "images", of_images(batch_size=23), batches_per_step=3)


@pytest.fixture
def of_images(settings):
    return lambda **given: settings(image_shape=(2, 4, 1), shuffle=True, **given)


# Pairs.

PAIRS = CachedExamples(
    "pairs", {"inputs": LARGER, "targets": np.repeat(LARGER[:, ::-1] // 2, 3, -1)}
)


def pairs(shuffle=True, horizontal_flip=True):
    return pipeline(
        "paired", examples=(PAIRS,), image_shape=(4, 3, 1), shuffle=shuffle,
        horizontal_flip=horizontal_flip,
    )  # fmt: skip


def test_both_images_of_a_pair_are_cropped_and_mirrored_alike():
    orientations = set()
    for inputs, targets in batches(pairs().stream(), 30):
        assert inputs.shape == (BATCH, 4, 3, 1)
        assert targets.shape == (BATCH, 4, 3, 3)
        inputs, targets = (np.round((x + 1) * 127.5).astype(int) for x in (inputs, targets))
        for one, other in zip(inputs, targets, strict=True):
            mirrored = bool(one[0, 0, 0] > one[0, 2, 0])
            orientations.add(mirrored)
            one, other = (x[:, ::-1] if mirrored else x for x in (one, other))
            matches = [
                (one == LARGER[number, top : top + 4, left : left + 3]).all()
                and (other == LARGER[number, ::-1][top : top + 4, left : left + 3] // 2).all()
                for number in range(SIZE)
                for top in range(7)
                for left in range(3)
            ]
            assert any(matches)
    assert orientations == {False, True}


def test_the_first_pairs_are_the_sources():
    inputs, targets = pairs().first_examples(3)
    np.testing.assert_allclose(inputs, LARGER[:3, 3:7, 1:4] / 127.5 - 1, atol=1e-6)
    assert targets.shape == (3, 4, 3, 3)


def loaded_pairs(**arguments):
    arrays = tuple(PAIRS.parts.values())
    return load_dataset(
        arrays, "paired", image_shape=(10, 5, 3), batch_size=4, split="all", shuffle=False,
        **arguments,
    )  # fmt: skip


def test_a_direction_of_ba_exchanges_inputs_and_targets():
    inputs, targets = next(iter(loaded_pairs()))
    assert inputs.shape == targets.shape == (4, 10, 5, 3)
    reversed_inputs, reversed_targets = next(iter(loaded_pairs(direction="ba")))
    np.testing.assert_array_equal(reversed_inputs, targets)
    np.testing.assert_array_equal(reversed_targets, inputs)
    assert (inputs.numpy() != targets.numpy()).any()


@pytest.mark.parametrize("direction", ["ab", "ba"])
@pytest.mark.parametrize("cache_gib", [0, 1])
def test_inputs_can_have_other_channels_than_targets(direction, cache_gib):
    grey = loaded_pairs(direction=direction, input_channels=1, cache_gib=cache_gib)
    inputs, targets = next(iter(grey))
    assert inputs.shape == (4, 10, 5, 1)
    assert targets.shape == (4, 10, 5, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"direction": "ba"}, "is for batches of the format 'paired'.*Received: .*'images'"),
        ({"jitter": 1.1}, "jitter must be in 0 to 1. Received: 1.1"),
        ({"center_crop": 29}, r"shorter side, 28\. Received: 29"),
    ],
)
def test_settings_that_cannot_be_used_raise_an_error(arguments, message):
    with pytest.raises(InputError, match=message):
        load_dataset(image_shape=(28, 28, 1), **arguments)


# Two domains.

SIZES = (22, 9)
SIDES = tuple(
    CachedExamples(name, {"images": np.full((size, 2, 4, 1), offset, np.uint8) + numbers})
    for name, size, offset, numbers in (
        ("a", 22, 0, np.arange(22, dtype=np.uint8)[:, None, None, None]),
        ("b", 9, 100, np.arange(9, dtype=np.uint8)[:, None, None, None]),
    )
)


def unpaired(examples=SIDES, **arguments):
    return pipeline("unpaired", examples=examples, **arguments)


def numbers_of(dataset, count):
    """The examples of both sides by their number, each `(count, batch)`."""
    sides = zip(*batches(dataset, count), strict=True)
    a, b = (np.stack([np.round((x[:, 0, 0, 0] + 1) * 127.5) for x in side]) for side in sides)
    return a.astype(int), b.astype(int) - 100


def test_an_epoch_is_one_of_the_larger_side():
    assert unpaired().steps_per_epoch == 22 // BATCH
    assert unpaired().size == 22
    assert unpaired(examples=SIDES[::-1]).steps_per_epoch == 22 // BATCH


def test_each_side_goes_through_its_own_examples_pass_after_pass():
    a, b = numbers_of(unpaired().stream(), 20)
    for numbers, size in ((a, 22), (b, 9)):
        passes = numbers.reshape(-1, size // BATCH * BATCH)
        assert all(len(set(order)) == len(order) for order in passes)
        assert len({tuple(order) for order in passes}) == len(passes)
        assert set(numbers.flat) == set(range(size))


def test_two_equal_sides_have_orders_and_flips_of_their_own():
    a, b = zip(
        *batches(unpaired((EXAMPLES, EXAMPLES), horizontal_flip=True).stream(), 50), strict=True
    )
    left = [np.round((np.stack(side)[:, :, 0, 0, 0] + 1) * 127.5) for side in (a, b)]
    mirrored = [side >= 100 for side in left]
    assert 0.3 < (mirrored[0] == mirrored[1]).mean() < 0.7
    assert (left[0] % 100 == left[1] % 100).mean() < 0.2


@pytest.mark.parametrize("first_step", [1, 3, 13])
def test_a_stream_of_two_sides_can_begin_at_any_step(first_step):
    expected = batches(unpaired(horizontal_flip=True).stream().skip(first_step), 6)
    assert_same(batches(unpaired(horizontal_flip=True).stream(first_step), 6), expected)


def test_unshuffled_the_smaller_side_begins_again_and_both_parts_are_of_one_length():
    still = unpaired(shuffle=False)
    assert still.steps_per_epoch == 6
    for _ in range(2):
        epoch = batches(still.epochs(), 7)
        assert [(len(a), len(b)) for a, b in epoch] == [(4, 4)] * 5 + [(2, 2)]
        a, b = (np.concatenate(side)[:, 0, 0, 0] for side in zip(*epoch, strict=True))
        np.testing.assert_array_equal(np.round((a + 1) * 127.5), np.arange(22))
        np.testing.assert_array_equal(np.round((b + 1) * 127.5) - 100, np.arange(22) % 9)


def test_the_first_examples_of_two_sides_are_equally_many():
    a, b = unpaired().first_examples(64)
    assert len(a) == len(b) == 9


def test_a_batch_may_be_as_large_as_the_smaller_side_and_no_larger():
    a, b = next(iter(load_unpaired(90)))
    assert a.shape == b.shape == (90, 28, 28, 1)
    message = r"must be in 1 to 90, the number of examples of 'sample/sneakers'\. Received: 91"
    with pytest.raises(InputError, match=message):
        load_unpaired(91)


def load_unpaired(batch_size):
    return load_dataset(
        "sample", "unpaired", image_shape=(28, 28, 1), split="test", batch_size=batch_size,
        shuffle=True,
    )  # fmt: skip


def test_labels_below_zero_raise_an_error():
    labels = np.arange(SIZE, dtype=np.int32) - 1
    unlabelled = pipeline(
        examples=[CachedExamples("numbers", {"images": IMAGES, "labels": labels})]
    )
    with pytest.raises(InputError, match=r"'numbers' must be 0 or above.*Received: -1"):
        _ = unlabelled.num_classes
