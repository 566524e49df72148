"""Copies are found among images that look alike, and nothing else is."""

import io
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_datasets as tfds
from PIL import Image

from ganzoo.batch_formats import batch_format
from ganzoo.checking.duplicates import near_duplicates, thumbnail
from ganzoo.checking.survey import survey
from ganzoo.data.sources.opening import open_sources

CELEBA = Path(tfds.core.constants.DATA_DIR) / "celeb_a"


def reencoded(image, quality):
    content = io.BytesIO()
    image.save(content, format="JPEG", quality=quality)
    return Image.open(content)


def resized(image, factor):
    width, height = image.size
    return image.resize((round(factor * width), round(factor * height)), Image.Resampling.BICUBIC)


def copies(images, seed):
    """Twenty of the images, every other one encoded again or at another size, by position."""
    rng = np.random.default_rng(seed)
    chosen = rng.choice(len(images), 20, replace=False).tolist()
    return {
        position: reencoded(images[position], int(rng.integers(30, 96)))
        if number % 2
        else resized(images[position], rng.uniform(0.4, 2))
        for number, position in enumerate(chosen)
    }


def listed_in(folder, images):
    for name, image in images.items():
        image.save(folder / name, quality=95)
    (source,) = open_sources(str(folder), "images", "all")
    return [
        [Path(name).name for name in group]
        for group in survey(source, batch_format("images").parts).copies
    ]


def photographs(count):
    """Smooth coloured noise under one light: alike at a glance, like portraits."""
    rng = np.random.default_rng(0)
    light = np.linspace(0, 120, 64)[:, None, None]
    for _ in range(count):
        coarse = rng.integers(0, 256, (8, 8, 3), np.uint8)
        fine = np.asarray(Image.fromarray(coarse).resize((64, 64), Image.Resampling.BICUBIC))
        yield Image.fromarray(np.clip(fine / 2 + light, 0, 255).astype(np.uint8))


def test_twenty_copies_among_500_images_are_listed_and_no_other(tmp_path):
    images = list(photographs(500))
    planted = copies(images, seed=1)
    files = {f"{number:03d}.jpg": image for number, image in enumerate(images)}
    files |= {f"{number:03d} copy.jpg": image for number, image in planted.items()}
    assert listed_in(tmp_path, files) == sorted(
        [f"{number:03d} copy.jpg", f"{number:03d}.jpg"] for number in planted
    )


@pytest.mark.skipif(not CELEBA.exists(), reason="celeb_a is not prepared here")
def test_twenty_copies_among_500_faces_are_listed_and_no_other(tmp_path):
    faces = tfds.load("celeb_a", split="train[:500]").as_numpy_iterator()
    images = [Image.fromarray(face["image"]) for face in faces]
    planted = copies(images, seed=2)
    files = {f"{number:03d}.jpg": image for number, image in enumerate(images)}
    files |= {f"{number:03d} copy.jpg": image for number, image in planted.items()}
    assert listed_in(tmp_path, files) == sorted(
        [f"{number:03d} copy.jpg", f"{number:03d}.jpg"] for number in planted
    )


def test_of_the_embedded_garments_two_are_one_and_the_same():
    (source,) = open_sources("sample", "images", "train")
    garments = source.examples().batch(source.size).get_single_element()[1]["images"]
    thumbnails = thumbnail(tf.repeat(garments, 3, -1)).numpy()
    assert near_duplicates(thumbnails) == [[2115, 4926]]
    assert source.example_name(2115) == "sample 2115"


def test_three_copies_are_one_group_and_images_of_one_colour_another():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (40, 16, 16, 3), np.uint8)
    images[[3, 20, 31]] = images[7]
    images[20, :2] ^= 1
    images[[5, 39]] = 128
    images[39, 0] += 1
    assert near_duplicates(images) == [[3, 7, 20, 31], [5, 39]]


def test_dark_images_that_differ_by_little_are_no_copies():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 8, (30, 16, 16, 3), np.uint8)
    assert near_duplicates(images) == []


def test_many_black_images_among_thousands_of_others_are_one_group():
    images = np.random.default_rng(0).integers(0, 256, (5000, 16, 16, 3), np.uint8)
    images[1000:3000] = 0
    assert near_duplicates(images) == [list(range(1000, 3000))]


def test_no_images_have_no_copies():
    assert near_duplicates(np.zeros((0, 16, 16, 3), np.uint8)) == []
