"""What a model is trained with on data that no preset is for."""

from pathlib import Path

import pytest

import ganzoo
from ganzoo import registry
from ganzoo.config.config import load_config
from ganzoo.config.schema import parameters_of, settings_schema
from ganzoo.config.settings import MACHINE_SETTINGS
from ganzoo.errors import InputError
from ganzoo.models.base import GANModel

# The papers' batches, epochs and augmentation, and a grid that can be looked at.
RECIPES = {
    "gan": {"batch_size": 100, "epochs": 250, "sample_count": 100},
    "cgan": {"batch_size": 100, "epochs": 100, "sample_count": 100},
    "cdcgan": {"batch_size": 128, "epochs": 25, "sample_count": 100},
    "lsgan": {"batch_size": 64, "epochs": 25, "sample_count": 64},
    "acgan": {"batch_size": 100, "epochs": 100, "sample_count": 100},
    "wgan_gp": {"batch_size": 64, "epochs": 25, "sample_count": 64},
    "progan": {"batch_size": 16, "epochs": 100, "sample_count": 64, "horizontal_flip": True},
    "stylegan": {"batch_size": 32, "epochs": 357, "sample_count": 64, "horizontal_flip": True},
    "sngan": {"batch_size": 64, "epochs": 320, "sample_count": 64},
    "projection_gan": {"batch_size": 64, "epochs": 320, "sample_count": 100},
    "dcgan": {"batch_size": 128, "epochs": 25, "sample_count": 64},
    "dragan": {"batch_size": 128, "epochs": 427, "sample_count": 64},
    "anime_gan": {"batch_size": 64, "epochs": 205, "sample_count": 100},
    "stylegan2": {
        "batch_size": 32, "epochs": 357, "horizontal_flip": True, "sample_count": 64,
    },
    "bigan": {"batch_size": 128, "epochs": 400, "sample_count": 16},
    "ali": {"batch_size": 100, "epochs": 100, "sample_count": 16},
    "vae": {"batch_size": 100, "epochs": 100, "sample_count": 16},
    "autoencoder": {"batch_size": 100, "epochs": 100, "sample_count": 16},
    "caae": {"batch_size": 100, "epochs": 50, "sample_count": 16},
    "pix2pix": {
        "batch_size": 1, "epochs": 200, "jitter": 0.1171875, "horizontal_flip": True,
        "sample_count": 9,
    },
    "cyclegan": {
        "batch_size": 1, "epochs": 200, "jitter": 0.1171875, "horizontal_flip": True,
        "sample_count": 9,
    },
}  # fmt: skip


@pytest.mark.parametrize("model", registry.list_models())
def test_where_no_preset_is_for_a_dataset_the_models_recipe_goes_with_it(model):
    defaults = {name: p.default for name, p in settings_schema(model).items()}
    values = load_config(model, "./photos").values
    assert values == defaults | RECIPES[model] | {"dataset": "./photos"}


@pytest.mark.parametrize("model", registry.list_models())
def test_a_recipe_is_of_data_and_training_and_not_of_the_model_or_the_machine(model):
    model_class = registry.model_class(model)
    with_paper_defaults = (model_class, model_class.default_optimizers)
    of_the_model = set().union(*(parameters_of(function) for function in with_paper_defaults))
    assert not model_class.recipe.keys() & (of_the_model | MACHINE_SETTINGS)


def test_overrides_win_over_the_recipe():
    chosen = load_config("pix2pix", "./photos", batch_size=4, jitter=0.0, steps=10)
    recipe = {"batch_size": 4, "jitter": 0.0, "horizontal_flip": True, "sample_count": 9}
    assert chosen.values.items() >= recipe.items()
    assert chosen.run.steps == 10


def test_a_preset_or_a_file_takes_nothing_from_the_recipe(written):
    assert load_config("pix2pix/sample", "./photos").values["jitter"] == 0.0
    path = written("model: pix2pix\ndataset: ./photos\nbatch_size: 8\n")
    chosen = load_config(path)
    assert (chosen.values["jitter"], chosen.run.epochs, chosen.run.sample_count) == (0.0, 25, 64)


def test_a_config_says_where_its_settings_come_from(written):
    assert load_config("dcgan", "celeb_a").origin == "preset dcgan/celeb_a"
    path = written("model: dcgan\n")
    assert load_config(path).origin == path
    by_recipe = "the recipe of gan, as no preset is for './photos'"
    origin = load_config("gan", "./photos", epochs=7).origin
    assert origin == f"{by_recipe} (batch_size=100, epochs=7, sample_count=100)"
    origin = load_config("gan", "./photos", steps=7).origin
    assert origin == f"{by_recipe} (batch_size=100, sample_count=100)"


def test_a_model_of_another_package_has_its_recipe_with_all_data_even_the_sample(plugin):
    chosen = load_config("plugin")
    assert (chosen.values["dataset"], chosen.values["batch_size"]) == ("sample", 16)
    assert chosen.run.steps == 500
    assert load_config("plugin", epochs=2).run.steps is None


def test_without_a_recipe_a_model_has_the_defaults_alone(plugin, monkeypatch):
    monkeypatch.setattr(plugin, "recipe", GANModel.recipe)
    chosen = load_config("plugin", "./photos")
    assert chosen.values["batch_size"] == 64
    assert chosen.origin == "the defaults of plugin, as no preset is for './photos'"


def test_an_unknown_setting_in_a_recipe_is_refused_with_the_closest_match(plugin, monkeypatch):
    monkeypatch.setattr(plugin, "recipe", {"batchsize": 16})
    message = r"Unknown setting of the recipe of 'plugin'; did you mean 'batch_size'\?"
    with pytest.raises(InputError, match=message):
        load_config("plugin")


@pytest.mark.parametrize("model", registry.list_models())
def test_a_recipe_is_in_the_table_of_the_documentation(model):
    recipe = {"jitter": 0.0, "horizontal_flip": False} | RECIPES[model]
    jitter = {0.0: "0", 30 / 256: "30/256"}[recipe["jitter"]]
    flip = "yes" if recipe["horizontal_flip"] else "no"
    row = (model, recipe["batch_size"], recipe["epochs"], jitter, flip, recipe["sample_count"])
    document = Path(ganzoo.__file__).parents[1] / "docs/settings.md"
    assert "| `{}` | {} | {} | {} | {} | {} |\n".format(*row) in document.read_text()
