"""Settings of a run, checked against the signatures that take them.

A preset is one flat YAML file whose keys are argument names: those of the model's constructor, of
its `default_optimizers`, of `load_dataset`, and the fields of `RunSettings`. There is no other
schema, so a setting exists as soon as the code that takes it does.
"""

import os
from dataclasses import dataclass

import yaml

from ganzoo.config import presets
from ganzoo.config.schema import checked_value, parameters_of, settings_schema
from ganzoo.config.settings import RunSettings
from ganzoo.errors import InputError, unknown

# A resumed run may change these: they move no weight of the steps that are done.
FREE_ON_RESUME = {
    "epochs", "steps", "data_dir", "cache", "cache_gib", "checkpoint_minutes", "keep_checkpoints",
    "distribute", "worker_timeout",
}  # fmt: skip


@dataclass(frozen=True)
class Config:
    """All settings of one run, checked and complete.

    `values` holds every setting by its name, in the order of the signatures.
    """

    model: str
    values: dict

    def arguments(self, function) -> dict:
        """Returns the settings that `function` (or a class) takes, as far as the model has them."""
        return {name: self.values[name] for name in parameters_of(function) if name in self.values}

    def run_settings(self) -> RunSettings:
        return RunSettings(**self.arguments(RunSettings))

    def to_yaml(self) -> str:
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in self.values.items()}
        return yaml.safe_dump({"model": self.model, **plain}, sort_keys=False)

    def differences(self, other: "Config") -> list[str]:
        """Returns `"name: mine -> theirs"` for all that a resumed run may not change."""
        mine, theirs = ({"model": c.model, **c.values} for c in (self, other))
        return [
            f"{name}: {mine.get(name)} -> {theirs.get(name)}"
            for name in sorted(mine.keys() | theirs.keys())
            if name not in FREE_ON_RESUME and mine.get(name) != theirs.get(name)
        ]


def load_config(
    model: str | os.PathLike,
    dataset: str | None = None,
    *,
    image_size: int | None = None,
    **overrides,
) -> Config:
    """Returns the settings of a run.

    Args:
        model: the name of a registered model, of a preset (`"dcgan/celeb_a_paper"`), or the path
            of a YAML file of settings.
        dataset: given with a model's name it picks the preset: the one of that name, or else the
            one with that `dataset`; where there is none, the model's defaults with that data.
            Left out, the preset is `MODEL/sample`.
        image_size: side of square images; short for `image_shape`, whose channels stay.
        **overrides: settings by name; they win over the preset's. Of `epochs` and `steps` only
            one can be given; it replaces the preset's other.

    Raises:
        InputError: for a model, preset or setting that does not exist, or a value of wrong type.

    Example:

    >>> from ganzoo import load_config
    >>> config = load_config("dcgan", steps=10)
    >>> config.values["dataset"], config.values["filters"], config.values["steps"]
    ('sample', 64, 10)
    """
    values = presets.choose_settings(str(model), dataset)
    name = values.pop("model")
    schema = settings_schema(name)
    for key in values.keys() | overrides.keys():
        if key not in schema:
            raise unknown(f"setting of {name!r}", key, schema)
    if "epochs" in overrides:
        if "steps" in overrides:
            raise InputError(
                f"Give either epochs or steps. Received: {overrides['epochs']} and "
                f"{overrides['steps']}"
            )
        values["steps"] = None
    given = values | overrides
    checked = {
        key: checked_value(key, given.get(key, parameter.default), parameter.annotation)
        for key, parameter in schema.items()
    }
    if image_size is not None:
        side = checked_value("image_size", image_size, int)
        checked["image_shape"] = (side, side, *checked["image_shape"][2:])
    config = Config(name, checked)
    config.run_settings()  # checks their ranges
    return config
