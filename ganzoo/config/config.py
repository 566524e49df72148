"""Settings of a run, checked against the signatures that take them.

A preset is one flat YAML file whose keys are argument names: those of the model's constructor, of
its `default_optimizers`, of `load_dataset`, and the fields of `RunSettings`. There is no other
schema, so a setting exists as soon as the code that takes it does.
"""

import os
from dataclasses import dataclass, field, replace
from functools import cached_property

import yaml

from ganzoo import registry
from ganzoo.config import formerly, presets, pretrained
from ganzoo.config.schema import checked_value, default_of, parameters_of, settings_schema
from ganzoo.config.settings import RunSettings
from ganzoo.errors import InputError, unknown
from ganzoo.saving.files import path_of

PATHS = {"dataset", "init_from", "data_dir"}
# A resumed run may change these: they do not affect the weights of the steps that are done.
FREE_ON_RESUME = {
    "epochs", "steps", "data_dir", "cache", "cache_gib", "checkpoint_minutes", "keep_checkpoints",
    "distribute", "worker_timeout",
}  # fmt: skip


@dataclass(frozen=True)
class Config:
    """All settings of one run, checked and complete.

    Code reads `config.run.epochs` for what training itself needs, `config.arguments(load_dataset)`
    for all that a function takes, and `config.values["image_shape"]` for any other setting.

    Attributes:
        model: the name of a registered model.
        values: every setting by name, in the order of the signatures.
        origin: where they come from, in words: a preset, a file, or the model's recipe.
        environment: if they come from a run's `config.yaml`, the versions that the run recorded.
    """

    model: str
    values: dict
    origin: str = field(default="", compare=False)
    environment: dict = field(default_factory=dict, compare=False)

    @property
    def batch_format(self) -> str:
        """The name of the format of the model's batches, with these settings."""
        return registry.model_class(self.model).batch_format_of(self.values)

    @property
    def images_per_step(self) -> int:
        """How many real images a training step takes: several batches, if the model says so."""
        batches = registry.model_class(self.model).batches_per_step_of(self.values)
        return batches * self.values["batch_size"]

    @cached_property
    def run(self) -> RunSettings:
        """What training needs to know beyond model, optimizers and data."""
        return RunSettings(**self.arguments(RunSettings))

    def arguments(self, function) -> dict:
        """Returns the settings that `function` (or a class) takes, as far as the model has them."""
        return {name: self.values[name] for name in parameters_of(function) if name in self.values}

    def to_yaml(self) -> str:
        """Returns a settings file, of which `load_config` makes an equal config."""
        plain = {name: _as_lists(value) for name, value in self.values.items()}
        return yaml.safe_dump({"model": self.model, **plain}, sort_keys=False)

    def with_settings(self, *, image_size: int | None = None, **overrides) -> "Config":
        """Returns a config with some settings changed, as `load_config` takes and checks them."""
        chosen = presets.ChosenSettings(
            self.model, self.values, self.origin, environment=self.environment
        )
        return _resolved(chosen, image_size, overrides)

    def with_absolute_paths(self) -> "Config":
        """Returns a config whose paths do not depend on the working directory."""
        from ganzoo.data.tfds.preparing import is_path  # it loads TensorFlow

        values = dict(self.values)
        for name in PATHS & values.keys():
            value = values[name]
            is_name = name == "init_from" and value is not None and pretrained.is_named(value)
            if value is None or is_name:
                continue
            if name != "dataset" or is_path(value, values.get("data_dir")):
                values[name] = str(path_of(value).absolute())
        return replace(self, values=values)

    def differences(self, other: "Config", moved_data: bool = False) -> list[str]:
        """Returns `"name: mine -> theirs"` for all that a resumed run may not change.

        Args:
            other: of the same run.
            moved_data: whether the dataset may be at another place: the data itself is compared.
        """
        free = FREE_ON_RESUME | ({"dataset"} if moved_data else set())
        configs = (c.with_absolute_paths() for c in (self, other))
        mine, theirs = ({"model": c.model, **c.values} for c in configs)
        return [
            f"{name}: {mine.get(name)} -> {theirs.get(name)}"
            for name in sorted(mine.keys() | theirs.keys())
            if name not in free and mine.get(name) != theirs.get(name)
        ]


def load_config(
    model: str | os.PathLike,
    dataset: str | os.PathLike | None = None,
    *,
    image_size: int | None = None,
    **overrides,
) -> Config:
    """Returns the settings of a run, complete and checked.

    A setting has its value from `overrides`; otherwise from the preset or file; otherwise its
    default in the signature that takes it. Where a model is trained on data that no preset is for,
    the model's `recipe` takes the place of the preset.

    Args:
        model: the name of a registered model, of a preset (`"dcgan/celeb_a_paper"`), or the path
            of a YAML file of settings, such as a run's `config.yaml`.
        dataset: a name, or a path. Given with the name of a model, chooses the preset: the one of
            that name, or else the only one with that `dataset`, or else the model's recipe with
            that data. Given with a preset or file, replaces the dataset there. Left out, a model's
            preset is `MODEL/sample`.
        image_size: side of square images in pixels; short for an `image_shape` with the channels
            as they are.
        **overrides: settings by name. Either `epochs` or `steps` can be given, and replaces
            whichever the preset has.

    Raises:
        InputError: for a model, preset or setting that does not exist (the closest name is in the
            message), a value of the wrong type or out of range, a dataset of several presets, a
            file that is no mapping with a `model`, or both `epochs` and `steps`.
        ResourceError: if the file cannot be read.

    Example:

    >>> from ganzoo import load_config
    >>> config = load_config("dcgan", steps=10)
    >>> config.values["dataset"], config.values["filters"], config.run.steps
    ('sample', 32, 10)
    >>> config.origin
    'preset dcgan/sample'
    """
    if isinstance(dataset, os.PathLike):
        dataset = os.fspath(dataset)
    elif not isinstance(dataset, str | None):
        raise InputError(
            "A dataset of a run is a name or a path, by which it can be resumed; arrays go "
            f"to `fit`, or into an .npz file. Received: {type(dataset).__name__}"
        )
    return _resolved(presets.choose_settings(str(model), dataset), image_size, overrides)


def settings_text(name: str) -> str:
    """Returns a preset's file, comments included; or that of a model without presets.

    The latter has what the model is trained with where nobody says more: a settings file too.

    Args:
        name: of a preset, or of a model that has none.

    Raises:
        InputError: if there is no such preset; the message names the closest one.
    """
    if name not in registry.list_models() or presets.list_presets(name):
        return presets.preset_text(name)
    config = load_config(name)
    return f"# {name} has no preset; this is {config.origin}.\n{config.to_yaml()}"


def _resolved(chosen, image_size, overrides):
    """Returns the config of chosen settings with `overrides`, complete and checked."""
    _check_registered(chosen)
    schema = settings_schema(chosen.model)
    _check_names(chosen, overrides, schema)
    given = chosen.values | overrides
    if "epochs" in overrides:
        if "steps" in overrides:
            raise InputError(
                f"Give either epochs or steps. Received: {overrides['epochs']} and "
                f"{overrides['steps']}"
            )
        given["steps"] = None
    values = {
        name: checked_value(
            name, given[name] if name in given else default_of(parameter), parameter.annotation
        )
        for name, parameter in schema.items()
    }
    if image_size is not None:
        side = checked_value("image_size", image_size, int)
        values["image_shape"] = (side, side, *values["image_shape"][2:])
    config = Config(chosen.model, values, _origin(chosen, values), chosen.environment)
    _ = config.run  # checks the ranges
    return config


def _check_registered(chosen):
    home = chosen.environment.get("model_from")
    if home is not None and chosen.model not in registry.list_models():
        raise InputError(
            f"The model {chosen.model!r} is registered by {home}, which is not imported here: "
            "import it first, or install its package with an entry point of the group "
            f"{registry.ENTRY_POINT_GROUP!r}. Received: {chosen.origin}"
        )


def _check_names(chosen, overrides, schema):
    for name in (*chosen.values, *overrides):
        if name not in schema:
            formerly.check_setting(chosen.model, name)
            whose = f"{chosen.model!r}"
            if name in chosen.recipe:
                whose = f"the recipe of {whose}"
            raise unknown(f"setting of {whose}", name, schema)


def _origin(chosen, values):
    """Returns where settings come from, and of a recipe's settings what they resolved to."""
    replaced = {"epochs"} if values["steps"] else set()
    resolved = [f"{name}={values[name]}" for name in chosen.recipe if name not in replaced]
    return f"{chosen.origin} ({', '.join(resolved)})" if resolved else chosen.origin


def _as_lists(value):
    return [_as_lists(part) for part in value] if isinstance(value, tuple | list) else value
