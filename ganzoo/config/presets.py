"""Presets and settings files: flat YAML mappings, found and read, not yet checked."""

import os
from dataclasses import dataclass, field, replace
from importlib import resources

import yaml

from ganzoo import registry
from ganzoo.config import formerly
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.saving.files import path_of


@dataclass(frozen=True)
class ChosenSettings:
    """The settings that a preset, a file or a model's recipe gives, unchecked.

    Attributes:
        model: the name of a model, registered or not.
        values: settings by name, not all of them.
        origin: where they come from, in words.
        recipe: the names that come from the model's recipe; none of them where there is a preset.
        environment: the versions that a run's `config.yaml` records.
    """

    model: str
    values: dict
    origin: str
    recipe: tuple[str, ...] = ()
    environment: dict = field(default_factory=dict)


def list_presets(model: str | None = None) -> list[str]:
    """Returns the names of all presets, or of a model's, such as `"dcgan/celeb_a"`, sorted."""
    folders = (f for f in resources.files("zoo_configs").iterdir() if f.is_dir())
    return sorted(
        f"{folder.name}/{file.name.removesuffix('.yaml')}"
        for folder in folders
        if model in (None, folder.name)
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    )


def preset_text(name: str) -> str:
    """Returns a preset's file, comments included.

    Raises:
        InputError: if there is no such preset; the message names the closest one.
    """
    name = formerly.preset_now(name)
    if name not in list_presets():
        raise unknown("preset", name, list_presets())
    folder, _, stem = name.partition("/")
    return (resources.files("zoo_configs") / folder / f"{stem}.yaml").read_text(encoding="utf-8")


def choose_settings(model: str, dataset: str | None) -> ChosenSettings:
    """Returns the settings that a model, preset or file stands for, together with a dataset.

    The arguments are those of `config.load_config`, which describes the choice.

    Raises:
        InputError, ResourceError: as `load_config` does.
    """
    is_file = model.endswith((".yaml", ".yml"))
    if is_file or "/" in model:
        chosen = _read_file(model) if is_file else _read_preset(model)
        return chosen if dataset is None else _with_dataset(chosen, dataset)
    if model not in registry.list_models():
        raise unknown("model", model, registry.list_models())
    wanted = "sample" if dataset is None else dataset
    if f"{model}/{wanted}" in (*list_presets(), *formerly.PRESETS):
        return _read_preset(f"{model}/{wanted}")
    presets = {name: _read_preset(name) for name in list_presets(model)}
    matching = {name: p for name, p in presets.items() if p.values.get("dataset") == wanted}
    if len(matching) > 1:
        raise InputError(
            f"Several presets of {model!r} use this dataset: {', '.join(matching)}. Name one of "
            f"them. Received: {wanted!r}"
        )
    if matching:
        return next(iter(matching.values()))
    recipe = registry.model_class(model).recipe
    source = "recipe" if recipe else "defaults"
    origin = f"the {source} of {model}, as no preset is for {wanted!r}"
    return _with_dataset(ChosenSettings(model, dict(recipe), origin, tuple(recipe)), wanted)


def read_settings(path: str | os.PathLike) -> dict:
    """Returns the settings in a YAML file, with `model` among them and without `environment`.

    Raises:
        ResourceError: if the file cannot be read.
        InputError: if it is no YAML mapping or names no model.
    """
    chosen = _read_file(path)
    return {"model": chosen.model, **chosen.values}


def _read_file(path):
    try:
        text = path_of(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResourceError(f"Cannot read the settings: {error}") from error
    return _parsed(text, str(path))


def _read_preset(name):
    text = preset_text(name)
    return _parsed(text, f"preset {formerly.PRESETS.get(name, name)}")


def _parsed(text, origin):
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"Not YAML: {' '.join(str(error).split())}. Received: {origin}") from error
    if not isinstance(values, dict) or not isinstance(values.get("model"), str):
        raise InputError(f"Settings must be `key: value` lines with a `model`. Received: {origin}")
    environment = values.pop("environment", None) or {}
    model, values = formerly.settings_now(values.pop("model"), values, bool(environment))
    return ChosenSettings(model, values, origin, environment=environment)


def _with_dataset(chosen, dataset):
    return replace(chosen, values=chosen.values | {"dataset": dataset})
