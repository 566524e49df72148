"""Warnings of pictures that are read as they say, and are meant otherwise."""

import re

import numpy as np
import tensorflow as tf
from PIL import Image

from ganzoo import load_dataset

RANDOM = np.random.default_rng(0)
SETTINGS = {"image_shape": (8, 8, 1), "batch_size": 2, "split": "all"}


def warnings_of(dataset, caplog, batch_format="images"):
    load_dataset(dataset, batch_format, **SETTINGS)
    return [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]


def folder_of(folder, pictures):
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number}.png")
    return f"{folder}/"


MASKS = RANDOM.integers(0, 2, (6, 8, 8), np.uint8)
OF_12_BITS = RANDOM.integers(0, 4096, (6, 8, 8), np.uint16)


def test_masks_of_0_and_1_in_a_folder_or_an_array_are_warned_of(tmp_path, caplog):
    words = r"levels from 0 to 1, of 0 to 255, .*; masks of 0 and 1 are to be written as 0 and 255"
    for dataset in (folder_of(tmp_path, MASKS), MASKS[..., None]):
        caplog.clear()
        (message,) = warnings_of(dataset, caplog)
        assert re.search(words, message)


def test_12_bits_in_16_are_warned_of(tmp_path, caplog):
    (message,) = warnings_of(folder_of(tmp_path, OF_12_BITS), caplog)
    assert "12 bits in files of 16 are to be multiplied by 16" in message


def test_floats_from_0_to_1_of_a_dataset_are_warned_of(caplog):
    floats = tf.data.Dataset.from_tensor_slices(RANDOM.uniform(0, 1, (6, 8, 8, 1)))
    (message,) = warnings_of(floats, caplog)
    assert "floats from 0 to 1 are to be given as 2 x - 1" in message


def test_pictures_of_one_grey_are_warned_of(caplog):
    (message,) = warnings_of(np.full((6, 8, 8, 1), 77, np.uint8), caplog)
    assert "levels from 77 to 77" in message and "they are all of one grey" in message


def test_usual_pictures_are_not_warned_of(caplog):
    assert warnings_of(RANDOM.integers(0, 256, (6, 8, 8, 1), np.uint8), caplog) == []
