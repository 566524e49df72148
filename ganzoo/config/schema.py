"""The settings that there are: the arguments of the functions that take them, with types."""

import contextlib
import inspect
import math
import types
import typing
from collections.abc import Callable
from typing import Literal

import yaml

from ganzoo import registry
from ganzoo.config.settings import RunSettings
from ganzoo.errors import InputError, unknown

# Given by the model and by the run, never by a preset.
_NOT_SETTINGS = {"batch_format", "shuffle", "steps_per_epoch"}
# One setting for the model and its data: both take it in the same sense.
_OF_MODEL_AND_DATA = {"image_shape", "input_channels", "input_classes", "attributes", "seed"}


def settings_schema(model: str) -> dict[str, inspect.Parameter]:
    """Returns every setting of a model by name, with its type and default.

    They are the arguments of the model's constructor, of its `default_optimizers` and of
    `load_dataset` (without those that mean nothing for its batch formats), and the fields of
    `RunSettings`. Where two of these take one setting, the default is that of the first.

    Args:
        model: the name of a registered model.

    Raises:
        InputError: for an unknown model, or one with an argument that another function has in
            another sense.
    """
    from ganzoo.data import load_dataset

    model_class = registry.model_class(model)
    of_other_formats = _settings_of_other_formats(model_class)
    takers = (  # each with the names that it may share with those before it
        (model_class, ()),
        # `compile` gives the optimizers the model's attributes.
        (model_class.default_optimizers, parameters_of(model_class)),
        (load_dataset, _OF_MODEL_AND_DATA),
        (RunSettings, ()),
    )
    schema = {}
    for function, shared in takers:
        for name, parameter in parameters_of(function).items():
            if function is load_dataset and name in of_other_formats:
                continue
            if name in schema and name not in shared:
                first = next(taker for taker, _ in takers if name in parameters_of(taker))
                raise InputError(
                    f"{first.__qualname__} and {function.__qualname__} both have an argument "
                    f"{name!r}, which would be one setting; rename the model's. Received: {model!r}"
                )
            schema.setdefault(name, parameter)
    return schema


def _settings_of_other_formats(model_class):
    """Returns the settings of data that mean nothing for a model.

    Of those that concern some batch formats it has the ones that its format declares, and the ones
    of every format of which it takes a setting itself.
    """
    from ganzoo.batch_formats import batch_format, list_batch_formats

    formats, taken = map(batch_format, list_batch_formats()), parameters_of(model_class)
    theirs, others = set(), set()
    for one in formats:
        is_its_own = one.name == model_class.batch_format or taken.keys() & set(one.settings)
        (theirs if is_its_own else others).update(one.settings)
    return others - theirs


def parameters_of(function: Callable) -> dict[str, inspect.Parameter]:
    """Returns those arguments of a function, or of a class, that are settings."""
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: parameter
        for name, parameter in inspect.signature(function, eval_str=True).parameters.items()
        if name not in _NOT_SETTINGS and parameter.kind in kinds
    }


def parse_setting(text: str) -> tuple[str, object]:
    """Returns `("learning_rate", 0.0002)` for `"learning_rate=2e-4"`.

    Raises:
        InputError: if the text is not `KEY=VALUE`, or the value is not YAML.
    """
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise InputError(f"A setting is written KEY=VALUE. Received: {text!r}")
    try:
        is_text = "#" in value and value[:1] not in tuple("'\"[{")  # a colour, and no comment
        return name, value if is_text else _with_numbers(yaml.safe_load(value))
    except yaml.YAMLError as error:
        raise InputError(f"The value is not YAML. Received: {text!r}") from error


def _with_numbers(value):
    """Returns a value with texts that are numbers converted: YAML reads 2e-4 as text."""
    if isinstance(value, list):
        return [_with_numbers(part) for part in value]
    if isinstance(value, str):
        with contextlib.suppress(ValueError):
            return float(value)
    return value


def default_of(parameter: inspect.Parameter) -> object:
    """Returns the default of a setting.

    Raises:
        InputError: if it has none.
    """
    if parameter.default is parameter.empty:
        raise InputError(f"{parameter.name} has no default, and must be given. Received: nothing")
    return parameter.default


def checked_value(name: str, value: object, annotation: object) -> object:
    """Returns a setting's value in the type of its annotation.

    The annotation is `int`, `float`, `bool`, `str`, a `Literal`, or a `tuple` or `list` of these;
    `tuple[int, ...]` and `list[int]` are lists of any length. It may be in a union with types that
    no settings file can have, and with None.

    Raises:
        InputError: if the value is of another type, or if the annotation is none of these.
    """
    options = typing.get_args(annotation) if _is_union(annotation) else (annotation,)
    if value is None and type(None) in options:
        return None
    kinds = [o for o in options if o in _WORDS or typing.get_origin(o) in (Literal, tuple, list)]
    if len(kinds) != 1:
        raise InputError(
            f"The setting {name} must be annotated with one of int, float, bool, str, a Literal, "
            f"or a tuple or list of these. Received: {annotation}"
        )
    kind = kinds[0]
    if typing.get_origin(kind) is Literal:
        if value not in typing.get_args(kind):
            raise unknown(f"value of {name}", value, map(str, typing.get_args(kind)))
        return value
    if kind not in _WORDS:
        return _checked_list(name, value, kind)
    accepted = (int, float) if kind is float else (kind,)
    is_bool = isinstance(value, bool)
    if not isinstance(value, accepted) or is_bool != (kind is bool):
        raise _wrong_type(name, _WORDS[kind], value)
    if kind is float and not math.isfinite(value):
        raise _wrong_type(name, "a finite number", value)
    return kind(value)


_WORDS = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
_PLURALS = {int: "whole numbers", float: "numbers", bool: "true or false", str: "text values"}


def _checked_list(name, value, kind):
    """Returns a tuple or list with each of its parts in the type that `kind` states.

    A text is a list too, of what stands between its commas.
    """
    make, parts = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(value, str) and (parts[0] is str or "," in value):
        value = [part.strip() for part in value.split(",") if part.strip()]
        if parts[0] in (int, float, bool):
            value = [_with_numbers(yaml.safe_load(part)) for part in value]
    has_any_length = make is list or parts[-1:] == (...,)
    if not isinstance(value, list | tuple) or not (has_any_length or len(value) == len(parts)):
        words = _PLURALS.get(parts[0], "values") if len({*parts} - {...}) == 1 else "values"
        count = "" if has_any_length else f"{len(parts)} "
        raise _wrong_type(name, f"a list of {count}{words}", value)
    if has_any_length:
        parts = parts[:1] * len(value)
    return make(checked_value(name, v, part) for v, part in zip(value, parts, strict=True))


def _is_union(annotation):
    return typing.get_origin(annotation) in (typing.Union, types.UnionType)


def _wrong_type(name, right, value):
    hint = ""
    if right == "a number" and isinstance(value, str):
        with contextlib.suppress(ValueError):
            float(value)
            hint = " (text; in YAML a number has a point before its exponent, 2.0e-4)"
    return InputError(f"{name} must be {right}. Received: {value!r}{hint}")
