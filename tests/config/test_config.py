"""Settings: which preset is chosen, what is refused, and that files say what was run."""

import functools
import math
import os
import re
import shlex
from pathlib import Path
from typing import Literal

import pytest
import yaml

from ganzoo import DCGAN, registry
from ganzoo.config import presets as preset_files
from ganzoo.config.config import Config, load_config
from ganzoo.config.presets import list_presets, preset_text, read_settings
from ganzoo.config.schema import checked_value, parameters_of, parse_setting, settings_schema
from ganzoo.config.settings import MACHINE_SETTINGS, RunSettings
from ganzoo.data.loading import load_dataset
from ganzoo.errors import InputError, ResourceError
from ganzoo.models.base import GANModel


def written(tmp_path, text):
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    return str(path)


@pytest.fixture
def presets(monkeypatch):
    """Two presets of one dataset, and one whose file is named differently from its dataset."""
    texts = {
        "dcgan/faces_small": "model: dcgan\ndataset: faces\nfilters: 2\n",
        "dcgan/faces_large": "model: dcgan\ndataset: faces\nfilters: 3\n",
        "dcgan/digits": "model: dcgan\ndataset: kmnist\nfilters: 4\n",
    }
    monkeypatch.setattr(preset_files, "list_presets", lambda model=None: sorted(texts))
    monkeypatch.setattr(preset_files, "preset_text", texts.__getitem__)


# Which preset.


def test_a_model_alone_is_its_sample_preset():
    chosen = load_config("dcgan")
    assert chosen == load_config("dcgan/sample")
    assert chosen.values["dataset"] == "sample"


def test_a_dataset_picks_the_preset_of_that_name():
    assert load_config("dcgan", "celeb_a") == load_config("dcgan/celeb_a")
    paper = load_config("dcgan", "celeb_a_paper")
    assert paper == load_config("dcgan/celeb_a_paper")
    assert paper.values["dataset"] == "celeb_a"
    assert paper.values["filters"] == 128


def test_where_no_preset_has_the_name_the_one_with_that_dataset_is_picked(presets):
    assert load_config("dcgan", "kmnist").values["filters"] == 4
    assert load_config("dcgan", "digits").values["dataset"] == "kmnist"


def test_a_dataset_of_several_presets_is_refused_with_their_names(presets):
    message = "'dcgan' use this dataset: dcgan/faces_large, dcgan/faces_small. .*'faces'"
    with pytest.raises(InputError, match=message):
        load_config("dcgan", "faces")
    assert load_config("dcgan", "faces_small").values["filters"] == 2


# The papers' batches, epochs and augmentation, and a grid that can be looked at.
RECIPES = {
    "gan": {"batch_size": 100, "epochs": 250, "sample_count": 100},
    "cgan": {"batch_size": 100, "epochs": 100, "sample_count": 100},
    "dcgan": {"batch_size": 128, "epochs": 25, "sample_count": 64},
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


def test_a_preset_or_a_file_takes_nothing_from_the_recipe(tmp_path):
    assert load_config("pix2pix/sample", "./photos").values["jitter"] == 0.0
    path = written(tmp_path, "model: pix2pix\ndataset: ./photos\nbatch_size: 8\n")
    chosen = load_config(path)
    assert (chosen.values["jitter"], chosen.run.epochs, chosen.run.sample_count) == (0.0, 25, 64)


def test_a_config_says_where_its_settings_come_from(tmp_path):
    assert load_config("dcgan", "celeb_a").origin == "preset dcgan/celeb_a"
    path = written(tmp_path, "model: dcgan\n")
    assert load_config(path).origin == path
    by_recipe = "the recipe of gan, as no preset is for './photos'"
    origin = load_config("gan", "./photos", epochs=7).origin
    assert origin == f"{by_recipe} (batch_size=100, epochs=7, sample_count=100)"
    origin = load_config("gan", "./photos", steps=7).origin
    assert origin == f"{by_recipe} (batch_size=100, sample_count=100)"


@pytest.fixture
def plugin(monkeypatch):
    """A registered class of another package, without presets, whose attributes tests set."""

    class Plugin(DCGAN):
        pass

    Plugin.recipe = {"steps": 500, "batch_size": 16}
    monkeypatch.setattr(registry, "_targets", registry._targets | {"plugin": Plugin})
    return Plugin


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


def test_a_dataset_replaces_that_of_a_preset_named_in_full():
    chosen = load_config("dcgan/mnist", "kmnist")
    assert chosen.values == load_config("dcgan/mnist").values | {"dataset": "kmnist"}


def test_a_settings_file_is_complete_with_the_defaults(tmp_path):
    path = written(tmp_path, "model: dcgan\nfilters: 8\n")
    values = load_config(path).values
    assert values["filters"] == 8
    assert values["kernel_size"] == 4
    assert load_config(Path(path)).values == values
    assert load_config(path, "kmnist").values == values | {"dataset": "kmnist"}


@pytest.mark.parametrize(
    ("model", "message"),
    [
        ("dcgam", r"Unknown model; did you mean 'dcgan'\?.*Received: 'dcgam'"),
        ("dcgan/celeba", r"Unknown preset; did you mean 'dcgan/celeb_a'\?.*'dcgan/celeba'"),
    ],
)
def test_an_unknown_model_or_preset_is_refused_with_the_closest_match(model, message):
    with pytest.raises(InputError, match=message):
        load_config(model)


def test_the_text_of_an_unknown_preset_is_refused_with_the_closest_match():
    with pytest.raises(InputError, match="did you mean 'dcgan/mnist'"):
        preset_text("dcgan/mnits")


# Settings files.


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ResourceError, match=r"Cannot read the settings: .*nowhere\.yaml"):
        load_config(str(tmp_path / "nowhere.yaml"))


@pytest.mark.parametrize("text", ["", "just text", "- model", "filters: 3", "model: 3"])
def test_a_file_that_is_no_mapping_with_a_model_is_refused(tmp_path, text):
    with pytest.raises(InputError, match=r"lines with a `model`\. Received: .*settings\.yaml"):
        load_config(written(tmp_path, text))


def test_a_file_that_is_no_yaml_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match=r"^Not YAML: .*Received: ") as raised:
        load_config(written(tmp_path, "model: [dcgan\nfilters: 3\n"))
    assert "\n" not in str(raised.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "settings.yaml"
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(ResourceError, match="Cannot read the settings"):
        load_config(str(path))


def test_a_runs_environment_is_not_a_setting(tmp_path):
    path = written(tmp_path, "model: dcgan\nenvironment: {python: 3.11.0}\n")
    assert read_settings(path) == {"model": "dcgan"}


def test_yamls_2e_4_is_text_and_refused_with_how_to_write_it(tmp_path):
    path = written(tmp_path, "model: dcgan\nlearning_rate: 2e-4\n")
    message = (
        "learning_rate must be a number. Received: '2e-4' "
        "(text; in YAML a number has a point before its exponent, 2.0e-4)"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_config(path)
    path = written(tmp_path, "model: dcgan\nlearning_rate: 2.0e-4\n")
    assert load_config(path).values["learning_rate"] == 2e-4


# Names and types.


def test_an_unknown_setting_is_refused_with_the_closest_match(tmp_path):
    message = r"Unknown setting of 'dcgan'; did you mean 'filters'\?.*Received: 'filter'"
    with pytest.raises(InputError, match=message):
        load_config("dcgan", filter=3)
    with pytest.raises(InputError, match=message):
        load_config(written(tmp_path, "model: dcgan\nfilter: 3\n"))


@pytest.mark.parametrize("name", ["batch_format", "shuffle", "kwargs", "dtype", "name", "self"])
def test_what_the_model_or_the_run_decides_is_no_setting(name):
    assert name not in settings_schema("dcgan")
    with pytest.raises(InputError, match="Unknown setting"):
        load_config("dcgan", **{name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("filters", "64", "a whole number"),
        ("filters", 64.0, "a whole number"),
        ("filters", True, "a whole number"),
        ("filters", None, "a whole number"),
        ("center_crop", "no", "a whole number"),
        ("learning_rate", "fast", "a number"),
        ("learning_rate", True, "a number"),
        ("learning_rate", None, "a number"),
        ("learning_rate", math.nan, "a finite number"),
        ("learning_rate", math.inf, "a finite number"),
        ("horizontal_flip", 1, "true or false"),
        ("horizontal_flip", "yes", "true or false"),
        ("split", 3, "text"),
        ("data_dir", False, "text"),
        ("image_shape", [32, 32], "a list of 3 whole numbers"),
        ("image_shape", [32, 32, 3, 1], "a list of 3 whole numbers"),
        ("image_shape", 32, "a list of 3 whole numbers"),
        ("image_shape", "32x32x3", "a list of 3 whole numbers"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_right_one(name, value, right):
    message = f"{name} must be {right}. Received: {value!r}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_config("dcgan", **{name: value})


def test_each_part_of_a_list_has_its_type():
    with pytest.raises(InputError, match=r"^image_shape must be a whole number\. Received: 32\.0$"):
        load_config("dcgan", image_shape=[32, 32.0, 3])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("precision", "bfloat61", r"value of precision; did you mean 'bfloat16'\?"),
        ("fit", "padd", r"value of fit; did you mean 'pad'\?"),
        ("distribute", "miror", r"value of distribute; did you mean 'mirrored'\?"),
        ("precision", 16, "Unknown value of precision; .*Received: 16"),
    ],
)
def test_one_of_several_words_is_refused_with_the_closest_match(name, value, message):
    with pytest.raises(InputError, match=message):
        load_config("dcgan", **{name: value})


@pytest.mark.parametrize(
    ("annotation", "value", "result"),
    [
        (tuple[int, ...], [64, 128, 256], (64, 128, 256)),
        (tuple[int, ...], [], ()),
        (tuple[float, ...], [1, 0.5], (1.0, 0.5)),
        (list[str], ["fid", "kid"], ["fid", "kid"]),
        (list[Literal["a", "b"]], ["b"], ["b"]),
        (tuple[int, ...] | None, None, None),
        (tuple[int, ...] | None, [3], (3,)),
        (tuple[int, float], [3, 1], (3, 1.0)),
        (tuple[tuple[int, int], ...], [[1, 2], [3, 4]], ((1, 2), (3, 4))),
    ],
)
def test_a_list_has_the_length_and_the_types_of_its_annotation(annotation, value, result):
    checked = checked_value("widths", value, annotation)
    assert checked == result
    assert type(checked) is type(result)


@pytest.mark.parametrize(
    ("annotation", "value", "right"),
    [
        (tuple[int, ...], 64, "a list of whole numbers"),
        (list[str], "fid,kid", "a list of text values"),
        (list[float], None, "a list of numbers"),
        (tuple[int, float], [3], "a list of 2 values"),
        (list[list[int]], 3, "a list of values"),
    ],
)
def test_what_is_no_such_list_is_refused_with_the_right_one(annotation, value, right):
    message = re.escape(f"widths must be {right}. Received: {value!r}")
    with pytest.raises(InputError, match=f"^{message}$"):
        checked_value("widths", value, annotation)


def test_each_part_of_a_list_of_any_length_has_its_type():
    with pytest.raises(InputError, match=r"^widths must be a whole number\. Received: 2\.5$"):
        checked_value("widths", [1, 2.5], tuple[int, ...])


@pytest.mark.parametrize("annotation", [dict[str, int], list, int | str, os.PathLike, None])
def test_an_annotation_that_no_setting_can_have_is_refused(annotation):
    with pytest.raises(InputError, match=r"widths must be annotated with one of int.* Received: "):
        checked_value("widths", 3, annotation)


def test_a_models_lists_of_any_length_are_settings_in_files_and_on_the_command_line(
    plugin, monkeypatch, tmp_path
):
    def constructor(
        self,
        image_shape: tuple[int, int, int] = (8, 8, 1),
        widths: tuple[int, ...] = (8,),
        scales: list[float] | None = None,
        **kwargs,
    ):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "__init__", constructor)
    assert load_config("plugin").values["widths"] == (8,)
    given = dict(map(parse_setting, ["widths=[4, 8, 16]", "scales=[1e-3, 1]"]))
    config = load_config("plugin", **given)
    assert config.values["widths"] == (4, 8, 16)
    assert config.values["scales"] == [0.001, 1.0]
    assert load_config(written(tmp_path, config.to_yaml())) == config


def test_a_setting_without_a_default_must_be_given(plugin, monkeypatch):
    def constructor(self, vocabulary: int, **kwargs):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "__init__", constructor)
    with pytest.raises(InputError, match="vocabulary has no default, and must be given"):
        load_config("plugin", image_shape=[8, 8, 1])
    config = load_config("plugin", image_shape=[8, 8, 1], vocabulary=3)
    assert config.arguments(plugin) == {"vocabulary": 3}


def test_a_models_argument_with_the_name_of_another_setting_is_refused(plugin, monkeypatch):
    def constructor(self, jitter: float = 0.1, **kwargs):
        raise NotImplementedError

    def default_optimizers(batch_size: int = 32):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "default_optimizers", staticmethod(default_optimizers))
    message = r"default_optimizers and load_dataset both have an argument 'batch_size'.*'plugin'"
    with pytest.raises(InputError, match=message):
        load_config("plugin")
    monkeypatch.setattr(plugin, "default_optimizers", DCGAN.default_optimizers)
    monkeypatch.setattr(plugin, "__init__", constructor)
    message = r"Plugin and load_dataset both have an argument 'jitter'.*'plugin'"
    with pytest.raises(InputError, match=message):
        load_config("plugin", jitter=0.0)


def test_a_model_shares_arguments_with_its_optimizers_and_the_models_default_counts(
    plugin, monkeypatch
):
    def default_optimizers(filters: int = 3, learning_rate: float = 0.1):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "default_optimizers", staticmethod(default_optimizers))
    values = load_config("plugin").values
    assert (values["filters"], values["learning_rate"]) == (64, 0.1)


def test_values_come_in_the_type_of_their_setting():
    values = load_config("dcgan", learning_rate=1, image_shape=[8, 8, 1], data_dir=None).values
    assert type(values["learning_rate"]) is float
    assert values["image_shape"] == (8, 8, 1)
    assert type(values["image_shape"]) is tuple
    assert values["data_dir"] is None


@pytest.mark.parametrize("name", ["epochs", "steps", "log_every", "sample_count"])
def test_counts_below_one_are_refused(name):
    with pytest.raises(InputError, match=f"{name} must be at least 1. Received: 0"):
        load_config("dcgan", **{name: 0})


def test_settings_that_concern_another_batch_format_do_not_exist(monkeypatch):
    only_paired = {"input_channels", "direction"}
    assert not only_paired & settings_schema("dcgan").keys()
    with pytest.raises(InputError, match="Unknown setting of 'dcgan'"):
        load_config("dcgan", direction="ba")
    monkeypatch.setattr(DCGAN, "batch_format", "paired")
    assert only_paired <= settings_schema("dcgan").keys()
    data = load_config("dcgan", direction="ba").arguments(load_dataset)
    assert (data["direction"], data["input_channels"]) == ("ba", None)


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


def test_epochs_replace_a_presets_steps_and_both_are_refused(tmp_path):
    path = written(tmp_path, "model: dcgan\nsteps: 10\n")
    assert load_config(path).values["steps"] == 10
    chosen = load_config(path, epochs=3)
    assert (chosen.values["epochs"], chosen.values["steps"]) == (3, None)
    with pytest.raises(InputError, match=r"Give either epochs or steps\. Received: 3 and 4"):
        load_config(path, epochs=3, steps=4)


# KEY=VALUE.


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("learning_rate=2e-4", ("learning_rate", 0.0002)),
        ("learning_rate=0.1", ("learning_rate", 0.1)),
        ("filters=64", ("filters", 64)),
        ("horizontal_flip=true", ("horizontal_flip", True)),
        ("data_dir=null", ("data_dir", None)),
        ("data_dir=/a/b=c", ("data_dir", "/a/b=c")),
        ("split=train[:10%]", ("split", "train[:10%]")),
        ("image_shape=[8, 8, 1]", ("image_shape", [8, 8, 1])),
    ],
)
def test_a_setting_is_read_as_yaml_and_a_number_however_it_is_written(text, parsed):
    result = parse_setting(text)
    assert result == parsed
    assert type(result[1]) is type(parsed[1])


@pytest.mark.parametrize("text", ["filters", "=3", ""])
def test_what_is_not_key_and_value_is_refused(text):
    with pytest.raises(InputError, match=f"written KEY=VALUE. Received: '{text}'"):
        parse_setting(text)


def test_a_value_that_is_no_yaml_is_refused():
    with pytest.raises(InputError, match=r"not YAML\. Received: 'image_shape=\[8, 8'"):
        parse_setting("image_shape=[8, 8")


# A config.


def test_a_config_written_and_read_is_the_same(tmp_path):
    config = load_config(
        "dcgan", learning_rate=1e-7, steps=3, data_dir="a folder: with #signs", split="train[:1%]"
    )
    assert load_config(written(tmp_path, config.to_yaml())) == config


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
    assert config.run_settings() == RunSettings(**config.arguments(RunSettings))
    assert config.run_settings().steps == 9


def test_differences_name_what_a_resumed_run_may_not_change():
    mine = load_config("dcgan")
    assert mine.differences(mine) == []
    theirs = load_config("dcgan", filters=3, batch_size=7)
    assert mine.differences(theirs) == ["batch_size: 64 -> 7", "filters: 64 -> 3"]
    assert Config("other", mine.values).differences(mine) == ["model: other -> dcgan"]
    assert Config("dcgan", {"new": 1}).differences(Config("dcgan", {})) == ["new: 1 -> None"]


def test_a_resumed_run_may_be_longer_and_find_its_data_elsewhere():
    mine = load_config("dcgan", epochs=3)
    changes = {
        "steps": 5, "data_dir": "x", "cache": "none", "cache_gib": 9.0, "keep_checkpoints": 1,
    }  # fmt: skip
    assert mine.differences(load_config("dcgan", **changes)) == []


# The presets that ship.


@pytest.fixture(params=list_presets())
def preset(request):
    return request.param


def test_there_are_presets_and_they_can_be_listed_by_model():
    assert {"dcgan/sample", "dcgan/celeb_a"} <= set(list_presets())
    assert list_presets() == sorted(list_presets())
    assert {name.split("/")[0] for name in list_presets("dcgan")} == {"dcgan"}
    assert list_presets("no_such_model") == []


def test_every_model_has_a_sample_preset():
    assert {f"{model}/sample" for model in registry.list_models()} <= set(list_presets())


def test_a_preset_resolves_to_every_setting_of_its_model_as_it_is_written(preset):
    config, written = load_config(preset), yaml.safe_load(preset_text(preset))
    assert written.pop("model") == config.model == preset.split("/")[0]
    assert config.values.keys() == settings_schema(config.model).keys()
    assert yaml.safe_load(config.to_yaml()).items() >= written.items()


def test_a_preset_says_itself_what_has_no_default_of_its_paper(preset):
    written = yaml.safe_load(preset_text(preset)).keys()
    assert written >= {"dataset", "image_shape", "batch_size"}
    assert written & {"epochs", "steps"}


def test_a_preset_names_no_setting_of_the_machine(preset):
    assert not MACHINE_SETTINGS & yaml.safe_load(preset_text(preset)).keys()


def test_the_settings_of_the_machine_are_settings_of_every_model_but_not_all_of_them():
    for model in registry.list_models():
        assert settings_schema(model).keys() > MACHINE_SETTINGS


def test_a_preset_leaves_out_how_often_to_log_and_draw_where_that_is_the_default(preset):
    defaults, written = vars(RunSettings()), yaml.safe_load(preset_text(preset))
    same = {name for name, value in defaults.items() if written.get(name, ...) == value}
    assert same <= {"epochs"}


def test_a_presets_head_says_where_how_what_it_costs_and_what_comes_of_it(preset):
    head = preset_text(preset).split("\n\n")[0].splitlines()
    assert all(line.startswith("#") for line in head)
    titles = [match[1] for line in head if (match := re.match(r"# ([A-Z]\w+) {2,}\S", line))]
    assert titles == ["Paper", "Command", "Cost", "Expect", "Differs"]
    entries = "\n".join(head).partition("# Cost")[2].partition("# Differs")[0]
    for entry in entries.split("# Expect"):
        assert "measured" in entry, "measured or unmeasured: it says which"


def test_a_presets_command_trains_that_preset(preset):
    command = re.search(r"^# Command +ganzoo train (.+)$", preset_text(preset), re.MULTILINE)[1]
    model, *options = shlex.split(command)
    assert options[:1] in ([], ["--dataset"])
    assert load_config(model, *options[1:]) == load_config(preset)


def test_a_presets_networks_make_its_images(preset):
    config = load_config(preset)
    model_class = registry.model_class(config.model)
    arguments = config.arguments(model_class)
    for shape in generators_shapes(config.model, tuple(arguments.items())):
        assert all(
            side in (None, right)  # translators take any size
            for side, right in zip(shape[1:], config.values["image_shape"], strict=True)
        )
    model_class.default_optimizers(**config.arguments(model_class.default_optimizers))


@functools.cache  # many presets have the same networks
def generators_shapes(model, arguments):
    return [g.output_shape for g in registry.create_model(model, **dict(arguments)).generators]
