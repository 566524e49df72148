"""`ganzoo data check`: what it says of data that can be trained on, and of data that cannot."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import check_dataset
from ganzoo.cli import main
from ganzoo.errors import InputError

TINY_SETTINGS = "--image-size 8 --set batch_size=4 --set filters=1"


def test_all_images_of_a_folder_are_counted_the_held_out_tenth_too(tmp_path, write, check):
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


def test_what_cannot_be_read_is_a_problem_with_its_name_unless_it_is_to_be_skipped(
    tmp_path, write, check, about
):
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
    assert "They are skipped" in about(report.findings, "cannot be read")


@pytest.mark.parametrize(
    ("model", "names", "message"),
    [
        ("dcgan", [], "There are no images in the folder"),
        ("dcgan", ["a.png"], "A step takes 4 examples, and"),
        ("cgan", ["a.png", "b.png"], "no folders of classes"),
        ("pix2pix", ["A/a.png", "B/b.png"], "without a partner are 1 of 1 in A: a"),
        ("cyclegan", ["a.png"], "not two folders, A and B"),
    ],
)
def test_data_that_cannot_be_trained_on_is_a_problem(tmp_path, model, names, message, write, about):
    settings = {"image_size": 8, "batch_size": 4}
    report = check_dataset(write(tmp_path, *names), model, timed=False, **settings)
    assert message in about(report.problems, message)


def test_a_model_that_cannot_be_made_is_a_problem_as_well(tmp_path, write, about):
    folder = write(tmp_path, *(f"{n}.png" for n in range(12)))
    report = check_dataset(folder, "dcgan", image_size=11, batch_size=4)
    assert "image_shape" in about(report.problems, "Received")


def test_the_contact_sheet_shows_images_as_the_model_gets_them(tmp_path, write_pairs, check):
    folder = write_pairs(tmp_path / "pairs", 40)
    sheet = str(tmp_path / "out" / "sheet.png")
    check(folder, "pix2pix", contact_sheet=sheet, direction="ba", jitter=0.0)
    with Image.open(sheet) as sheet:
        # Pairs of 16 by 8 pixels are enlarged four times.
        assert sheet.size == (4 * (2 + 8 * (2 * 8 + 2)), 4 * (2 + 4 * (8 + 2)))
        assert np.asarray(sheet).std() > 20
    with pytest.raises(InputError, match="Unknown picture format"):
        check(folder, "pix2pix", contact_sheet=str(tmp_path / "sheet.doc"))


def test_the_command_prints_the_report_and_exits_with_0_or_1(tmp_path, capsys, write):
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
    assert "Training fails:\n  1 file that cannot be read: " in output


def test_an_unknown_model_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as end:
        main(["data", "check", "sample", "--model", "dcgam"])
    assert end.value.code == 2
    assert "did you mean 'dcgan'" in capsys.readouterr().err
