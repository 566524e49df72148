"""Fingerprints: the same of the same data wherever it lies, and what they say of other data."""

import numpy as np
import pytest
from PIL import Image

from ganzoo.data.fingerprints import changes, fingerprint
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings


@pytest.fixture
def write(tmp_path):
    """Writes pictures of random pixels, of names; returns the folder."""

    def write(folder, *names, seed=0):
        random = np.random.default_rng(seed)
        for name in names:
            path = tmp_path / folder / f"{name}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(random.integers(0, 256, (6, 6), np.uint8)).save(path)
        return str(tmp_path / folder)

    return write


def of(dataset, batch_format="images", **settings):
    common = {
        "image_shape": (6, 6, 1), "batch_size": 1, "split": "all", "center_crop": None,
        "fit": "crop", "background": "white", "jitter": 0.0,
        "horizontal_flip": False, "shuffle": True, "seed": 0,
        "skip_bad_images": False, "cache": "auto", "cache_gib": 1.0, "data_dir": None,
    }  # fmt: skip
    data = DataSettings(**common | settings)
    return fingerprint(open_pipeline(dataset, batch_format, data))


def test_data_that_was_copied_is_the_same(write):
    first, second = write("photos", "a", "b", "c"), write("moved/elsewhere", "a", "b", "c")
    assert changes(of(first), of(second)) == []
    assert of(first, cache="none") == of(first)


@pytest.mark.parametrize("batch_format", ["paired", "unpaired"])
def test_data_of_two_sides_is_the_same_wherever_it_lies(write, batch_format):
    names = ("A/x", "A/y", "B/x", "B/y")
    first, second = write("photos", *names), write("moved", *names)
    assert changes(of(first, batch_format), of(second, batch_format)) == []
    assert set(of(first, batch_format)["files"]) == {f"{name}.png" for name in names}


def test_what_has_changed_is_named(write, tmp_path):
    folder = write("photos", "a", "b", "c")
    before = of(folder)
    (tmp_path / "photos/a.png").unlink()
    write("photos", "d", seed=1)
    Image.new("L", (6, 6)).save(tmp_path / "photos/b.png")
    assert changes(before, of(folder)) == [
        "1 new (d.png)", "1 gone (a.png)", "1 of another size (b.png)"
    ]  # fmt: skip


def test_other_pictures_of_the_same_names_and_sizes_are_noticed(tmp_path):
    def write_grey(level):
        Image.new("L", (6, 6), level).save(tmp_path / "a.bmp")  # uncompressed

    write_grey(10)
    before = of(f"{tmp_path}/")
    write_grey(11)
    assert changes(before, of(f"{tmp_path}/")) == ["the same files, of other content"]


def test_arrays_are_known_by_their_number_and_content():
    images = np.random.default_rng(0).integers(0, 256, (600, 6, 6, 1), np.uint8)
    labels = np.arange(600) % 3
    before = of((images, labels), "labelled")
    assert changes(before, of((images[1:], labels[1:]), "labelled")) == [
        "599 examples, and were 600"
    ]
    other = labels.copy()
    other[301] = 2  # every label counts, also where the picture is none of those looked at
    found = changes(before, of((images, other), "labelled"))
    assert found == ["as many examples, of other content"]
