"""The models by name.

Built-in models are import paths, so that listing them imports no TensorFlow. Another package
adds its own through the entry-point group `ganzoo.models` (name = "module:Class"), or by calling
`register_model` when it is imported. See docs/adding_a_model.md.
"""

import importlib
import inspect
import warnings
from collections.abc import Callable
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from ganzoo.errors import InputError, unknown

if TYPE_CHECKING:
    import keras

ENTRY_POINT_GROUP = "ganzoo.models"

_targets: dict[str, type | str] = {
    "gan": "ganzoo.models.gan:GAN",
    "cgan": "ganzoo.models.cgan:CGAN",
    "cdcgan": "ganzoo.models.cdcgan:CDCGAN",
    "dcgan": "ganzoo.models.dcgan:DCGAN",
    "lsgan": "ganzoo.models.lsgan:LSGAN",
    "acgan": "ganzoo.models.acgan:ACGAN",
    "sngan": "ganzoo.models.sngan:SNGAN",
    "projection_gan": "ganzoo.models.projection_gan:ProjectionGAN",
    "wgan_gp": "ganzoo.models.wgan_gp:WGANGP",
    "progan": "ganzoo.models.progan:ProGAN",
    "stylegan": "ganzoo.models.stylegan:StyleGAN",
    "dragan": "ganzoo.models.dragan:DRAGAN",
    "stylegan2": "ganzoo.models.stylegan2:StyleGAN2",
    "anime_gan": "ganzoo.models.anime_gan:AnimeGAN",
    "bigan": "ganzoo.models.bigan:BiGAN",
    "ali": "ganzoo.models.ali:ALI",
    "autoencoder": "ganzoo.models.autoencoder:Autoencoder",
    "vae": "ganzoo.models.vae:VAE",
    "caae": "ganzoo.models.caae:CAAE",
    "pix2pix": "ganzoo.models.pix2pix:Pix2Pix",
    "cyclegan": "ganzoo.models.cyclegan:CycleGAN",
}


def register_model(
    name: str, target: type | str | None = None
) -> type | str | Callable[[type], type]:
    """Registers a subclass of `GANModel` under a name; usable as a class decorator.

    Args:
        name: the name for `create_model` and the command line, such as `"dcgan"`.
        target: the class, or its import path `"module:Class"`; None: a decorator is returned.

    Returns:
        `target`, or the decorator.

    Raises:
        InputError: if another model is registered under the name.

    Example:

    >>> from ganzoo import DCGAN, list_models, register_model
    >>> @register_model("my_dcgan")
    ... class MyDCGAN(DCGAN):
    ...     pass
    >>> "my_dcgan" in list_models()
    True
    """
    if target is None:
        return lambda model_class: register_model(name, model_class)
    taken_by = _all_targets().get(name)
    if taken_by is not None and _path(taken_by) != _path(target):
        raise InputError(f"A model of this name is registered already. Received: {name!r}")
    _targets[name] = target
    return target


def list_models() -> list[str]:
    """Returns the names of all registered models, sorted."""
    return sorted(_all_targets())


def model_class(name: str) -> type:
    """Returns the class registered under `name`, which imports TensorFlow.

    Raises:
        InputError: if no model has that name; the message has the closest one.
    """
    targets = _all_targets()
    if name not in targets:
        raise unknown("model", name, sorted(targets))
    target = targets[name]
    if isinstance(target, str):
        module, _, attribute = target.partition(":")
        target = getattr(importlib.import_module(module), attribute)
    return target


def import_path(name: str) -> str:
    """Returns `"module:Class"` of a registered model, without importing it."""
    return _path(_all_targets()[name])


def create_model(name: str, /, **arguments) -> "keras.Model":
    """Returns a new model: `create_model("dcgan", filters=32)` is `DCGAN(filters=32)`.

    Raises:
        InputError: if the name or an argument is unknown, or a value is out of range.
    """
    chosen = model_class(name)
    known = [*inspect.signature(chosen).parameters.keys() - {"kwargs"}, "name", "dtype"]
    for argument in arguments:
        if argument not in known:
            raise unknown(f"argument of {name!r}", argument, sorted(known))
    return chosen(**arguments)


def import_models() -> None:
    """Imports every registered model, so that Keras can load files that name their classes.

    One that cannot be imported, such as that of a broken plug-in, is a warning.
    """
    for name in list_models():
        try:
            model_class(name)
        except (ImportError, AttributeError) as error:
            warnings.warn(f"The model {name!r} cannot be imported: {error}", stacklevel=2)


def _all_targets() -> dict[str, type | str]:
    plugins = {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}
    return plugins | _targets


def _path(target: type | str) -> str:
    return target if isinstance(target, str) else f"{target.__module__}:{target.__qualname__}"
