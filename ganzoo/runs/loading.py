"""The model of a run, loaded again."""

import os
import zipfile
from pathlib import Path

import keras

from ganzoo import registry
from ganzoo.config.config import Config
from ganzoo.config.settings import DTYPES
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.runs.folder import Run, open_run
from ganzoo.saving.checkpoint_folders import best_checkpoint, newest_checkpoint
from ganzoo.saving.checkpoints import restore_checkpoint, restore_newest


def create_from_config(config: Config) -> keras.Model:
    """Returns the new, uncompiled model that a config describes."""
    model_class = registry.model_class(config.model)
    dtype = DTYPES[config.run.precision]
    return model_class(**config.arguments(model_class), dtype=dtype)


def load_run(folder: str | os.PathLike, checkpoint: str = "newest") -> keras.Model:
    """Returns the model of a run, ready to sample; it is not compiled.

    Args:
        folder: what `ganzoo train` wrote.
        checkpoint: `"newest"`, or `"best"` for the weights that did best where training was
            evaluated (`evaluate_every`).

    Raises:
        InputError: for another checkpoint.
        ResourceError: if the folder is not a run's, or holds no such weights yet.
    """
    run = open_run(folder)
    model = _loaded(run, checkpoint)
    if (names := run.class_names()) and hasattr(model, "num_classes"):
        model.class_names = names
    return model


def _loaded(run: Run, checkpoint: str) -> keras.Model:
    """Returns the model with the weights of a checkpoint."""
    if checkpoint not in ("newest", "best"):
        raise unknown("checkpoint", checkpoint, ("newest", "best"))
    config = run.config()
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
    if run.model_path.exists():
        model = load_model(run.model_path)
        _leave_out_missing(model, run)
        return model
    raise ResourceError(f"The run has saved no weights yet. Received: {str(run.folder)!r}")


def missing_networks(model: keras.Model, run: Run) -> list[str]:
    """Returns the names of the model's networks that an imported run has no weights of."""
    imported = run.imported()
    if imported is None:
        return []
    given = {file["network"] for file in imported}
    networks = (*model.generator_side, *model.discriminator_side)
    return [network.name for network in networks if network.name not in given]


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
    if not str(path).endswith(".keras") or not Path(path).is_file():
        raise InputError(f"A saved model is a .keras file. Received: {str(path)!r}")
    try:
        return keras.models.load_model(path, **kwargs)
    except zipfile.BadZipFile as error:
        raise ResourceError(
            f"Not a complete .keras file: {error}. Received: {str(path)!r}"
        ) from error
