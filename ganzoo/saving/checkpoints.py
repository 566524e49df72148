"""Checkpoints: all that training needs to go on, in folders that are complete or not there."""

import hashlib
import json
import logging
import math
import os
import re
from pathlib import Path

import tensorflow as tf

from ganzoo.errors import DivergenceError, ResourceError
from ganzoo.saving.files import (
    flush_to_disk,
    folder_written_atomically,
    read_json,
    remove_leftovers,
)

logger = logging.getLogger(__name__)
_NAME = re.compile(r"step-(\d{8,})")
BEST = "best.json"


def save_checkpoint(model, directory, states=None) -> Path:
    """Writes a checkpoint of the model as it is now, and returns its folder.

    It is on the disk when this returns. One of the same step is replaced. Only one process may
    write to a directory.

    Args:
        model: a `GANModel`.
        directory: where the checkpoint's folder goes.
        states: of the training's callbacks, `{name: JSON value}`.

    Raises:
        DivergenceError: if a weight is NaN or infinite; nothing is written then.
        ResourceError: if it cannot be written; what was saved before is as it was.
    """
    step = int(model.step.numpy())
    check_weights(model)
    folder = Path(directory) / f"step-{step:08d}"
    remove_leftovers(directory, "step-")
    with folder_written_atomically(folder, if_exists="replace") as temporary:
        temporary.mkdir()
        weights = temporary / "model.weights.h5"
        check_room(model, weights)
        model.save_weights(weights)
        state = {
            "step": step,
            "metrics": {m.name: [float(v.numpy()) for v in m.variables] for m in model.metrics},
            "memories": states or {},  # the callbacks' states
            "sha256": _checksum(weights),
        }
        (temporary / "state.json").write_text(json.dumps(state))
        for path in (*temporary.iterdir(), temporary):
            flush_to_disk(path)
    flush_to_disk(folder.parent)
    return folder


def check_weights(model) -> None:
    """Raises a `DivergenceError` if a weight of the model is NaN or infinite."""
    for weight in model.weights:
        if not tf.reduce_all(tf.math.is_finite(tf.cast(weight, tf.float32))):
            raise DivergenceError(
                f"Weights have become NaN or infinite by step {int(model.step.numpy())}. "
                f"Received: {weight.path}"
            )


def check_room(model, path) -> None:
    """Raises a `ResourceError` if there is no room for the model in a new file `path`.

    HDF5 ends the process, with no error to catch, where the disk is full in the middle of a file.
    """
    path = Path(path)
    variables = list(model.weights)
    if model.compiled:
        variables += model.generator_optimizer.variables + model.discriminator_optimizer.variables
    size = sum(math.prod(v.shape) * tf.as_dtype(v.dtype).size + 4096 for v in variables)
    with path.open("wb") as file:
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            raise ResourceError(
                f"There is no room for the weights, {size / 1e6:,.1f} MB: {error.strerror}; what "
                f"was saved before is as it was. Received: {str(path)!r}"
            ) from error
        finally:
            path.unlink()


def _checksum(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def checkpoints(directory) -> list[Path]:
    """Returns the checkpoints' folders in `directory`, oldest first."""
    directory = Path(directory)
    found = directory.iterdir() if directory.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), key=step_of)


def step_of(folder: Path) -> int:
    """Returns the step of a checkpoint's folder."""
    return int(_NAME.fullmatch(folder.name)[1])


def newest_checkpoint(directory) -> Path | None:
    """Returns the folder of the newest checkpoint in `directory`, or None if there is none."""
    return next(reversed(checkpoints(directory)), None)


def best_checkpoint(directory) -> Path | None:
    """Returns the folder of the best checkpoint in `directory`, or None if none was chosen.

    Raises:
        ResourceError: if the file that names it is damaged.
    """
    directory = Path(directory)
    try:
        return read_json(directory / BEST, lambda best: directory / f"step-{best['step']:08d}")
    except FileNotFoundError:
        return None


def set_aside_newer(directory, step: int) -> None:
    """Renames the checkpoints of later steps, `step-N` to `step-N.damaged`: nothing is deleted.

    Where that name is taken, by an earlier damage at the same step, it is `step-N.damaged-2`.
    """
    for folder in checkpoints(directory):
        if step_of(folder) > step:
            aside = folder.with_name(f"{folder.name}.damaged")
            number = 2
            while aside.exists():
                aside = folder.with_name(f"{folder.name}.damaged-{number}")
                number += 1
            folder.rename(aside)


def restore_newest(model, directory) -> dict | None:
    """Puts the newest complete checkpoint into the model; a warning names damaged ones after it.

    Args:
        model: a model of the same class and settings as the checkpoints'.
        directory: what `Checkpoints` wrote to.

    Returns:
        What `restore_checkpoint` returns, or None if there is no checkpoint at all.

    Raises:
        ResourceError: if there are checkpoints, but all are damaged or another model's.
    """
    error = None
    for folder in reversed(checkpoints(directory)):
        try:
            return restore_checkpoint(model, folder)
        except ResourceError as damage:
            logger.warning("Passed over: %s", damage)
            error = error or damage
    if error is not None:
        raise error
    return None


def restore_checkpoint(model, folder) -> dict:
    """Puts a checkpoint's weights into the model and, if it is compiled, into its optimizers.

    Args:
        model: a model of the same class and settings.
        folder: what `newest_checkpoint` returned.

    Returns:
        The rest of the checkpoint: `{"step": int, "metrics": {name: [total, count]}, "states":
        {name: of a callback}}`.

    Raises:
        ResourceError: if the folder holds no complete checkpoint of such a model.
    """
    folder = Path(folder)
    weights = folder / "model.weights.h5"
    try:
        state = json.loads((folder / "state.json").read_text())
        if _checksum(weights) != state.pop("sha256"):
            raise ValueError("the weights are not what was written")
        state = {
            "step": int(state["step"]),
            "metrics": dict(state["metrics"]),
            "states": dict(state["memories"]),
        }
        model.load_weights(weights)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ResourceError(
            f"Not a whole checkpoint of this model: {reason}. Received: {str(folder)!r}"
        ) from error
    return state
