"""Folders of small pictures to check, and the check itself with a tiny model."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import check_dataset

TINY = {"image_size": 8, "batch_size": 4, "filters": 2}


@pytest.fixture(scope="session")
def noise():
    """Makes pictures of noise, a different one for each seed."""

    def noise(seed, shape=(12, 12, 3)):
        return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)

    return noise


@pytest.fixture(scope="session")
def write(noise):
    """Writes pictures of noise, each a different one, by their names in a folder."""

    def write(folder, *names, shape=(12, 12, 3)):
        for number, name in enumerate(names):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(noise(number, shape)).save(path)
        return str(folder)

    return write


@pytest.fixture(scope="session")
def write_pairs(noise):
    """Writes pairs of a picture and its inverse, side by side; of some, that of another."""

    def write_pairs(folder, count, mixed_up=0, shape=(32, 32)):
        def picture(number):
            coarse = Image.fromarray(noise(number, (8, 8, 3)))
            return np.asarray(coarse.resize(shape, Image.Resampling.BICUBIC))

        folder.mkdir(exist_ok=True)
        for number in range(count):
            other = (number + 1) % mixed_up if number < mixed_up else number
            pair = np.hstack([picture(number), 255 - picture(other)])
            Image.fromarray(pair).save(folder / f"{number:03d}.png")
        return str(folder)

    return write_pairs


@pytest.fixture(scope="session")
def check():
    """Checks a dataset for a tiny model, without timing it."""

    def check(dataset, model="dcgan", **settings):
        return check_dataset(dataset, model, timed=False, **(TINY | settings))

    return check


@pytest.fixture(scope="session")
def about():
    """Returns the one line of a report that has a word in it."""

    def about(lines, word):
        (line,) = (line for line in lines if word in line)
        assert "\n" not in line
        return line

    return about
