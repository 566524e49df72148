"""`pix2pix/*`: TensorFlow Datasets from the published archives, here from a small one made here."""

import dataclasses
import hashlib
import io
import tarfile

import numpy as np
import pytest
import tensorflow_datasets as tfds
from PIL import Image

from ganzoo import load_config, load_dataset
from ganzoo.data.sources.opening import open_sources
from ganzoo.data.tfds import builders
from ganzoo.data.tfds.builders import pix2pix
from ganzoo.errors import ResourceError

COUNTS = {"val": 3, "train": 5, "test": 2}  # in this order
URL = "https://127.0.0.1/facades.tar.gz"  # fails at once: nobody serves there


def picture(split, number, width=24):
    """A side-by-side picture as a JPEG file's content: noise that no other has, and grey levels."""
    rng = np.random.default_rng([number, *split.encode()])
    pixels = rng.integers(0, 256, (8, width, 3), np.uint8)
    pixels[:, width // 2 :] = 20 * number + 50
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, format="JPEG", quality=90)
    return content.getvalue()


def write_archive(path, pictures):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in {"facades/README": b"no picture", **pictures}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


@pytest.fixture
def manual_folder(tmp_path):
    folder = tmp_path / "tfds" / "downloads" / "manual"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def publish(manual_folder, monkeypatch):
    """Puts an archive of pictures into the manual folder, and its checksum into the builder."""

    def publish(pictures):
        path = manual_folder / "facades.tar.gz"
        write_archive(path, pictures)
        content = path.read_bytes()
        archive = dataclasses.replace(
            pix2pix.ARCHIVES["facades"],
            url=URL, checksum=hashlib.md5(content).hexdigest(), size=len(content),
        )  # fmt: skip
        monkeypatch.setitem(pix2pix.ARCHIVES, "facades", archive)
        return path

    return publish


@pytest.fixture
def pictures():
    return {
        f"facades/{split}/{number}.jpg": picture(split, number)
        for split, count in COUNTS.items()
        for number in range(count)
    }


@pytest.fixture
def data_dir(tmp_path):
    return str(tmp_path / "tfds")


def test_the_halves_of_the_pictures_are_inputs_and_targets_pixel_for_pixel(
    publish, pictures, data_dir
):
    publish(pictures)
    splits = tfds.load("pix2pix/facades", data_dir=data_dir)
    assert list(splits) == ["train", "validation", "test"]
    for split, name in (("train", "train"), ("val", "validation"), ("test", "test")):
        expected = {
            np.asarray(Image.open(io.BytesIO(content))).tobytes()
            for path, content in pictures.items()
            if f"/{split}/" in path
        }
        received = [
            np.concatenate([pair["input_image"], pair["target_image"]], axis=1)
            for pair in splits[name].as_numpy_iterator()
        ]
        assert len(received) == COUNTS[split]
        assert {pixels.tobytes() for pixels in received} == expected


def test_load_dataset_makes_pairs_of_them(publish, pictures, data_dir):
    publish(pictures)
    settings = {"image_shape": (8, 8, 3), "batch_size": 3, "data_dir": data_dir}
    for split, steps in (("train", 1), ("validation", 1)):
        batches = list(load_dataset("pix2pix/facades", "paired", split=split, **settings))
        assert len(batches) == steps
        for inputs, targets in batches:
            assert inputs.shape == targets.shape == (3, 8, 8, 3)
            assert inputs.numpy().std((1, 2, 3)).min() > 0.3
            assert targets.numpy()[:, :, 2:].std((1, 2, 3)).max() < 0.1


def test_a_preset_names_it():
    assert load_config("pix2pix/facades").values["dataset"] == "pix2pix/facades"


def test_an_archive_with_another_checksum_raises_an_error_and_is_left_where_it_is(
    publish, pictures, data_dir
):
    path = publish(pictures)
    content = path.read_bytes()
    wrong = bytes([*content[:-1], content[-1] ^ 1])
    path.write_bytes(wrong)
    with pytest.raises(ResourceError) as raised:
        open_sources("pix2pix/facades", "paired", "train", data_dir)
    message = str(raised.value)
    assert f"it has MD5 {hashlib.md5(wrong).hexdigest()}" in message
    assert f"MD5 {hashlib.md5(content).hexdigest()} would be right" in message
    assert message.endswith(f"get it again from {URL}. Received: {str(path)!r}")
    assert "\n" not in message
    assert path.read_bytes() == wrong


def test_an_archive_of_another_size_raises_an_error_with_both_sizes(publish, pictures, data_dir):
    path = publish(pictures)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:1000])
    message = rf"it has 1,000 bytes, and {size:,} bytes would be right.*facades\.tar\.gz'$"
    with pytest.raises(ResourceError, match=message):
        open_sources("pix2pix/facades", "paired", "train", data_dir)


def test_of_an_archive_whose_size_is_not_known_the_checksum_counts(
    publish, pictures, data_dir, monkeypatch
):
    publish(pictures)
    archive = dataclasses.replace(pix2pix.ARCHIVES["facades"], size=None)
    monkeypatch.setitem(pix2pix.ARCHIVES, "facades", archive)
    ((source),) = open_sources("pix2pix/facades", "paired", "test", data_dir)
    assert source.size == 2


def test_without_network_the_error_names_file_url_and_manual_folder(manual_folder, data_dir):
    message = (
        r"Put maps\.tar\.gz from http://efrosgans\.eecs\.berkeley\.edu/pix2pix/datasets/maps\."
    )
    with pytest.raises(ResourceError, match=message) as raised:
        open_sources("pix2pix/maps", "paired", "train", data_dir)
    assert f"into TFDS's manual folder, {manual_folder}, and run this again" in str(raised.value)


def test_a_picture_that_cannot_be_halved_is_named(publish, pictures, data_dir):
    publish(pictures | {"facades/train/odd.jpg": picture("train", 9, width=23)})
    with pytest.raises(ResourceError, match=r"'facades/train/odd\.jpg' is 23.*tar\.gz'"):
        open_sources("pix2pix/facades", "paired", "train", data_dir)


def test_files_that_are_no_pictures_of_a_split_are_skipped(publish, pictures, data_dir):
    publish(pictures | {"facades/train/._1.jpg": b"of a Mac", "facades/other/1.jpg": b"no split"})
    ((source),) = open_sources("pix2pix/facades", "paired", "train", data_dir)
    assert source.size == 5


def test_tfds_knows_it_once_the_builders_are_imported(tmp_path):
    assert builders.Pix2pix is pix2pix.Pix2pix
    builder = tfds.builder("pix2pix/maps", data_dir=tmp_path)
    assert isinstance(builder, pix2pix.Pix2pix)
    assert list(builder.info.features) == ["input_image", "target_image"]
