"""What every test starts from: a quiet TensorFlow, a cache folder of its own, the same seed."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # before anything imports TensorFlow

import keras
import pytest


@pytest.fixture(autouse=True)
def same_start(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GANZOO_CACHE", raising=False)
    keras.utils.set_random_seed(0)


@pytest.fixture(scope="session")
def varied():
    """Makes a model's weights larger: the images of new ones hardly vary with their latents."""

    def enlarge(model, factor=20.0):
        for variable in model.trainable_variables:
            variable.assign(factor * variable)
        return model

    return enlarge
