"""The model of a run, loaded again."""

import os
import zipfile
from pathlib import Path

import keras

from ganzoo import registry
from ganzoo.config import pretrained
from ganzoo.config.config import Config, load_config
from ganzoo.config.presets import list_presets
from ganzoo.config.settings import DTYPES
from ganzoo.errors import InputError, ResourceError, listed, unknown
from ganzoo.runs.folder import Run, open_run
from ganzoo.saving.checkpoint_folders import (
    best_checkpoint,
    checkpoints,
    newest_checkpoint,
    step_of,
)
from ganzoo.saving.checkpoints import restore_checkpoint, restore_newest
from ganzoo.saving.files import check_keras_file, path_of, read_json
from ganzoo.saving.network_weights import load_networks
from ganzoo.saving.safetensors import read_safetensors


def create_from_config(config: Config) -> keras.Model:
    """Returns the new, uncompiled model that a config describes."""
    model_class = registry.model_class(config.model)
    dtype = DTYPES[config.run.precision]
    return model_class(**config.arguments(model_class), dtype=dtype)


def load_run(folder: str | os.PathLike, checkpoint: str | int = "newest") -> keras.Model:
    """Returns the model of a run, ready to sample; it is not compiled.

    Args:
        folder: what `ganzoo train` wrote, or the name of a run that ships with ganzoo, such as
            `"dcgan/sample"`.
        checkpoint: `"newest"`, or `"best"` for the weights that did best where training was
            evaluated (`evaluate_every`), or the step of one that is still there.

    Raises:
        InputError: for another checkpoint.
        ResourceError: if the folder is not a run's, or holds no such weights yet.
    """
    run = open_run(folder)
    return _with_class_names(_loaded(run, checkpoint), run)


def _with_class_names(model, run):
    if (names := run.class_names()) and hasattr(model, "num_classes"):
        model.class_names = names
    return model


def checkpoint_of_step(run: Run, step: int) -> Path:
    """Returns the folder of a run's checkpoint of a step.

    Raises:
        InputError: if there is none.
    """
    found = {step_of(folder): folder for folder in checkpoints(run.checkpoints)}
    if step not in found:
        raise InputError(
            f"The run has checkpoints of the steps {listed(map(str, found))}. Received: {step}"
        )
    return found[step]


def _loaded(run: Run, checkpoint: str | int) -> keras.Model:
    """Returns the model with the weights of a checkpoint."""
    config = run.config()
    if isinstance(checkpoint, int):
        folder = checkpoint_of_step(run, checkpoint)
        model = create_from_config(config)
        restore_checkpoint(model, folder)
        return model
    if checkpoint not in ("newest", "best"):
        raise unknown("checkpoint", checkpoint, ("newest", "best"))
    if checkpoint == "best":
        best = best_checkpoint(run.checkpoints)
        if best is None:
            raise ResourceError(
                "The run has no best checkpoint: it was not evaluated in training "
                f"(evaluate_every). Received: {str(run.folder)!r}"
            )
        model = create_from_config(config)
        restore_checkpoint(model, best)
        return model
    if newest_checkpoint(run.checkpoints) is not None:
        model = create_from_config(config)
        restore_newest(model, run.checkpoints)
        return model
    if run.weights_path.exists():
        return with_weights_of(run, create_from_config(config))
    if run.model_path.exists():
        model = load_model(run.model_path)
        _leave_out_missing(model, run)
        return model
    raise ResourceError(f"The run has saved no weights yet. Received: {str(run.folder)!r}")


def with_weights_of(run: Run, model: keras.Model) -> keras.Model:
    """Returns a model with the weights of a run that has those of its networks alone."""
    load_networks(run.weights_path, named_networks(model))
    for average, network in zip(model.generator_averages, model.generators, strict=False):
        average.set_weights(network.get_weights())
    model.step.assign(read_json(run.status_path, lambda status: int(status["step"])))
    return model


def named_networks(model: keras.Model) -> list[tuple[str, keras.Model]]:
    """Returns the networks that are trained, each with its name in the model."""
    return [(n.name, n) for n in (*model.generator_side, *model.discriminator_side)]


def from_preset(preset: str, load_weights: bool = True, **settings) -> keras.Model:
    """Returns the model of a preset, uncompiled, with the weights that ship of it.

    Args:
        preset: its name, such as `"dcgan/sample"`.
        load_weights: whether with the weights; otherwise it is newly initialised, and any preset
            will do.
        **settings: overrides, as in `load_config`, such as `precision="bfloat16"`.

    Raises:
        InputError: for an unknown preset or setting.
        ResourceError: if no weights ship of the preset, or they do not fit the settings.

    Example:

    >>> import ganzoo, numpy as np
    >>> model = ganzoo.from_preset("dcgan/sample")
    >>> model.predict(np.random.default_rng(0).standard_normal((16, 100)), verbose=0).shape
    (16, 28, 28, 1)
    """
    if preset not in list_presets():
        raise unknown("preset", preset, list_presets())
    model = create_from_config(load_config(preset, **settings))
    if not load_weights:
        return model
    run = open_run(pretrained.shipped_folder(preset))
    return _with_class_names(with_weights_of(run, model), run)


def missing_networks(model: keras.Model, run: Run) -> list[str]:
    """Returns the names of the networks that an imported or pretrained run has no weights of."""
    imported = run.imported()
    if imported is not None:
        given = {file["network"] for file in imported}
    elif run.weights_path.exists():
        given = {name.partition("/")[0] for name in read_safetensors(run.weights_path)}
    else:
        return []
    return [name for name, _ in named_networks(model) if name not in given]


def _leave_out_missing(model, run):
    """Leaves a model the directions that it has a generator of."""
    missing = missing_networks(model, run)
    if hasattr(model, "directions"):
        model.directions = tuple(
            direction
            for direction, generator in zip(model.directions, model.generators, strict=True)
            if generator.name not in missing
        )


def load_model(path: str | os.PathLike, **kwargs) -> keras.Model:
    """Returns a model saved by `model.save`: `keras.models.load_model` with ganzoo's models known.

    Args:
        path: a `.keras` file.
        **kwargs: passed on to `keras.models.load_model`.

    Raises:
        InputError: if `path` is not a `.keras` file.
        ResourceError: if the file is not complete.
    """
    registry.import_models()
    path = path_of(path)
    if path.suffix != ".keras" or not path.is_file():
        raise InputError(f"A saved model is a .keras file. Received: {str(path)!r}")
    check_keras_file(path)
    try:
        return keras.models.load_model(path, **kwargs)
    except zipfile.BadZipFile as error:
        raise ResourceError(
            f"Not a complete .keras file: {error}. Received: {str(path)!r}"
        ) from error
