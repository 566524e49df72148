"""`ganzoo data check`: what it says of data that can be trained on, and of data that cannot."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import check_dataset
from ganzoo.cli import main
from ganzoo.errors import InputError
from ganzoo.training import step_time

TINY = {"image_size": 8, "batch_size": 4, "filters": 2}
TINY_SETTINGS = "--image-size 8 --set batch_size=4 --set filters=2"


def noise(seed, shape=(12, 12, 3)):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def write(folder, *names, shape=(12, 12, 3)):
    """Writes pictures of noise, each its own."""
    for number, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise(number, shape)).save(path)
    return str(folder)


def write_pairs(folder, count, mixed_up=0, shape=(32, 32)):
    """Writes pairs of a picture and its inverse, side by side; of some, that of another."""
    for number in range(count):
        coarse = noise(number, (8, 8, 3))
        image = np.asarray(Image.fromarray(coarse).resize(shape, Image.Resampling.BICUBIC))
        other = noise((number + 1) % mixed_up if number < mixed_up else number, (8, 8, 3))
        inverted = 255 - np.asarray(Image.fromarray(other).resize(shape, Image.Resampling.BICUBIC))
        folder.mkdir(exist_ok=True)
        Image.fromarray(np.hstack([image, inverted])).save(folder / f"{number:03d}.png")
    return str(folder)


def check(dataset, model="dcgan", **settings):
    return check_dataset(dataset, model, timed=False, **(TINY | settings))


def about(found, word):
    (line,) = (line for line in found if word in line)
    assert "\n" not in line
    return line


def test_all_images_of_a_folder_are_counted_the_held_out_tenth_too(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(30)))
    write(tmp_path, "wide.png", shape=(12, 40, 3))
    report = check(folder)
    assert report.split == "all"
    assert report.counts == {folder: 31}
    assert report.sizes == {(12, 12): 30, (12, 40): 1}
    assert report.channels == (3,)
    assert 24 <= 4 * report.steps_per_epoch <= 31
    assert 24 * 8 * 8 * 3 <= report.cache_bytes < 31 * 8 * 8 * 3
    assert report.cache_place == "in memory"
    assert check(folder, cache_gib=0.0).cache_place == "in files"
    assert check(folder, cache="none").cache_place == "not cached"
    assert report.problems == []
    assert "31 in" in str(report)
    assert "2, from 12 to 40 wide and 12 to 12 high; 12x12 most often" in str(report)


def test_what_cannot_be_read_is_a_problem_with_its_name_unless_it_is_to_be_skipped(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(12)))
    (tmp_path / "broken.png").write_bytes((tmp_path / "0.png").read_bytes()[:200])
    (tmp_path / "text.jpg").write_text("not a picture")
    (tmp_path / "empty.jpg").touch()
    report = check(folder)
    assert report.counts == {folder: 12}
    line = about(report.problems, "cannot be read")
    assert line.startswith("3 files")
    for name in ("broken.png", "text.jpg", "empty.jpg"):
        assert name in line
        assert any(name in fault for fault in report.unreadable)
    report = check(folder, skip_bad_images=True)
    assert report.problems == []
    assert "They are left out" in about(report.findings, "cannot be read")


def test_copies_and_images_of_one_colour_are_named(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(12)))
    Image.fromarray(noise(7)).resize((24, 24), Image.Resampling.NEAREST).save(tmp_path / "big.png")
    Image.fromarray(np.full((12, 12, 3), 90, np.uint8)).save(tmp_path / "grey.png")
    report = check(folder)
    assert report.copies == [[f"{folder}/7.png", f"{folder}/big.png"]]
    assert f"1 of 14: {folder}/7.png = {folder}/big.png" in about(report.findings, "Near-dup")
    assert about(report.findings, "one colour") == f"1 image of one colour: {folder}/grey.png"


def test_few_images_small_ones_and_much_cut_off_are_findings(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(8)), shape=(4, 30, 3))
    findings = check(folder).findings
    assert "8 in" in about(findings, "Few images")
    assert "8 of 8 images are smaller than 8x8" in about(findings, "smaller")
    assert "loses 87% of the images; fit=pad" in about(findings, "Cutting")
    assert not any(
        "smaller" in line or "Cutting" in line for line in check(folder, fit="pad").findings
    )


def test_grey_images_for_a_model_of_colours_are_a_finding(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(8)), shape=(12, 12))
    report = check(folder, image_shape=[8, 8, 3])
    assert "image_shape=[8, 8, 1]" in about(report.findings, "All images are grey")
    assert not any(
        "All images are" in line for line in check(folder, image_shape=[8, 8, 1]).findings
    )


def test_classes_are_counted_and_those_with_few_images_named(tmp_path):
    names = [f"{name}/{n}.png" for name in ("cat", "dog") for n in range(20)]
    folder = write(tmp_path, *names, "emu/only.png")
    settings = {"image_size": 8, "batch_size": 4}
    report = check_dataset(folder, "cgan", timed=False, num_classes=3, **settings)
    assert report.classes == {"cat": 20, "dog": 20, "emu": 1}
    assert "median of 20: emu (1)" in about(report.findings, "Classes")
    report = check_dataset(folder, "cgan", timed=False, num_classes=2, **settings)
    assert "set num_classes to 3" in about(report.problems, "3 classes")


def test_pairs_that_were_mixed_up_are_called_misaligned_and_others_are_not(tmp_path):
    report = check(write_pairs(tmp_path / "good", 60), "pix2pix")
    assert report.misfits < 0.02
    assert not any("Misaligned" in line for line in report.findings)
    report = check(write_pairs(tmp_path / "bad", 60, mixed_up=12), "pix2pix")
    assert report.misfits == pytest.approx(0.2, abs=0.15)
    seen = about(report.findings, "Misaligned").partition("would: ")[2].split(", ")
    assert {int(path[-7:-4]) for path in seen} <= set(range(12))


def test_pairs_of_different_shapes_are_named_and_of_different_sizes_are_not(tmp_path):
    names = [f"{n}.png" for n in range(6)]
    write(tmp_path / "A", *names)
    write(tmp_path / "B", *names, shape=(24, 24, 3))
    write(tmp_path / "B", "3.png", shape=(24, 36, 3))
    line = about(check(str(tmp_path), "pix2pix").findings, "different shapes")
    assert line.endswith("A/3.png (12x12 and 36x24)")


@pytest.mark.parametrize(
    ("model", "names", "message"),
    [
        ("dcgan", [], "There are no images in the folder"),
        ("dcgan", ["a.png"], "A batch is 4 examples, and"),
        ("cgan", ["a.png", "b.png"], "no folders of classes"),
        ("pix2pix", ["A/a.png", "B/b.png"], "without a partner are 1 of 1 in A: a"),
        ("cyclegan", ["a.png"], "not two folders, A and B"),
    ],
)
def test_data_that_cannot_be_trained_on_is_a_problem(tmp_path, model, names, message):
    settings = {"image_size": 8, "batch_size": 4}
    report = check_dataset(write(tmp_path, *names), model, timed=False, **settings)
    assert message in about(report.problems, message)


def test_a_model_that_cannot_be_made_is_a_problem_as_well(tmp_path):
    folder = write(tmp_path, *(f"{n}.png" for n in range(12)))
    report = check_dataset(folder, "dcgan", image_size=11, batch_size=4)
    assert "image_shape" in about(report.problems, "Received")


@pytest.mark.parametrize(
    ("model", "small"),
    [
        ("dcgan", {"filters": 4}),
        ("cgan", {"filters": 4}),
        ("pix2pix", {"filters": 4}),
        ("cyclegan", {"filters": 4, "blocks": 1}),
    ],
)
def test_a_step_of_every_batch_format_is_timed(model, small, monkeypatch):
    monkeypatch.setattr(step_time, "TIMED_STEPS", 2)
    report = check_dataset("sample", model, split="test", batch_size=2, **small)
    assert 0 < report.seconds_per_step < 60
    assert "steps of" in str(report)


def test_the_contact_sheet_shows_images_as_the_model_gets_them(tmp_path):
    folder = write_pairs(tmp_path / "pairs", 40)
    sheet = str(tmp_path / "out" / "sheet.png")
    check(folder, "pix2pix", contact_sheet=sheet, direction="ba", jitter=0.0)
    with Image.open(sheet) as sheet:
        assert sheet.size == (2 + 8 * (2 * 8 + 2), 2 + 4 * (8 + 2))
        assert np.asarray(sheet).std() > 20
    with pytest.raises(InputError, match="Unknown picture format"):
        check(folder, "pix2pix", contact_sheet=str(tmp_path / "sheet.doc"))


def test_the_command_prints_the_report_and_exits_with_0_or_1(tmp_path, capsys):
    folder = write(tmp_path / "mes été", *(f"{n}.png" for n in range(12)))

    def run(*more):
        with pytest.raises(SystemExit) as end:
            main(["data", "check", folder, "--model", "dcgan", *TINY_SETTINGS.split(), *more])
        return end.value.code, capsys.readouterr().out

    code, output = run("--contact-sheet", str(tmp_path / "sheet.png"))
    assert code == 0
    assert output.startswith(f"{folder}, for dcgan\n  format    images, split all\n")
    assert "about a second: 2 steps of" in output
    assert "Findings:\n  Few images: 12 in" in output
    assert (tmp_path / "sheet.png").exists()
    (tmp_path / "mes été" / "text.png").write_text("not a picture")
    code, output = run("--no-timing")
    assert code == 1
    assert "Training fails:\n  1 files that cannot be read: " in output


def test_an_unknown_model_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as end:
        main(["data", "check", "sample", "--model", "dcgam"])
    assert end.value.code == 2
    assert "did you mean 'dcgan'" in capsys.readouterr().err
