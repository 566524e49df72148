"""Checkpoints: all that training needs to go on, in folders that are whole or not there."""

import hashlib
import json
import logging
import math
import os
import re
import shutil
import time
from pathlib import Path

import keras
import tensorflow as tf

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.errors import DivergenceError, InputError, ResourceError

logger = logging.getLogger(__name__)
_NAME = re.compile(r"step-(\d{8,})")
_BEST = "best.json"
# At the end of an epoch a checkpoint is written if the last one took at most this part of the time
# that has passed since; so short epochs do not slow training down.
_SHARE_OF_TIME = 0.01


class Checkpoints(EverySteps):
    """Writes `DIRECTORY/step-N/` from time to time and when training ends.

    That is every `every_steps` steps, when `minutes` have passed since the last one, and at the end
    of an epoch unless it would take over a hundredth of the time. A checkpoint is
    `model.weights.h5`, which `model.load_weights` reads (networks, moving averages, pools, both
    optimizers, the step), and `state.json` with the epoch's running means, what other callbacks
    remember, and the checksum of the weights.

    Args:
        directory: where the checkpoints go; made if it is not there.
        every_steps: steps between two checkpoints.
        minutes: the most that a kill can cost, about.
        keep: how many of the newest are kept, beside the best one if `KeepBest` chooses one.
        others: callbacks whose `memory` is saved, by a name; they come before this one in `fit`.
    """

    def __init__(
        self,
        directory,
        every_steps: int = 10_000,
        minutes: float = 10.0,
        keep: int = 3,
        others=None,
    ):
        super().__init__(every_steps)
        if keep < 1 or minutes <= 0:
            raise InputError(
                f"keep must be at least 1 and minutes above 0. Received: {keep}, {minutes}"
            )
        self.directory = Path(directory)
        self.minutes = minutes
        self.keep = keep
        self.others = others or {}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.directory.mkdir(parents=True, exist_ok=True)
        newest = newest_checkpoint(self.directory)
        self._last_step = _step(newest) if newest else None
        self._last_time, self._last_cost = time.monotonic(), 0.0
        if newest and self._last_step > self.step:
            raise InputError(
                f"The folder has checkpoints of later steps than the model's, {self.step}; restore "
                f"the newest, or name another folder. Received: {str(newest)!r}"
            )

    def on_steps(self, step, means):
        self._save()

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if time.monotonic() - self._last_time > 60 * self.minutes:
            self._save()

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if self._last_cost <= _SHARE_OF_TIME * (time.monotonic() - self._last_time):
            self._save()

    def on_train_end(self, logs=None):
        self._save()

    def save_best(self, name: str, value: float) -> None:
        """Saves a checkpoint now, and notes that it is the best so far.

        Args:
            name: of the figure that it is best by.
            value: the figure.
        """
        self._save()
        best = {"step": int(self.model.step.numpy()), name: value}
        temporary = self.directory / ".best.json.part"
        temporary.write_text(json.dumps(best) + "\n")
        temporary.replace(self.directory / _BEST)
        self._remove_old()

    def _remove_old(self):
        best = best_checkpoint(self.directory)
        for old in checkpoints(self.directory)[: -self.keep]:
            if old != best:
                shutil.rmtree(old)

    def _save(self):
        # Asked of the model: after a Ctrl-C it may be a step ahead of what callbacks were told.
        step = int(self.model.step.numpy())
        if step == self._last_step:
            return
        self._last_step = step
        begin = time.monotonic()
        save_checkpoint(
            self.model,
            self.directory,
            {name: callback.memory for name, callback in self.others.items()},
        )
        self._remove_old()
        self._last_time = time.monotonic()
        self._last_cost = self._last_time - begin


class RestoreMetrics(keras.callbacks.Callback):
    """Gives the first epoch of a resumed training the running means it was interrupted with."""

    def __init__(self, metrics: dict[str, list[float]]):
        super().__init__()
        self.metrics = metrics

    def on_epoch_begin(self, epoch, logs=None):
        for metric in self.model.metrics:
            if metric.name in self.metrics:
                values = self.metrics.pop(metric.name)
                for variable, value in zip(metric.variables, values, strict=True):
                    variable.assign(value)


def save_checkpoint(model, directory, memories=None) -> Path:
    """Writes a checkpoint of the model as it is now, and returns its folder.

    Args:
        model: a `GANModel`.
        directory: where the checkpoint's folder goes.
        memories: what callbacks remember, `{name: JSON value}`.

    Raises:
        DivergenceError: if a weight is NaN or infinite; nothing is written then.
        ResourceError: if the disk has no room for it.
    """
    step = int(model.step.numpy())
    check_weights(model)
    folder = Path(directory) / f"step-{step:08d}"
    temporary = Path(directory) / f".step-{step:08d}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    weights = temporary / "model.weights.h5"
    check_room(model, weights)
    model.save_weights(weights)
    state = {
        "step": step,
        "metrics": {m.name: [float(v.numpy()) for v in m.variables] for m in model.metrics},
        "memories": memories or {},
        "sha256": _checksum(weights),
    }
    (temporary / "state.json").write_text(json.dumps(state))
    for path in (*temporary.iterdir(), temporary):
        _flush(path)
    if folder.exists():
        shutil.rmtree(folder)
    temporary.rename(folder)
    _flush(folder.parent)
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
    """Raises a `ResourceError` if there is no room for the model in the file `path`.

    HDF5 ends the process, with no error to catch, where the disk is full in the middle of a file.
    """
    path = Path(path)
    variables = list(model.weights)
    if model.compiled:
        variables += model.generator_optimizer.variables + model.discriminator_optimizer.variables
    size = sum(math.prod(v.shape) * tf.as_dtype(v.dtype).size + 4096 for v in variables)
    try:
        with path.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, size)
    except OSError as error:
        raise ResourceError(
            f"There is no room for the weights, {size / 1e6:,.1f} MB: {error.strerror}; what was "
            f"saved before is as it was. Received: {str(path)!r}"
        ) from error
    finally:
        path.unlink()


def _checksum(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _flush(path):
    """Waits until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checkpoints(directory) -> list[Path]:
    """Returns the checkpoints' folders in `directory`, oldest first."""
    directory = Path(directory)
    found = directory.iterdir() if directory.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), key=_step)


def _step(folder):
    return int(_NAME.fullmatch(folder.name)[1])


def newest_checkpoint(directory) -> Path | None:
    """Returns the folder of the newest checkpoint in `directory`, or None if there is none."""
    return next(reversed(checkpoints(directory)), None)


def best_checkpoint(directory) -> Path | None:
    """Returns the folder of the best checkpoint in `directory`, or None if none was chosen."""
    directory = Path(directory)
    try:
        step = json.loads((directory / _BEST).read_text())["step"]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise ResourceError(
            f"Not what ganzoo wrote: {error}. Received: {str(directory / _BEST)!r}"
        ) from error
    return directory / f"step-{step:08d}"


def set_aside_newer(directory, step: int) -> None:
    """Renames the checkpoints of later steps, `step-N` to `step-N.damaged`: nothing is deleted."""
    for folder in checkpoints(directory):
        if _step(folder) > step:
            folder.rename(folder.with_name(f"{folder.name}.damaged"))


def restore_newest(model, directory) -> dict | None:
    """Puts the newest whole checkpoint into the model; damaged ones are passed over, and said so.

    Args:
        model: a model of the same class and settings as the checkpoints'.
        directory: what `Checkpoints` wrote to.

    Returns:
        What `restore_checkpoint` returns, or None if there is no checkpoint at all.

    Raises:
        ResourceError: if there are checkpoints, but none is whole.
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
        The rest of the checkpoint: `{"step": int, "metrics": {name: [total, count]}, "memories":
        {name: a callback's memory}}`.

    Raises:
        ResourceError: if the folder holds no whole checkpoint of such a model.
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
            "memories": dict(state["memories"]),
        }
        model.load_weights(weights)
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ResourceError(
            f"Not a whole checkpoint of this model: {reason}. Received: {str(folder)!r}"
        ) from error
    return state
