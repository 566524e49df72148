"""The same picture in two splits."""

import shutil

import numpy as np
import pytest
from PIL import Image

from ganzoo.data.sources.held_out import _is_held_out


def names(root, *pairs):
    return [tuple(f"{root}/{name}" for name in pair) for pair in pairs]


def test_a_picture_of_train_in_test_is_a_finding_with_both_names(tmp_path, write, check, about):
    folder = write(tmp_path, *(f"train/{n}.png" for n in range(8)))
    write(tmp_path, *(f"test/{n}.png" for n in range(4)))  # the same first four
    report = check(folder)
    same = names(tmp_path, *((f"train/{n}.png", f"test/{n}.png") for n in range(4)))
    assert report.shared == {("train", "test"): same}
    line = about(report.findings, "The same picture in train and test, 4 of them: ")
    assert f"{same[0][0]} = {same[0][1]}, " in line
    assert report.problems == []


def test_pixels_count_and_not_files(tmp_path, write, check):
    folder = write(tmp_path, *(f"train/{n}.png" for n in range(8)))
    (tmp_path / "test").mkdir()
    with Image.open(tmp_path / "train/3.png") as picture:
        picture.save(tmp_path / "test/other.bmp")
        picture.save(tmp_path / "test/lossy.jpg", quality=50)
        picture.crop((0, 0, 6, 12)).save(tmp_path / "test/part.png")
    (pair,) = names(tmp_path, ("train/3.png", "test/other.bmp"))
    assert check(folder).shared == {("train", "test"): [pair]}


def test_three_splits_are_compared_two_by_two(tmp_path, write, check):
    for split in ("train", "val", "test"):
        write(tmp_path / split, "a.png", "b.png")
    shared = check(str(tmp_path), batch_size=2).shared
    assert set(shared) == {("train", "validation"), ("train", "test"), ("validation", "test")}
    assert all(len(pairs) == 2 for pairs in shared.values())


def test_where_a_tenth_is_held_out_copies_of_it_are_found(tmp_path, write, check):
    folder = write(tmp_path, *(f"{n}.png" for n in range(30)))
    for n in range(30):
        shutil.copy(tmp_path / f"{n}.png", tmp_path / f"copy of {n}.png")
    ((splits, pairs),) = check(folder).shared.items()
    assert splits == ("train", "validation") and pairs
    assert all(one.split("/")[-1] in other or other.split("/")[-1] in one for one, other in pairs)


def test_of_pairs_either_side_counts_and_of_label_maps_the_picture_alone(tmp_path, noise, check):
    flat = np.zeros((12, 12), np.uint8)
    for split, seeds in (("train", range(6)), ("test", range(5, 8))):
        for seed in seeds:
            maps = flat.copy()
            maps[:6] = 1  # the same in all of them
            for side, picture in (("A", maps), ("B", noise(seed))):
                path = tmp_path / split / side / f"{seed}.png"
                path.parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(picture).save(path)
    as_maps = check(str(tmp_path), "pix2pix", input_classes=2, batch_size=1).shared
    (pair,) = names(tmp_path, ("train/A/5.png", "test/A/5.png"))
    assert as_maps == {("train", "test"): [pair]}
    as_pictures = check(str(tmp_path), "pix2pix", batch_size=1, input_channels=1).shared
    assert len(as_pictures["train", "test"]) == 2  # the maps, of which the first is named


@pytest.mark.parametrize("names_of_sides", ["A B", "inputs targets"])
def test_the_sides_of_unpaired_data_are_compared_each_with_its_own(
    tmp_path, write, check, names_of_sides
):
    for split in ("train", "test"):
        for number, side in enumerate(names_of_sides.split()):
            write(tmp_path / split / side, "0.png", "1.png", shape=(12, 12 + number, 3))
    shared = check(str(tmp_path), "cyclegan", batch_size=1, blocks=1, image_size=12).shared
    assert len(shared["train", "test"]) == 4


def test_pictures_of_one_colour_say_nothing(tmp_path, write, check):
    folder = write(tmp_path, *(f"train/{n}.png" for n in range(8)))
    for split in ("train", "test"):
        (tmp_path / split).mkdir(exist_ok=True)
        Image.new("RGB", (12, 12), "white").save(tmp_path / split / "white.png")
    assert check(folder).shared == {}


def test_files_of_the_other_splits_that_cannot_be_read_are_said(tmp_path, write, check, about):
    folder = write(tmp_path, *(f"train/{n}.png" for n in range(8)), "test/a.png")
    (tmp_path / "test/b.png").write_text("no picture")
    report = check(folder)
    assert "b.png" in about(report.findings, "1 file of other splits that cannot be read")
    assert report.problems == []


def test_arrays_are_named_by_their_numbers(tmp_path, noise, check):
    images = np.stack([noise(seed) for seed in range(40)])
    images[1:] = images[:1]
    np.savez(tmp_path / "same.npz", images=images)
    ((_, ((one, other),)),) = check(str(tmp_path / "same.npz")).shared.items()
    held_out = [number for number in range(40) if _is_held_out(str(number))]
    assert int(other.split()[-1]) == held_out[0]
    assert int(one.split()[-1]) == min(set(range(40)) - set(held_out))
