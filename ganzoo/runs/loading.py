"""The model of a run, loaded again."""

import zipfile
from pathlib import Path

import keras

from ganzoo import registry
from ganzoo.callbacks import best_checkpoint, newest_checkpoint, restore_checkpoint, restore_newest
from ganzoo.config.config import Config
from ganzoo.config.settings import DTYPES
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.runs.folder import open_run


def create_from_config(config: Config) -> keras.Model:
    """Returns the new, uncompiled model that a config describes."""
    model_class = registry.model_class(config.model)
    dtype = DTYPES[config.run_settings().precision]
    return model_class(**config.arguments(model_class), dtype=dtype)


def load_run(folder, checkpoint: str = "newest") -> keras.Model:
    """Returns the model of a run, ready to sample; it is not compiled.

    Args:
        folder: what `ganzoo train` wrote.
        checkpoint: `"newest"`, or `"best"` for the weights that did best where training was
            evaluated (`evaluate_every`).

    Raises:
        InputError: for another checkpoint.
        ResourceError: if the folder is no run, or no such weights were saved in it yet.
    """
    run = open_run(folder)
    if checkpoint not in ("newest", "best"):
        raise unknown("checkpoint", checkpoint, ("newest", "best"))
    if checkpoint == "best":
        best = best_checkpoint(run.checkpoints)
        if best is None:
            raise ResourceError(
                "The run has no best checkpoint: it was not evaluated in training "
                f"(evaluate_every). Received: {str(folder)!r}"
            )
        model = create_from_config(run.config())
        restore_checkpoint(model, best)
        return model
    if newest_checkpoint(run.checkpoints) is not None:
        model = create_from_config(run.config())
        restore_newest(model, run.checkpoints)
        return model
    if run.model_path.exists():
        return load_model(run.model_path)
    raise ResourceError(f"The run has saved no weights yet. Received: {str(folder)!r}")


def load_model(path, **kwargs) -> keras.Model:
    """Returns a model saved by `model.save`: `keras.models.load_model` with ganzoo's models known.

    Args:
        path: a `.keras` file.
        **kwargs: passed on to `keras.models.load_model`.

    Raises:
        InputError: if `path` is no `.keras` file.
    """
    registry.import_models()
    if not str(path).endswith(".keras") or not Path(path).is_file():
        raise InputError(f"A saved model is a .keras file. Received: {str(path)!r}")
    try:
        return keras.models.load_model(path, **kwargs)
    except zipfile.BadZipFile as error:
        raise ResourceError(f"Not a whole .keras file: {error}. Received: {str(path)!r}") from error
