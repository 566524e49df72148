"""What should be known of a dataset before training: each finding where due, and only there."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import DCGAN, check_dataset


def test_copies_and_images_of_one_colour_are_named(tmp_path, noise, write, check, about):
    folder = write(tmp_path, *(f"{n}.png" for n in range(12)))
    Image.fromarray(noise(7)).resize((24, 24), Image.Resampling.NEAREST).save(tmp_path / "big.png")
    Image.fromarray(np.full((12, 12, 3), 90, np.uint8)).save(tmp_path / "grey.png")
    report = check(folder)
    assert report.copies == [[f"{folder}/7.png", f"{folder}/big.png"]]
    assert f"1 of 14: {folder}/7.png = {folder}/big.png" in about(report.findings, "Near-dup")
    assert about(report.findings, "one colour") == f"1 image of one colour: {folder}/grey.png"


def test_few_images_small_ones_and_much_cut_off_are_findings(tmp_path, write, check, about):
    folder = write(tmp_path, *(f"{n}.png" for n in range(8)), shape=(4, 30, 3))
    findings = check(folder).findings
    assert "8 in" in about(findings, "Few images")
    assert "8 of 8 images are smaller than 8x8" in about(findings, "smaller")
    assert "loses 87% of the images; fit=pad" in about(findings, "Cropping")
    assert not any(
        "smaller" in line or "Cropping" in line for line in check(folder, fit="pad").findings
    )


def test_grey_images_for_a_model_of_colours_are_a_finding(tmp_path, write, check, about):
    folder = write(tmp_path, *(f"{n}.png" for n in range(8)), shape=(12, 12))
    report = check(folder, image_shape=[8, 8, 3])
    assert "image_shape=[8, 8, 1]" in about(report.findings, "All images are grey")
    assert not any(
        "All images are" in line for line in check(folder, image_shape=[8, 8, 1]).findings
    )


def test_classes_are_counted_and_those_with_few_images_named(tmp_path, write, about):
    names = [f"{name}/{n}.png" for name in ("cat", "dog") for n in range(20)]
    folder = write(tmp_path, *names, "emu/only.png")
    settings = {"image_size": 8, "batch_size": 4}
    report = check_dataset(folder, "cgan", timed=False, num_classes=3, **settings)
    assert report.classes == {"cat": 20, "dog": 20, "emu": 1}
    assert "median of 20: emu (1)" in about(report.findings, "Classes")
    report = check_dataset(folder, "cgan", timed=False, num_classes=2, **settings)
    assert "set num_classes to 3" in about(report.problems, "3 classes")


def test_attributes_are_counted_and_those_that_never_vary_named(
    tmp_path, write, check, about, monkeypatch
):
    names = [f"{n:02}.png" for n in range(20)]
    folder = write(tmp_path, *names)
    lines = [
        "file,odd,always,first",
        *(f"{name},{n % 2},1,{n < 1:d}" for n, name in enumerate(names)),
    ]
    (tmp_path / "attributes.csv").write_text("\n".join(lines))
    monkeypatch.setattr(DCGAN, "batch_format", "attributes")
    report = check(folder)
    assert report.attributes == {"odd": 10, "always": 20, "first": 1}
    assert "  attributes odd 50.0%, always 100.0%, first 5.0%\n" in str(report)
    assert about(report.findings, "Attributes").endswith("of none: always (of 20)")
    report = check(folder, attributes=["odd"])
    assert report.attributes == {"odd": 10}
    assert not any("Attributes" in line for line in report.findings)
    report = check(folder, attributes="od")
    assert about(report.problems, "Unknown attribute").endswith("Received: 'od'")


def test_pairs_that_were_mixed_up_are_called_misaligned_and_others_are_not(
    tmp_path, write_pairs, check, about
):
    report = check(write_pairs(tmp_path / "good", 60), "pix2pix")
    assert report.misaligned < 0.02
    assert not any("Misaligned" in line for line in report.findings)
    report = check(write_pairs(tmp_path / "bad", 60, mixed_up=12), "pix2pix")
    assert report.misaligned == pytest.approx(0.2, abs=0.15)
    seen = about(report.findings, "Misaligned").partition("would: ")[2].split(", ")
    assert {int(path[-7:-4]) for path in seen} <= set(range(12))


def test_pairs_of_different_shapes_are_named_and_of_different_sizes_are_not(
    tmp_path, write, check, about
):
    names = [f"{n}.png" for n in range(6)]
    write(tmp_path / "A", *names)
    write(tmp_path / "B", *names, shape=(24, 24, 3))
    write(tmp_path / "B", "3.png", shape=(24, 36, 3))
    line = about(check(str(tmp_path), "pix2pix").findings, "different shapes")
    assert line.endswith("A/3.png (12x12 and 36x24)")
