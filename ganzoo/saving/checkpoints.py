"""Checkpoints: all that training needs to go on, in folders that are complete or not there."""

import hashlib
import json
import logging
import math
import os
from pathlib import Path

import tensorflow as tf

from ganzoo.errors import DivergenceError, ResourceError
from ganzoo.saving.checkpoint_folders import checkpoints
from ganzoo.saving.files import (
    flush_to_disk,
    folder_written_atomically,
    path_of,
    remove_leftovers,
)

logger = logging.getLogger(__name__)


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
    folder = path_of(directory) / f"step-{step:08d}"
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
    path = path_of(path)
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
    folder = path_of(folder)
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
