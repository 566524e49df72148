"""Presets and settings files: flat YAML mappings, found and read, not yet checked."""

from importlib import resources
from pathlib import Path

import yaml

from ganzoo import registry
from ganzoo.errors import InputError, ResourceError, unknown


def list_presets(model: str | None = None) -> list[str]:
    """Returns the names of all presets, or of a model's, such as `"dcgan/celeb_a"`."""
    folders = (f for f in resources.files("zoo_configs").iterdir() if f.is_dir())
    return sorted(
        f"{folder.name}/{file.name.removesuffix('.yaml')}"
        for folder in folders
        if model in (None, folder.name)
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    )


def preset_text(name: str) -> str:
    """Returns a preset's file, comments and all.

    Raises:
        InputError: if there is no such preset (the closest one is named).
    """
    if name not in list_presets():
        raise unknown("preset", name, list_presets())
    folder, _, stem = name.partition("/")
    return (resources.files("zoo_configs") / folder / f"{stem}.yaml").read_text(encoding="utf-8")


def choose_settings(model: str, dataset: str | None) -> dict:
    """Returns the settings that a model, preset or file with a dataset stand for, unchecked.

    The arguments are those of `config.load_config`; `model` is among the settings returned.
    """
    is_file = model.endswith((".yaml", ".yml"))
    if is_file or "/" in model:
        settings = read_settings(model) if is_file else _parsed(preset_text(model), model)
        return settings | ({} if dataset is None else {"dataset": dataset})
    if model not in registry.list_models():
        raise unknown("model", model, registry.list_models())
    wanted = "sample" if dataset is None else dataset
    if f"{model}/{wanted}" in list_presets():
        return _parsed(preset_text(f"{model}/{wanted}"), wanted)
    presets = {name: _parsed(preset_text(name), name) for name in list_presets(model)}
    matching = {name: s for name, s in presets.items() if s.get("dataset") == wanted}
    if len(matching) > 1:
        raise InputError(
            f"Several presets of {model!r} use this dataset: {', '.join(matching)}. Name one of "
            f"them. Received: {wanted!r}"
        )
    return next(iter(matching.values()), {"model": model, "dataset": wanted})


def read_settings(path) -> dict:
    """Returns the settings in a YAML file, with `model` among them; a run's `environment` is not.

    Raises:
        ResourceError: if the file cannot be read.
        InputError: if it is no YAML mapping or names no model.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ResourceError(f"Cannot read the settings: {error}") from error
    return _parsed(text, str(path))


def _parsed(text, where):
    try:
        values = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InputError(f"Not YAML: {' '.join(str(error).split())}. Received: {where}") from error
    if not isinstance(values, dict) or not isinstance(values.get("model"), str):
        raise InputError(f"Settings must be `key: value` lines with a `model`. Received: {where}")
    values.pop("environment", None)
    return values
