"""Folders of pictures: the layouts of each format, splits, and what is wrong with others."""

import logging
import os
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo import load_dataset
from ganzoo.data.loading import open_pipeline
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError, ResourceError


def make(root, *names, shape=(4, 6), **greys):
    """Writes PNGs of one grey each: 1, 2, 3, ... in the order given, or as given by name."""
    numbered = {name: number for number, name in enumerate(names, 1)} | greys
    for name, grey in numbered.items():
        path = root / (name if Path(name).suffix else f"{name}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full(shape, grey, np.uint8)).save(path)
    return str(root)


def opened(folder, batch_format="images", split="all"):
    """For each source its parts as lists, images as their first pixel."""
    result = []
    for source in open_sources(folder, batch_format, split):
        positions, examples = zip(*source.examples().as_numpy_iterator(), strict=True)
        assert positions == tuple(range(source.size))
        result.append(
            {
                part: [int(np.ravel(example[part])[0]) for example in examples]
                for part in source.shapes
            }
        )
    return result[0] if len(result) == 1 else result


def error_of(folder, batch_format="images", split="all"):
    with pytest.raises((InputError, ResourceError)) as raised:
        open_sources(folder, batch_format, split)
    message = str(raised.value)
    assert "\n" not in message
    assert "Received: " in message
    return message


# Layouts.


def test_images_are_found_in_subfolders_too_and_come_sorted_by_name(tmp_path):
    folder = make(tmp_path, "b", "a/z", "c/d/e", "a/y")
    assert opened(folder) == {"images": [4, 2, 1, 3]}


def test_hidden_files_and_what_is_no_picture_are_skipped(tmp_path):
    folder = make(tmp_path, "a", ".b.png", ".thumbnails/c")
    (tmp_path / "notes.txt").write_text("not a picture")
    assert opened(folder) == {"images": [1]}


def test_spaces_letters_of_any_alphabet_and_upper_case_suffixes_are_fine(tmp_path):
    folder = make(tmp_path / "mes été photos", "ёлка 1.PNG", "猫/a b.Bmp")
    assert opened(folder) == {"images": [1, 2]}
    batch = next(iter(load_dataset(folder, image_shape=(4, 4, 1), batch_size=2)))
    np.testing.assert_allclose(np.sort(batch[:, 0, 0, 0]), np.array([1, 2]) / 127.5 - 1, atol=1e-6)


def test_a_folder_that_a_link_leads_back_to_is_read_once(tmp_path):
    folder = make(tmp_path, "a/b")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    make(tmp_path.parent / f"{tmp_path.name} elsewhere", c=7)
    (tmp_path / "linked").symlink_to(tmp_path.parent / f"{tmp_path.name} elsewhere")
    assert opened(folder) == {"images": [1, 7]}


def test_a_folder_in_the_home_or_the_working_folder_is_found(tmp_path, monkeypatch):
    make(tmp_path / "photos", "a")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for given in ("~/photos", "./photos", "photos/", tmp_path / "photos"):
        assert opened(given) == {"images": [1]}


def test_a_folder_without_a_separator_raises_an_error_with_how_to_write_it(tmp_path, monkeypatch):
    make(tmp_path / "photos", "a")
    monkeypatch.chdir(tmp_path)
    assert "the path is './photos'" in error_of("photos")


def test_classes_are_numbered_in_the_order_of_their_names(tmp_path):
    folder = make(tmp_path, "dog/1", "cat/x/2", "cat/3", "Ape/4")
    assert opened(folder, "labelled") == {"images": [4, 3, 2, 1], "labels": [0, 1, 1, 2]}
    assert opened(folder) == {"images": [4, 3, 2, 1]}


def test_a_class_keeps_its_number_in_a_split_that_lacks_another(tmp_path):
    folder = make(tmp_path, "train/cat/1", "train/dog/2", "test/dog/3")
    assert opened(folder, "labelled", "train") == {"images": [1, 2], "labels": [0, 1]}
    assert opened(folder, "labelled", "test") == {"images": [3], "labels": [1]}


def test_pairs_are_the_two_halves_of_pictures(tmp_path):
    pixels = np.repeat(np.array([[10, 20]], np.uint8), 4, axis=1)
    for name in "ab":
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
        pixels = pixels + 1
    (source,) = open_sources(str(tmp_path), "paired", "all")
    assert source.shapes == {"inputs": (1, 4, 1), "targets": (1, 4, 1)}
    assert opened(str(tmp_path), "paired") == {"inputs": [10, 11], "targets": [20, 21]}


@pytest.mark.parametrize("sides", ["A B", "trainA trainB", "train/A train/B"])
def test_pairs_are_files_of_the_same_name_in_two_folders(tmp_path, sides):
    a, b = sides.split()
    folder = make(tmp_path, f"{a}/x", f"{a}/y/z", f"{b}/x.bmp", f"{b}/y/z")
    split = "train" if "train" in sides else "all"
    assert opened(folder, "paired", split) == {"inputs": [1, 2], "targets": [3, 4]}


@pytest.mark.parametrize("sides", ["A B", "trainA trainB", "train/A train/B"])
def test_the_sides_of_unpaired_images_are_two_folders(tmp_path, sides):
    a, b = sides.split()
    folder = make(tmp_path, f"{a}/x", f"{a}/y/z", f"{b}/w")
    split = "train" if "train" in sides else "all"
    assert opened(folder, "unpaired", split) == [{"images": [1, 2]}, {"images": [3]}]


def test_two_folders_a_and_b_are_images_and_classes_as_well(tmp_path):
    folder = make(tmp_path, "A/x", "B/y")
    assert opened(folder) == {"images": [1, 2]}
    assert opened(folder, "labelled")["labels"] == [0, 1]


# Splits.


@pytest.mark.parametrize("validation", ["val", "valid", "validation"])
def test_folders_named_as_splits_are_the_splits(tmp_path, validation):
    folder = make(tmp_path, "train/1", "train/more/2", f"{validation}/3", "test/4")
    assert opened(folder, split="train") == {"images": [1, 2]}
    for split in ("val", "valid", "validation"):
        assert opened(folder, split=split) == {"images": [3]}
    assert opened(folder, split="test") == {"images": [4]}
    assert "Unknown split" in error_of(folder, split="all")


def test_both_sides_have_splits(tmp_path):
    folder = make(tmp_path, "trainA/1", "trainB/2", "testA/3", "testB/4")
    assert opened(folder, "unpaired", "test") == [{"images": [3]}, {"images": [4]}]
    assert "Choose from: test, train. Received: 'validation'" in error_of(folder, "unpaired", "val")


def test_pictures_in_a_folder_next_to_those_of_splits_are_neither_read_nor_passed_over(tmp_path):
    folder = make(tmp_path, "train/1", "test/2", "extra/3")
    message = "Next to the folders of splits, test, train, there are others with pictures, extra; "
    for split in ("all", "train"):
        assert message in error_of(folder, split=split)
    (tmp_path / "extra/3.png").rename(tmp_path / "extra/3.txt")
    assert opened(folder, split="train") == {"images": [1]}


@pytest.mark.parametrize(
    "names", [("Train", "Test"), ("TRAINING", "testing"), ("training", "TEST")]
)
def test_splits_are_told_by_their_common_names_whatever_their_case(tmp_path, names):
    folder = make(tmp_path, *(f"{name}/{label}/x" for name in names for label in ("cat", "dog")))
    assert opened(folder, "labelled", "train") == {"images": [1, 2], "labels": [0, 1]}
    assert opened(folder, "images", "test") == {"images": [3, 4]}


def test_a_class_may_have_the_name_of_a_split(tmp_path):
    folder = make(tmp_path, "bus/x", "train/y")
    assert opened(folder, "labelled") == {"images": [1, 2], "labels": [0, 1]}


def test_two_folders_of_one_split_or_side_are_refused(tmp_path):
    message = error_of(make(tmp_path / "splits", "val/1", "validation/2", "train/3"), split="train")
    assert "Two folders are of one split or side, val and validation." in message
    sides = make(tmp_path / "sides", "A/1", "inputs/1", "B/1")
    assert "of one split or side, A and inputs." in error_of(sides, "paired")


# What is given; the format; what it is read as, or a part of the error.
@pytest.mark.parametrize(
    ("names", "batch_format", "split", "right"),
    [
        (["images/x", "masks/x"], "paired", "all", "folders of pictures, images, masks, and no A"),
        (["photos/x", "labels/x"], "label_maps", "all", "folders of pictures, labels, photos, and"),
        (["train/images/x", "train/masks/x"], "paired", "train", "of pictures, images, masks, and"),
        (["a/x", "b/x"], "paired", "all", [1, 2]),
        (["inputs/x", "Targets/x"], "paired", "all", [1, 2]),
        (["source/x", "target/y"], "unpaired", "all", [1, 2]),
        (["train_A/x", "train-B/x", "testA/y"], "paired", "train", [1, 2]),
        (["Train/A/x", "Train/B/x"], "unpaired", "train", [1, 2]),
        (["x", "__MACOSX/x", "@eaDir/x", ".ipynb_checkpoints/x"], "images", "all", [1]),
        (["cat/x", "dog/y", "__MACOSX/x"], "labelled", "all", [1, 2]),
        (["A/x", "B/x", "__MACOSX/x"], "paired", "all", [1, 2]),
        (["train/x", "test/y", ".thumbnails/x"], "images", "train", [1]),
        (["train/cat/x", "test/cat/y", "x"], "labelled", "train", "a picture next to the folders"),
        (["train/cat/x", "train/y"], "labelled", "train", "'y.png' is in no folder of a class"),
        (["train/x", "holdout/y"], "images", "train", "others with pictures, holdout; move them"),
        (["train/A/x", "train/B/x", "old/A/x"], "paired", "train", "others with pictures, old;"),
        # Of each format the right one, ones that are near it, and a wrong one.
        (["a/x", "b/c/y"], "images", "all", [1, 2]),
        (["Training/x", "valid/y"], "images", "val", [2]),
        (["train/x", "Train/y"], "images", "train", "Two folders are of one split or side, Train"),
        (["train/x", "y"], "images", "train", "a picture next to the folders of splits"),
        (["trainA/x", "trainB/y"], "images", "train", "Its sides A and B are separate folders"),
        (["train/cat/x", "TEST/cat/y"], "labelled", "test", [2]),
        (["5_0_a", "30_1_b"], "labelled", "all", [2, 1]),
        (["x", "y"], "labelled", "all", "There are no folders of classes"),
        (["cat/x", "y"], "labelled", "all", "'y.png' is in no folder of a class"),
        (["A/x", "B/x", "results/z"], "paired", "all", [1, 2]),
        (["A/x", "B/y"], "paired", "all", "without a partner are 1 of 1 in A: x"),
        (["A/x"], "paired", "all", "There are not two folders, A and B"),
        (["train/A/x", "test/A/y", "test/B/y"], "paired", "train", "There are not two folders"),
        (["train/x", "val/y"], "paired", "val", [2, 2]),
        (["TrainA/x", "TrainB/y"], "unpaired", "train", [1, 2]),
        (["Input/x", "target/y"], "unpaired", "all", [1, 2]),
        (["zebra/x", "horse/y"], "unpaired", "all", "There are not two folders, A and B"),
        (["A/x", "source/y", "B/z"], "unpaired", "all", "Two folders are of one split or side, A"),
        (["trainA/x", "testB/y"], "unpaired", "train", "There are not two folders, A and B"),
        (["A/x", "B/x"], "label_maps", "all", [1, 2]),
        (["train/inputs/x", "train/targets/x"], "label_maps", "train", [1, 2]),
        (["A/x", "A/y", "B/x"], "label_maps", "all", "without a partner are 1 of 2 in A: y"),
        (["x", "masks/x"], "label_maps", "all", "folders of pictures, masks, and no A and B"),
        (["x", "y", "attributes.csv"], "attributes", "all", [1, 2]),
        (["train/x", "test/y", "attributes.csv"], "attributes", "test", [2]),
        (["x", "y"], "attributes", "all", "attributes.csv"),
        (["train/x", "test/y", "train/attributes.csv"], "attributes", "train", "attributes.csv"),
        (["trainA/x", "trainB/y", "attributes.csv"], "attributes", "train", "Its sides A and B"),
    ],
)  # fmt: skip
def test_a_layout_is_read_as_it_is_meant_or_refused(tmp_path, names, batch_format, split, right):
    tables = [name for name in names if name.endswith(".csv")]
    folder = make(tmp_path, *(name for name in names if name not in tables))
    for table in tables:
        rows = [f"{name}.png,1" for name in names if name not in tables]
        (tmp_path / table).write_text("\n".join(["file,round", *rows]))
    if isinstance(right, str):
        assert right in error_of(folder, batch_format, split)
        return
    found = opened(folder, batch_format, split)
    found = {"images": [each["images"][0] for each in found]} if isinstance(found, list) else found
    conditions = ("labels", "attributes")
    pictures = [value for part in found if part not in conditions for value in found[part]]
    assert pictures == right


def test_what_ganzoo_has_written_is_no_data(tmp_path):
    folder = make(tmp_path, "x", "runs/dcgan-1/samples/y", "served/1/assets/z")
    for name in ("runs/dcgan-1/config.yaml", "runs/dcgan-1/status.json", "served/1/saved_model.pb"):
        (tmp_path / name).touch()
    assert opened(folder) == {"images": [1]}


def test_what_is_read_is_said_with_what_was_passed_over(tmp_path, caplog):
    caplog.set_level("INFO", "ganzoo")
    folder = make(tmp_path, "train/cat/1", "train/dog/2", "train/dog/3", "test/cat/4")
    for name in ("train/notes.txt", "train/cat/a.JSON", "train/dog/b.json"):
        (tmp_path / name).touch()
    opened(folder, "labelled", "train")
    assert caplog.messages == [
        f"3 images in {folder}/train, in 2 classes: cat 1, dog 2; passed over: 2 .json, 1 .txt"
    ]


@pytest.mark.parametrize("shape", [(4, 4), (6, 4)])
def test_pictures_that_are_not_wider_than_high_are_no_pairs_side_by_side(tmp_path, shape):
    (source,) = open_sources(make(tmp_path, "x", shape=shape), "paired", "all")
    assert "side by side is two images of one size in one picture, but it is not wider" in (
        source.fault(0)
    )


def test_pictures_next_to_the_folders_of_splits_raise_an_error(tmp_path):
    folder = make(tmp_path, "train/1", "test/2", "3")
    assert "There is a picture next to the folders of splits" in error_of(folder, split="train")


def test_where_there_are_no_splits_a_tenth_is_held_out(tmp_path):
    folder = make(tmp_path, *(f"{number:03}" for number in range(200)))
    train, held_out = (opened(folder, split=split)["images"] for split in ("train", "validation"))
    assert opened(folder, split="test")["images"] == held_out
    assert sorted(train + held_out) == opened(folder)["images"] == list(range(1, 201))
    assert 10 < len(held_out) < 30


def test_more_files_move_none_to_another_split(tmp_path):
    folder = make(tmp_path, **{f"m{number:03}": number for number in range(100)})
    before = opened(folder, split="validation")["images"]
    make(tmp_path, **{f"{letter}{n:03}": 200 for letter in "az" for n in range(50)})
    after = opened(folder, split="validation")["images"]
    assert before == [grey for grey in after if grey != 200]
    assert 200 in after


def test_of_a_pair_both_images_are_in_the_same_split(tmp_path):
    numbers = range(60)
    greys = {f"A/{n}": n for n in numbers} | {f"B/{n}.bmp": 100 + n for n in numbers}
    pairs = opened(make(tmp_path, **greys), "paired", "validation")
    assert [a + 100 for a in pairs["inputs"]] == pairs["targets"]


def test_of_fewer_than_ten_examples_none_is_held_out(tmp_path):
    folder = make(tmp_path, *"abcdefghi")
    assert len(opened(folder, split="train")["images"]) == 9
    assert "None of the 9 examples" in error_of(folder, split="validation")


def test_another_split_raises_an_error_with_the_closest(tmp_path):
    assert "did you mean 'train'" in error_of(make(tmp_path, "a"), split="trains")


# What is wrong with a folder.


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert "There is no such folder" in error_of(f"{tmp_path}/nowhere")
    make(tmp_path, "a")
    assert "A dataset is a folder of pictures" in error_of(f"{tmp_path}/a.png")


@pytest.mark.parametrize("batch_format", ["images", "paired"])
def test_a_folder_without_pictures_is_named_with_what_they_are(tmp_path, batch_format):
    (tmp_path / "a.txt").write_text("not a picture")
    message = error_of(str(tmp_path), batch_format)
    assert "no images in the folder or below it (.png, .jpg," in message
    assert str(tmp_path) in message


def test_an_empty_side_is_named(tmp_path):
    folder = make(tmp_path, "A/1")
    (tmp_path / "B").mkdir()
    for batch_format in ("paired", "unpaired"):
        assert f"Received: '{tmp_path}/B'" in error_of(folder, batch_format)


@pytest.mark.parametrize("names", [["x"], ["A/x"], ["trainA/x"], ["cats/x", "dogs/y"]])
def test_a_folder_without_two_sides_raises_an_error_with_a_drawing_of_them(tmp_path, names):
    folder = make(tmp_path, *names)
    split = "train" if "train" in names[0] else "all"
    drawing = "'unpaired' takes FOLDER/A/image.jpg and FOLDER/B/image.jpg. Received"
    assert drawing in error_of(folder, "unpaired", split)


def test_one_side_of_pairs_alone_raises_an_error(tmp_path):
    message = error_of(make(tmp_path, "trainA/x"), "paired", "train")
    assert "There are not two folders, A and B." in message
    assert "side by side, or FOLDER/A/name.jpg and" in message


def test_other_folders_next_to_the_two_sides_are_skipped(tmp_path):
    folder = make(tmp_path, "A/x", "B/x", "results/y")
    assert opened(folder, "paired") == {"inputs": [1], "targets": [2]}
    assert opened(folder, "unpaired") == [{"images": [1]}, {"images": [2]}]


@pytest.mark.parametrize("names", [["x"], ["cat/x", "y"]])
def test_pictures_without_a_class_raise_an_error_with_a_drawing(tmp_path, names):
    message = error_of(make(tmp_path, *names), "labelled")
    drawing = "'labelled' takes FOLDER/CLASS/image.jpg, or FOLDER/AGE_GENDER_name.jpg. Received"
    assert drawing in message


def test_pictures_named_by_age_and_gender_have_the_classes_of_both(tmp_path):
    names = ["5_0_0_x", "6_1_2_y", "116_0_1_z", "30_1_b"]
    folder = make(tmp_path, *names)
    found = opened(folder, "labelled")
    assert dict(zip(found["images"], found["labels"], strict=True)) == {1: 0, 2: 3, 3: 18, 4: 9}
    (source,) = open_sources(folder, "labelled", "all")
    assert len(source.classes) == 20 and source.classes[:2] == ("0-5 male", "0-5 female")
    assert source.classes[9] == "21-30 female" and source.classes[18] == "71+ male"
    assert sorted(opened(folder)["images"]) == [1, 2, 3, 4]  # without labels names are names


@pytest.mark.parametrize("odd", ["holiday", "1234_0_x", "34_2_x", "34-1-x"])
def test_a_picture_without_an_age_among_those_with_one_is_named(tmp_path, odd):
    message = error_of(make(tmp_path, "5_0_x", "6_1_y", odd), "labelled")
    assert f"'{odd}.png' has no age and gender. The format 'labelled' takes" in message


def test_folders_of_classes_win_over_ages_in_names(tmp_path):
    found = opened(make(tmp_path, "cat/5_0_x", "dog/6_1_y"), "labelled")
    assert found["labels"] == [0, 1]


def test_a_class_without_images_is_named(tmp_path):
    folder = make(tmp_path, "cat/x")
    (tmp_path / "dog").mkdir()
    assert f"A class without images. Received: '{tmp_path}/dog'" in error_of(folder, "labelled")


def test_a_class_may_have_one_image(tmp_path):
    assert opened(make(tmp_path, "cat/x", "cat/y", "dog/z"), "labelled")["labels"] == [0, 0, 1]


def test_images_of_a_folder_with_two_sides_and_splits_raise_an_error(tmp_path):
    folder = make(tmp_path, "trainA/x", "trainB/y")
    assert "Its sides A and B are separate folders" in error_of(folder, "images", "train")


def test_images_without_a_partner_are_named(tmp_path):
    folder = make(tmp_path, "A/x", "A/y", "A/z", "B/y", "B/w.bmp")
    message = error_of(folder, "paired")
    assert "2 of 3 in A: x, z; and 1 of 2 in B: w. Received" in message


def test_two_images_of_one_name_are_no_pair(tmp_path):
    folder = make(tmp_path, "A/x", "A/x.bmp", "B/x", "B/y")
    assert "Two images have one name, 'x'" in error_of(folder, "paired")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_and_a_file_that_may_not_be_read_are_named(tmp_path):
    folder = make(tmp_path, "a/b", "c")
    (tmp_path / "c.png").chmod(0)
    with pytest.raises(ResourceError, match=r"Permission denied\. Received: '.*c\.png'"):
        load_dataset(folder, image_shape=(4, 4, 1), batch_size=1)
    (tmp_path / "a").chmod(0)
    try:
        assert f"Permission denied. Received: '{tmp_path}/a'" in error_of(folder)
    finally:
        (tmp_path / "a").chmod(0o700)


# Files that cannot be read.


def damaged(tmp_path):
    """Five pictures: a truncated one, a text and an empty file between two that can be read."""
    folder = make(tmp_path, "1", "2", "3", "4", "5", shape=(40, 40))
    noise = np.random.default_rng(0).integers(0, 256, (40, 40), np.uint8)
    Image.fromarray(noise).save(tmp_path / "2.jpg")
    (tmp_path / "2.png").unlink()
    (tmp_path / "2.jpg").write_bytes((tmp_path / "2.jpg").read_bytes()[:700])
    (tmp_path / "3.png").write_text("this is no picture")
    (tmp_path / "4.png").write_bytes(b"")
    return folder


CACHES = [{"cache_gib": 1}, {"cache_gib": 0}, {"cache": "none"}]


@pytest.fixture
def examples(settings):
    """Returns the parts of all examples, in the source's order: of images the first pixels."""

    def examples(folder, batch_format="images", **given):
        given = {"image_shape": (4, 4, 1), "batch_size": 1} | given
        everything = open_pipeline(folder, batch_format, settings(**given)).first_examples(100)
        return [
            np.round((part[:, 0, 0, 0] + 1) * 127.5).tolist()
            if part.shape.rank == 4
            else part.numpy().tolist()
            for part in tf.nest.flatten(everything)
        ]

    return examples


@pytest.mark.parametrize("cache", CACHES)
@pytest.mark.parametrize("wrong", ["2.jpg", "3.png", "4.png"])
def test_a_file_that_cannot_be_read_stops_everything_with_its_name(
    tmp_path, wrong, cache, examples
):
    folder = damaged(tmp_path)
    for name in {"2.jpg", "3.png", "4.png"} - {wrong}:
        (tmp_path / name).unlink()
    with pytest.raises(ResourceError, match=f"^Not a picture .*Received: '.*/{wrong}'$"):
        examples(folder, **cache)


@pytest.mark.parametrize("cache", CACHES)
def test_files_that_cannot_be_read_can_be_skipped_and_are_counted_and_named(
    tmp_path, cache, caplog, examples
):
    folder = damaged(tmp_path)
    for _ in range(2):  # the second time perhaps from the cache
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert examples(folder, skip_bad_images=True, **cache) == [[1, 5]]
        (record,) = (r for r in caplog.records if "Skipped" in r.message)
        assert "Skipped 3 of the 5 images" in record.message
        assert all(name in record.message for name in ("2.jpg", "3.png", "4.png"))


@pytest.mark.parametrize("cache", CACHES[1:])
def test_a_cache_without_the_files_that_were_skipped_is_not_taken_for_complete(
    tmp_path, cache, examples
):
    folder = damaged(tmp_path)
    examples(folder, skip_bad_images=True, **cache)
    with pytest.raises(ResourceError, match="Not a picture"):
        examples(folder, **cache)


def test_a_batch_size_that_what_is_left_cannot_fill_raises_an_error(tmp_path):
    folder = damaged(tmp_path)
    with pytest.raises(InputError, match=r"must be in 1 to 2, .*Received: 3$"):
        load_dataset(folder, image_shape=(4, 4, 1), batch_size=3, split="all", skip_bad_images=True)


def test_a_folder_in_which_nothing_can_be_read_raises_an_error(tmp_path, examples):
    (tmp_path / "a.png").write_text("this is no picture")
    with pytest.raises(ResourceError, match=r"No image can be read; of the first: .*a\.png"):
        examples(str(tmp_path), skip_bad_images=True)


def test_labels_and_partners_are_skipped_with_their_images(tmp_path, examples):
    folder = make(tmp_path / "photos", "A/1", "A/2", "A/3", "B/1", "B/2", "B/3")
    (tmp_path / "photos" / "A" / "2.png").write_text("this is no picture")
    labelled, paired = [[1, 3, 4, 5, 6], [0, 0, 1, 1, 1]], [[1, 3], [4, 6]]
    for cache in CACHES:
        for batch_format, expected in (("labelled", labelled), ("paired", paired)):
            assert examples(folder, batch_format, skip_bad_images=True, **cache) == expected


def test_a_picture_of_odd_width_has_no_halves_and_is_named(tmp_path, examples):
    folder = make(tmp_path, "a", shape=(4, 5))
    with pytest.raises(ResourceError, match=r"its width is odd, 5x4; .* Received: '.*a\.png'"):
        examples(folder, "paired")


def test_a_changed_file_is_read_again(tmp_path, examples):
    folder = make(tmp_path, "a")
    assert examples(folder, cache_gib=0) == [[1]]
    make(tmp_path, a=9)
    os.utime(tmp_path / "a.png", ns=(1, 1))  # within the clock's resolution it might be the same
    assert examples(folder, cache_gib=0) == [[9]]


@pytest.mark.parametrize(
    ("background", "level"), [("white", 255), ("black", 0), ("#102030", (16, 32, 48))]
)
@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_pictures_are_put_on_the_background_that_is_named(
    tmp_path, mode, background, level
):
    Image.new("RGBA", (8, 8), (255, 0, 255, 0)).convert(mode).save(tmp_path / "a.png")
    batches = load_dataset(
        f"{tmp_path}/", image_shape=(8, 8, 3), batch_size=1, split="all", background=background,
        shuffle=False,
    )  # fmt: skip
    expected = np.broadcast_to(np.float32(level), (1, 8, 8, 3)) / 127.5 - 1
    np.testing.assert_allclose(next(iter(batches)), expected, atol=1e-6)


def test_a_background_that_is_no_colour_is_refused(tmp_path):
    with pytest.raises(InputError, match="A colour is #rrggbb"):
        load_dataset(f"{tmp_path}/", image_shape=(8, 8, 3), background="sky")
