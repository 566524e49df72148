"""Names of models: built-in, registered at run time, and from other packages."""

import importlib
import sys

import pytest

from ganzoo import DCGAN, create_model, list_models, register_model, registry
from ganzoo.errors import InputError

TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}


@pytest.fixture(autouse=True)
def registry_as_it_was(monkeypatch):
    monkeypatch.setattr(registry, "_targets", dict(registry._targets))


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    """An installed distribution with a model in it, as `pip install` leaves it behind."""
    site = tmp_path / "site-packages"
    information = site / "ganzoo_plugin-1.0.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: ganzoo-plugin\nVersion: 1.0\n"
    )
    (information / "entry_points.txt").write_text(
        "[ganzoo.models]\nplugin_gan = ganzoo_plugin:PluginGAN\ndcgan = ganzoo_plugin:PluginGAN\n"
    )
    (site / "ganzoo_plugin.py").write_text(
        "from ganzoo import DCGAN\n\n\nclass PluginGAN(DCGAN):\n    pass\n"
    )
    monkeypatch.syspath_prepend(site)
    importlib.invalidate_caches()
    yield
    sys.modules.pop("ganzoo_plugin", None)


def test_models_are_listed_sorted_with_the_built_in_ones_among_them():
    register_model("zzz", DCGAN)
    register_model("aaa", DCGAN)
    assert list_models() == sorted(list_models())
    assert {"aaa", "dcgan", "zzz"} <= set(list_models())


def test_the_name_of_a_built_in_model_gives_its_class():
    assert registry.model_class("dcgan") is DCGAN


def test_create_model_passes_its_arguments_on():
    model = create_model("dcgan", **TINY)
    assert type(model) is DCGAN
    assert (model.image_shape, model.latent_dim, model.filters) == ((8, 8, 1), 4, 2)


def test_the_decorator_registers_the_class_and_returns_it():
    class Mine(DCGAN):
        pass

    assert register_model("mine")(Mine) is Mine
    assert registry.model_class("mine") is Mine


def test_an_import_path_can_be_registered_and_is_imported_when_it_is_used():
    register_model("late", "a_module_that_is_not_there:Model")
    assert "late" in list_models()
    with pytest.raises(ModuleNotFoundError, match="a_module_that_is_not_there"):
        registry.model_class("late")


def test_a_taken_name_is_refused_and_stays_what_it_was():
    class Other(DCGAN):
        pass

    with pytest.raises(InputError, match=r"registered already\. Received: 'dcgan'"):
        register_model("dcgan", Other)
    with pytest.raises(InputError, match=r"registered already\. Received: 'dcgan'"):
        register_model("dcgan")(Other)
    assert registry.model_class("dcgan") is DCGAN


def test_the_same_class_may_be_registered_again():
    register_model("dcgan", DCGAN)  # the class in place of its path
    register_model("dcgan", "ganzoo.models.dcgan:DCGAN")
    assert registry.model_class("dcgan") is DCGAN


def test_an_unknown_name_is_refused_with_the_closest_match():
    with pytest.raises(InputError, match=r"Unknown model; did you mean 'dcgan'\?.*'dcgam'"):
        create_model("dcgam")


def test_an_unknown_argument_is_refused_with_the_closest_match():
    with pytest.raises(InputError, match=r"argument of 'dcgan'; did you mean 'filters'\?"):
        create_model("dcgan", filter=2)


def test_keras_own_arguments_pass_through_create_model():
    model = create_model("dcgan", **TINY, name="mine", dtype="mixed_bfloat16")
    assert model.name == "mine"
    assert model.dtype_policy.name == "mixed_bfloat16"


def test_a_model_that_cannot_be_imported_is_a_warning_where_all_are_imported():
    register_model("late", "a_module_that_is_not_there:Model")
    register_model("later", "ganzoo.models:NoSuchModel")
    with pytest.warns(UserWarning) as warned:
        registry.import_models()
    assert [str(warning.message).split(" cannot be imported")[0] for warning in warned] == [
        "The model 'late'",
        "The model 'later'",
    ]


def test_a_model_of_another_package_is_known_by_its_entry_point(plugin):
    assert "plugin_gan" in list_models()
    assert "ganzoo_plugin" not in sys.modules  # listing imports nothing
    model = create_model("plugin_gan", **TINY)
    assert type(model).__module__ == "ganzoo_plugin"
    assert isinstance(model, DCGAN)


def test_another_package_cannot_take_a_built_in_name(plugin):
    assert registry.model_class("dcgan") is DCGAN


def test_a_name_that_another_package_has_is_taken(plugin):
    with pytest.raises(InputError, match=r"registered already\. Received: 'plugin_gan'"):
        register_model("plugin_gan", DCGAN)
    register_model("plugin_gan", "ganzoo_plugin:PluginGAN")


def test_without_the_plugin_its_model_is_unknown():
    assert "plugin_gan" not in list_models()
