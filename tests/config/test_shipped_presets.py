"""The presets that ship: what their files say, and that it can be trained."""

import functools
import re
import shlex

import pytest
import yaml

from ganzoo import registry
from ganzoo.config.config import load_config
from ganzoo.config.presets import list_presets, preset_text
from ganzoo.config.schema import settings_schema
from ganzoo.config.settings import MACHINE_SETTINGS, RunSettings
from ganzoo.models import GrowingModel


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
    config, lines = load_config(preset), yaml.safe_load(preset_text(preset))
    assert lines["model"] == config.model == preset.split("/")[0]
    assert config.values.keys() == settings_schema(config.model).keys()
    assert yaml.safe_load(config.to_yaml()).items() >= lines.items()


def test_a_presets_file_and_what_it_resolves_to_are_files_of_the_same_config(preset, written):
    config = load_config(preset)
    assert load_config(written(preset_text(preset))) == config
    assert load_config(written(config.to_yaml())) == config


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
    for name in {"filters", "generator_filters", "discriminator_filters"} & set(arguments):
        arguments[name] = 2  # no shape of an image depends on it; memory does, by 0.7 GiB
    for shape in generators_shapes(config.model, tuple(arguments.items())):
        assert all(
            side in (None, right)  # translators take any size
            for side, right in zip(shape[1:], config.values["image_shape"], strict=True)
        )
    model_class.default_optimizers(**config.arguments(model_class.default_optimizers))


@functools.cache  # many presets have the same networks
def generators_shapes(model, arguments):
    made = registry.create_model(model, **dict(arguments))
    if isinstance(made, GrowingModel):  # images of each level, the whole ones last
        return [made.growing_generator.output_shape[-1]]
    shapes = [network.output_shape for network in made.generators]
    return [shape for shape in shapes if len(shape) == 4]  # encoders and mappings make vectors
