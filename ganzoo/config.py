"""Settings of a run, checked against the signatures that take them.

A preset is one flat YAML file whose keys are argument names: those of the model's constructor, of
its `default_optimizers`, of `load_dataset`, and the fields of `RunSettings`. There is no other
schema, so a setting exists as soon as the code that takes it does.
"""

import contextlib
import inspect
import math
import os
import types
import typing
from dataclasses import dataclass

import yaml

from ganzoo import presets, registry
from ganzoo.errors import InputError, unknown

DTYPES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}
Precision = typing.Literal[tuple(DTYPES)]
Distribution = typing.Literal["auto", "none", "mirrored", "multi-worker", "tpu"]


@dataclass(frozen=True)
class RunSettings:
    """What training needs to know beyond model, optimizers and data.

    Args:
        epochs: passes over the data.
        steps: training steps in all; where it is given, `epochs` does not count.
        init_from: a run folder with whose newest weights this run begins; optimizers begin anew.
        precision: what the networks compute in; weights, losses and last layers are float32.
        distribute: what trains, each device on its part of the batch: `"mirrored"` every GPU of the
            machine, `"multi-worker"` those of several processes, `"tpu"`, or `"none"`, one device;
            `"auto"` is mirrored where there are several GPUs that divide the batch, otherwise none.
        worker_timeout: seconds that the other workers may take to come.
        log_every: steps between two rows of `log.csv` and two TensorBoard points.
        sample_every: steps between two sample grids.
        sample_count: images in a sample grid.
        health_every: steps between two looks at whether both players still play.
        evaluate_every: steps between two evaluations in training, which make the best checkpoint
            known and keep it; None: there are none.
        evaluate_metrics: which, with commas; the best checkpoint is that of the first. None: the
            model's usual ones, `measuring.DEFAULTS`.
        evaluate_images: how many images are made, and as many real ones taken.
        evaluate_extractor: what makes features of images, as `metrics.open_extractor` takes it.
        checkpoint_every: steps between two checkpoints.
        checkpoint_minutes: the most minutes between two; ends of epochs count too.
        keep_checkpoints: how many of the newest checkpoints are kept.
    """

    epochs: int = 25
    steps: int | None = None
    init_from: str | None = None
    precision: Precision = "float32"
    distribute: Distribution = "auto"
    worker_timeout: float = 300.0
    log_every: int = 50
    sample_every: int = 250
    sample_count: int = 64
    health_every: int = 200
    evaluate_every: int | None = None
    evaluate_metrics: str | None = None
    evaluate_images: int = 1000
    evaluate_extractor: str = "inception"
    checkpoint_every: int = 10_000
    checkpoint_minutes: float = 10.0
    keep_checkpoints: int = 3

    def __post_init__(self):
        for name, value in vars(self).items():
            if isinstance(value, int) and value < 1:
                raise InputError(f"{name} must be at least 1. Received: {value}")
        for name in ("checkpoint_minutes", "worker_timeout"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above 0. Received: {getattr(self, name)}")


# Given by the model and by the run, never by a preset.
_NOT_SETTINGS = {"batch_format", "shuffle", "steps_per_epoch"}
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
        return {name: self.values[name] for name in _parameters(function) if name in self.values}

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
        key: _checked(key, given.get(key, parameter.default), parameter.annotation)
        for key, parameter in schema.items()
    }
    if image_size is not None:
        side = _checked("image_size", image_size, int)
        checked["image_shape"] = (side, side, *checked["image_shape"][2:])
    config = Config(name, checked)
    config.run_settings()  # checks their ranges
    return config


def settings_schema(model: str) -> dict[str, inspect.Parameter]:
    """Returns every setting of a model by name, with its type and default.

    Of the arguments of `load_dataset` those that concern another batch format are left out.
    """
    from ganzoo.data import ONLY_FOR, load_dataset

    model_class = registry.model_class(model)
    of_data = _parameters(load_dataset)
    for name, batch_format in ONLY_FOR.items():
        if batch_format != model_class.batch_format:
            del of_data[name]
    schema = {}
    of_model, of_optimizers = _parameters(model_class), _parameters(model_class.default_optimizers)
    for parameters in (of_model, of_optimizers, of_data, _parameters(RunSettings)):
        for name, parameter in parameters.items():
            schema.setdefault(name, parameter)  # image_shape and seed: the model's default
    return schema


def parse_setting(text: str) -> tuple[str, object]:
    """Returns `("learning_rate", 0.0002)` for `"learning_rate=2e-4"`."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"A setting is written KEY=VALUE. Received: {text!r}")
    try:
        parsed = yaml.safe_load(value)
    except yaml.YAMLError as error:
        raise InputError(f"The value is not YAML. Received: {text!r}") from error
    if isinstance(parsed, str):
        with contextlib.suppress(ValueError):  # YAML reads 2e-4 as text; nobody here means that
            parsed = float(parsed)
    return name, parsed


def _parameters(function):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items()
        if name not in _NOT_SETTINGS and parameter.kind in kinds
    }


def _checked(name, value, annotation):
    """Returns the value in the type of its annotation."""
    options = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    if value is None and type(None) in options:
        return None
    # A dataset may be an array as well, but not in a file of settings.
    kind = next((o for o in options if o in _WORDS or typing.get_origin(o)), None)
    if typing.get_origin(kind) is typing.Literal:
        if value not in typing.get_args(kind):
            raise unknown(f"value of {name}", value, map(str, typing.get_args(kind)))
        return value
    if typing.get_origin(kind) is tuple:
        parts = typing.get_args(kind)
        if not isinstance(value, (list, tuple)) or len(value) != len(parts):
            raise _wrong_type(name, f"a list of {len(parts)} whole numbers", value)
        return tuple(_checked(name, v, part) for v, part in zip(value, parts, strict=True))
    if kind not in _WORDS:
        raise InputError(
            f"The setting {name} needs the annotation of a simple type. Received: {annotation}"
        )
    accepted = (int, float) if kind is float else (kind,)
    is_bool = isinstance(value, bool)
    if not isinstance(value, accepted) or is_bool != (kind is bool):
        raise _wrong_type(name, _WORDS[kind], value)
    if kind is float and not math.isfinite(value):
        raise _wrong_type(name, "a finite number", value)
    return kind(value)


_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def _is_union(annotation):
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _wrong_type(name, right, value):
    hint = ""
    if right == "a number" and isinstance(value, str):
        with contextlib.suppress(ValueError):
            float(value)
            hint = " (text; in YAML a number has a point before its exponent, 2.0e-4)"
    return InputError(f"{name} must be {right}. Received: {value!r}{hint}")
