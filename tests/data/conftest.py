"""Settings of data for tests, which state only what they are about."""

import pytest

from ganzoo.data.settings import DataSettings


@pytest.fixture(scope="session")
def settings():
    """Makes settings that change nothing about an image but its size, apart from those given."""

    def settings(**given):
        plain = {
            "image_shape": (8, 8, 3), "batch_size": 4, "split": "all", "center_crop": None,
            "fit": "crop", "background": "white", "jitter": 0.0,
            "horizontal_flip": False, "shuffle": None, "seed": 0,
            "skip_bad_images": False, "cache": "auto", "cache_gib": 1.0, "data_dir": None,
        }  # fmt: skip
        return DataSettings(**plain | given)

    return settings
