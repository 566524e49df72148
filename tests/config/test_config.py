"""A config: what overrides do, what code reads from it, and its file."""

import numpy as np
import pytest
import yaml

from ganzoo import DCGAN
from ganzoo.config.config import Config, load_config
from ganzoo.config.schema import settings_schema
from ganzoo.config.settings import RunSettings
from ganzoo.data.loading import load_dataset
from ganzoo.errors import InputError


def test_overrides_win_over_the_preset():
    preset = load_config("dcgan/mnist").values
    assert load_config("dcgan/mnist", filters=3).values == preset | {"filters": 3}


def test_an_image_size_replaces_the_sides_and_keeps_the_channels():
    assert load_config("dcgan", image_size=32).values["image_shape"] == (32, 32, 1)
    assert load_config("dcgan", "celeb_a", image_size=32).values["image_shape"] == (32, 32, 3)
    given = load_config("dcgan", image_size=32, image_shape=[8, 8, 3])
    assert given.values["image_shape"] == (32, 32, 3)
    with pytest.raises(InputError, match=r"^image_size must be a whole number\. Received: '32'"):
        load_config("dcgan", image_size="32")


def test_epochs_replace_a_presets_steps_and_both_are_refused(written):
    path = written("model: dcgan\nsteps: 10\n")
    assert load_config(path).values["steps"] == 10
    chosen = load_config(path, epochs=3)
    assert (chosen.values["epochs"], chosen.values["steps"]) == (3, None)
    with pytest.raises(InputError, match=r"Give either epochs or steps\. Received: 3 and 4"):
        load_config(path, epochs=3, steps=4)


def test_a_config_written_and_read_is_the_same(written):
    config = load_config(
        "dcgan", learning_rate=1e-7, steps=3, data_dir="a folder: with #signs", split="train[:1%]"
    )
    assert load_config(written(config.to_yaml())) == config


def test_a_written_config_names_the_model_first_and_every_setting():
    config = load_config("dcgan")
    values = yaml.safe_load(config.to_yaml())
    assert list(values) == ["model", *settings_schema("dcgan")]
    assert values["image_shape"] == [28, 28, 1]


def test_arguments_are_what_a_function_takes():
    config = load_config("dcgan", filters=3, learning_rate=0.5, batch_size=7, steps=9)
    model = config.arguments(DCGAN)
    assert model["filters"] == 3
    assert "learning_rate" not in model
    optimizers = config.arguments(DCGAN.default_optimizers)
    assert optimizers == {"learning_rate": 0.5, "beta_1": 0.5}
    data = config.arguments(load_dataset)
    assert (data["batch_size"], data["image_shape"]) == (7, (28, 28, 1))
    assert "batch_format" not in data
    assert config.run == RunSettings(**config.arguments(RunSettings))
    assert config.run.steps == 9


def test_the_settings_of_the_run_are_made_once():
    config = load_config("dcgan", log_every=7)
    assert config.run.log_every == 7
    assert config.run is config.run


def test_differences_name_what_a_resumed_run_may_not_change():
    mine = load_config("dcgan")
    assert mine.differences(mine) == []
    theirs = load_config("dcgan", filters=3, batch_size=7)
    assert mine.differences(theirs) == ["batch_size: 64 -> 7", "filters: 32 -> 3"]
    assert Config("other", mine.values).differences(mine) == ["model: other -> dcgan"]
    assert Config("dcgan", {"new": 1}).differences(Config("dcgan", {})) == ["new: 1 -> None"]


def test_a_resumed_run_may_be_longer_and_find_its_data_elsewhere():
    mine = load_config("dcgan", epochs=3)
    changes = {
        "steps": 5, "data_dir": "x", "cache": "none", "cache_gib": 9.0, "keep_checkpoints": 1,
    }  # fmt: skip
    assert mine.differences(load_config("dcgan", **changes)) == []


def test_a_dataset_is_a_name_or_a_path_and_no_array(tmp_path):
    assert load_config("dcgan", tmp_path / "photos").values["dataset"] == str(tmp_path / "photos")
    for data in (np.zeros((4, 8, 8, 1)), [1, 2], 3):
        with pytest.raises(InputError, match=r"name or a path.*go to `fit`.*Received: \w+$"):
            load_config("dcgan", data)
