"""Label maps from every kind of dataset, decoded to ids, and what is refused as none."""

import re

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo import load_dataset
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.label_maps import hex_of

pytestmark = pytest.mark.slow

COUNT, CLASSES = 12, 5
RNG = np.random.default_rng(0)
# Of blocks, so that resizing to a half leaves whole ones.
IDS = RNG.integers(0, CLASSES, (COUNT, 4, 8), np.uint8).repeat(4, 1).repeat(4, 2)
TARGETS = RNG.integers(0, 256, (COUNT, 16, 32, 3), np.uint8)
COLORS = np.array([[0, 0, 222], [0, 48, 255], [255, 80, 0], [174, 0, 0], [32, 255, 224]], np.uint8)
HEX = tuple(hex_of(color) for color in COLORS)


def save_ids(path, ids, kind):
    if kind == "palette":
        image = Image.fromarray(ids)
        image.putpalette(COLORS[::-1].tobytes())  # colours that say nothing about ids
    elif kind == "grey":
        image = Image.fromarray(ids)
    elif kind == "sixteen bits":
        image = Image.fromarray(ids.astype(np.uint16))
    else:
        image = Image.fromarray(COLORS[ids])
    image.save(path)


@pytest.fixture
def folder(tmp_path):
    """Writes pairs into two folders."""

    def folder(kind, ids=IDS, suffix="png", name="pairs"):
        for number in range(COUNT):
            for side in "AB":
                (tmp_path / name / side).mkdir(parents=True, exist_ok=True)
            save_ids(tmp_path / name / "A" / f"{number:02}.{suffix}", ids[number], kind)
            Image.fromarray(TARGETS[number]).save(tmp_path / name / "B" / f"{number:02}.png")
        return str(tmp_path / name)

    return folder


def all_of(dataset, **given):
    settings = {"image_shape": (16, 32, 3), "split": "all", "batch_size": 5, "shuffle": False}
    batches = load_dataset(dataset, "label_maps", **settings | {"input_classes": CLASSES} | given)
    inputs, targets = map(np.concatenate, zip(*batches, strict=True))
    assert inputs.dtype == np.int32
    return inputs, targets


@pytest.mark.parametrize("kind", ["palette", "grey", "sixteen bits"])
@pytest.mark.parametrize("cache", [{}, {"cache_gib": 0}, {"cache": "none"}])
def test_ids_are_the_indices_of_a_palette_and_the_levels_of_a_grey_picture(folder, kind, cache):
    inputs, targets = all_of(folder(kind), **cache)
    np.testing.assert_array_equal(inputs, IDS)
    np.testing.assert_allclose(targets, TARGETS / 127.5 - 1, atol=1e-6)


def test_colours_that_stand_for_classes_are_decoded_to_ids(folder, tmp_path):
    pairs = folder("colours")
    np.testing.assert_array_equal(all_of(pairs, input_colors=HEX)[0], IDS)
    (tmp_path / "colors.txt").write_text(
        "\n".join(f"{r} {g}, {b}  class {n}" for n, (r, g, b) in enumerate(COLORS)) + "\n"
    )
    inputs, _ = all_of(pairs, input_colors=[str(tmp_path / "colors.txt")])
    np.testing.assert_array_equal(inputs, IDS)


def test_arrays_datasets_and_files_of_them_give_the_same(tmp_path):
    np.savez(tmp_path / "maps.npz", inputs=IDS, targets=TARGETS)
    np.savez(tmp_path / "colors.npz", inputs=COLORS[IDS], targets=TARGETS)
    colors = {"input_colors": HEX}
    for dataset, given in (
        ((IDS, TARGETS), {}),
        ((IDS[..., None].astype(np.int64), TARGETS), {}),
        ((COLORS[IDS], TARGETS), colors),
        (tf.data.Dataset.from_tensor_slices((IDS, TARGETS)), {}),
        (tf.data.Dataset.from_tensor_slices((IDS[..., None], TARGETS)), {}),
        (tf.data.Dataset.from_tensor_slices((COLORS[IDS], TARGETS)), colors),
        (str(tmp_path / "maps.npz"), {}),
        (str(tmp_path / "colors.npz"), colors),
    ):
        inputs, targets = all_of(dataset, **given)
        np.testing.assert_array_equal(inputs, IDS)
        np.testing.assert_allclose(targets, TARGETS / 127.5 - 1, atol=1e-6)


@pytest.mark.parametrize("direction", ["ab", "ba"])
def test_either_side_of_a_picture_can_be_the_label_map(direction, tmp_path):
    for number in range(COUNT):
        halves = [COLORS[IDS[number]], TARGETS[number]][:: 1 if direction == "ab" else -1]
        Image.fromarray(np.hstack(halves)).save(tmp_path / f"{number:02}.png")
    given = {"direction": direction, "input_colors": HEX}
    for cache in ({}, {"cache_gib": 0}, {"cache": "none"}):
        inputs, targets = all_of(str(tmp_path) + "/", **given, **cache)
        np.testing.assert_array_equal(inputs, IDS)
        np.testing.assert_allclose(targets, TARGETS / 127.5 - 1, atol=1e-6)


def test_in_a_direction_of_ba_the_second_folder_has_the_label_maps(folder, tmp_path):
    pairs = tmp_path / "pairs"
    folder("palette")
    (pairs / "A").rename(pairs / "C")
    (pairs / "B").rename(pairs / "A")
    (pairs / "C").rename(pairs / "B")
    np.testing.assert_array_equal(all_of(str(pairs), direction="ba")[0], IDS)
    reversed_arrays = all_of((TARGETS, IDS), direction="ba")
    np.testing.assert_array_equal(reversed_arrays[0], IDS)


def test_a_label_map_is_resized_to_ids_that_were_there():
    small, _ = all_of((IDS, TARGETS), image_shape=(8, 16, 3))
    np.testing.assert_array_equal(small, IDS[:, ::2, ::2])
    ids = RNG.integers(0, 2, (COUNT, 15, 23), np.uint8) * 4  # 0 and 4: what lies between is new
    for fit in ("crop", "pad"):
        odd, _ = all_of((ids, TARGETS[:, :15, :23]), image_shape=(9, 10, 3), fit=fit)
        assert set(np.unique(odd)) <= {0, 4}


def test_a_label_map_is_cropped_and_mirrored_with_its_target():
    ids = IDS.astype(np.int64)
    same = np.ascontiguousarray(np.repeat(IDS[..., None], 3, -1))  # the target shows its input
    random = {"jitter": 0.25, "horizontal_flip": True, "shuffle": True, "batch_size": 4}
    for inputs, targets in load_dataset(
        (ids, same), "label_maps", image_shape=(16, 32, 3), input_classes=CLASSES, split="all",
        **random,
    ):  # fmt: skip
        levels = np.round((targets[..., 0] + 1) * 127.5)
        # But where the target is blurred between blocks; of another box, a fifth would be equal.
        assert (levels == inputs.numpy()).mean() > 0.8


def test_the_sample_has_label_maps_of_two_classes():
    settings = {"image_shape": (28, 28, 1), "split": "test"}
    inputs, targets = all_of("sample", input_classes=2, **settings)
    lines, photographs = map(
        np.concatenate, zip(*load_dataset("sample", "paired", **settings), strict=True)
    )
    np.testing.assert_array_equal(inputs, lines[..., 0] > 0)
    np.testing.assert_array_equal(targets, photographs)


# What is refused.


def refused(error, message, *arguments, **given):
    for cache in ({}, {"cache": "none"}) if isinstance(arguments[0], str) else ({},):
        with pytest.raises(error, match=message):
            all_of(*arguments, **given, **cache)


def test_more_classes_than_stated_are_refused_with_the_file_and_the_id(folder):
    ids = IDS.copy()
    ids[3, 0, 0] = 9
    message = r"must be below input_classes, 5; this one has 9\. Received: '.*/A/03\.png'"
    for kind in ("palette", "grey"):
        refused(ResourceError, message, folder(kind, ids))
    message = r"inputs must be ids of input_classes, 0 to 4\. Received: 9 in the map 3"
    refused(InputError, message, (ids, TARGETS))
    message = r"this one has 9\. Received: 'tf\.data\.Dataset 3'$"
    refused(ResourceError, message, tf.data.Dataset.from_tensor_slices((ids, TARGETS)))
    negative = np.where(ids == 9, -1, ids.astype(int))
    refused(InputError, "Received: -1 in the map 3", (negative, TARGETS))


def test_a_map_that_is_none_can_be_skipped_as_other_files_can(folder, caplog):
    ids = IDS.copy()
    ids[3, 0, 0] = 9
    inputs, _ = all_of(folder("grey", ids), skip_bad_images=True)
    np.testing.assert_array_equal(inputs, np.delete(IDS, 3, axis=0))
    assert "Skipped 1 of the 12 images" in caplog.text


def test_a_colour_that_is_not_listed_is_refused_with_it_and_the_file(folder, tmp_path):
    pairs = folder("colours")
    listed = (*HEX[:2], "#000000", *HEX[3:])
    message = r"% of a label map's pixels are further than color_distance, 0, .*: #ff5000 is \d+ "
    message += r"from the nearest, #ae0000\. Received: '.*/A/0\d\.png'"
    refused(ResourceError, message, pairs, input_colors=listed)
    dataset = tf.data.Dataset.from_tensor_slices((COLORS[IDS], TARGETS))
    refused(
        ResourceError, r"#ff5000 is .*Received: 'tf\.data\.Dataset 0", dataset, input_colors=listed
    )


def test_a_pair_in_one_picture_with_a_colour_that_is_not_listed_is_named(tmp_path):
    for number in range(COUNT):
        pair = np.hstack([COLORS[IDS[number]], TARGETS[number]])
        Image.fromarray(pair).save(tmp_path / f"{number:02}.png")
    listed = (*HEX[:2], "#000000", *HEX[3:])
    message = r"#ff5000 is .*Received: '.*/0\d\.png'"
    refused(ResourceError, message, str(tmp_path) + "/", input_colors=listed)


def test_colours_that_a_jpeg_file_has_blurred_take_the_nearest_within_the_distance(folder):
    blurred = folder("colours", suffix="jpg", name="blurred")
    refused(ResourceError, "further than color_distance, 0", blurred, input_colors=HEX)
    inputs, _ = all_of(blurred, input_colors=HEX, color_distance=200.0)
    assert (inputs == IDS).mean() > 0.9


def test_what_is_no_picture_of_ids_is_refused(folder):
    message = "grey or palette pictures; for colours.* state input_colors. Received: a picture of"
    refused(ResourceError, message, folder("colours"))
    message = r"Received: a JPEG file, which changes levels, '.*/A/00\.jpg'"
    refused(ResourceError, message, folder("grey", suffix="jpg", name="jpegs"))


def test_colours_side_by_side_need_their_list(tmp_path):
    Image.fromarray(TARGETS[0]).save(tmp_path / "pair.png")
    refused(InputError, "state input_colors. Received: 3 channels", str(tmp_path) + "/")


@pytest.mark.parametrize(
    ("inputs", "given", "message"),
    [
        (IDS.astype(np.float32), {}, r"inputs must be ids .*Received: float32 \(12, 16, 32\)"),
        (TARGETS, {}, r"unless there are input_colors\. Received: uint8 \(12, 16, 32, 3\)"),
        (IDS, {"input_colors": HEX}, r"of the colours in input_colors\. Received: uint8 \(12, 16"),
    ],
)
def test_an_array_of_another_kind_is_refused(inputs, given, message):
    refused(InputError, message, (inputs, TARGETS), **given)
    refused(
        InputError, message.partition("Received")[0],
        tf.data.Dataset.from_tensor_slices((inputs, TARGETS)), **given,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"input_classes": None}, "input_classes must state how many classes.*Received: None"),
        ({"input_classes": 1}, "input_classes must be in 2 to 256. Received: 1"),
        ({"input_classes": 257}, "input_classes must be in 2 to 256. Received: 257"),
        ({"input_colors": HEX[:4]}, r"a colour for each of input_classes, 5\. Received: 4"),
        ({"input_colors": ("#12345", *HEX[1:])}, r"A colour is #rrggbb.*Received: '#12345'"),
        ({"input_colors": (*HEX[:4], HEX[0])}, r"for the classes 0 and 4\. Received: #0000de"),
        ({"color_distance": -1.0}, r"color_distance must be at least 0\. Received: -1"),
    ],
)
def test_settings_that_no_label_map_can_have_are_refused(given, message):
    refused(InputError, message, (IDS, TARGETS), **given)


def test_a_file_of_colours_that_is_not_there_or_none_is_refused(tmp_path):
    missing = str(tmp_path / "none.txt")
    message = f"a file of them: No such file.*Received: {re.escape(repr(missing))}"
    refused(ResourceError, message, (IDS, TARGETS), input_colors=[missing])
    path = tmp_path / "colors.txt"
    path.write_text("0 0 222\n0 48 256\n")
    with pytest.raises(InputError, match=r"three of 0 to 255\. Received: '0 48 256' in '.*colors"):
        all_of((IDS, TARGETS), input_colors=[str(path)])


def test_settings_of_label_maps_are_refused_for_other_formats():
    with pytest.raises(InputError, match=r"input_classes is for batches of the format 'label_maps"):
        load_dataset("sample", "paired", image_shape=(28, 28, 1), input_classes=2)
