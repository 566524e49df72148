"""The settings that there are: the arguments of the functions that take them, with types."""

import contextlib
import inspect
import math
import types
import typing

import yaml

from ganzoo import registry
from ganzoo.config.settings import RunSettings
from ganzoo.errors import InputError, unknown

# Given by the model and by the run, never by a preset.
_NOT_SETTINGS = {"batch_format", "shuffle", "steps_per_epoch"}


def settings_schema(model: str) -> dict[str, inspect.Parameter]:
    """Returns every setting of a model by name, with its type and default.

    Of the arguments of `load_dataset` those that concern another batch format are left out.
    """
    from ganzoo.data import ONLY_FOR, load_dataset

    model_class = registry.model_class(model)
    of_data = parameters_of(load_dataset)
    for name, batch_format in ONLY_FOR.items():
        if batch_format != model_class.batch_format:
            del of_data[name]
    schema = {}
    of_model, of_optimizers = (
        parameters_of(model_class),
        parameters_of(model_class.default_optimizers),
    )
    for parameters in (of_model, of_optimizers, of_data, parameters_of(RunSettings)):
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


def parameters_of(function):
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items()
        if name not in _NOT_SETTINGS and parameter.kind in kinds
    }


def default_of(parameter: inspect.Parameter):
    """Returns the default of a setting.

    Raises:
        InputError: if it has none.
    """
    if parameter.default is parameter.empty:
        raise InputError(f"{parameter.name} has no default, and must be given. Received: nothing")
    return parameter.default


def checked_value(name, value, annotation):
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
        return tuple(checked_value(name, v, part) for v, part in zip(value, parts, strict=True))
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
