"""Checkpoints: all that training needs to go on, in folders that are whole or not there."""

import json
import os
import re
import shutil
from pathlib import Path

import keras

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.errors import InputError, ResourceError

_NAME = re.compile(r"step-(\d{8,})")


class Checkpoints(EverySteps):
    """Writes `DIRECTORY/step-N/` every `every_steps` steps and when training ends.

    A checkpoint is `model.weights.h5`, which `model.load_weights` reads (networks, moving average,
    both optimizers, the step), and `state.json` with the epoch's running means.

    Args:
        directory: where the checkpoints go; made if it is not there.
        every_steps: steps between two checkpoints.
        keep: how many of the newest are kept.
    """

    def __init__(self, directory, every_steps: int = 1000, keep: int = 3):
        super().__init__(every_steps)
        if keep < 1:
            raise InputError(f"keep must be at least 1. Received: {keep}")
        self.directory = Path(directory)
        self.keep = keep

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.directory.mkdir(parents=True, exist_ok=True)
        newest = newest_checkpoint(self.directory)
        self._last_step = _step(newest) if newest else None
        if newest and self._last_step > self.step:
            raise InputError(
                f"The folder has checkpoints of later steps than the model's, {self.step}; restore "
                f"the newest, or name another folder. Received: {str(newest)!r}"
            )

    def on_steps(self, step, means):
        self._save()

    def on_train_end(self, logs=None):
        self._save()

    def _save(self):
        # Asked of the model: after a Ctrl-C it may be a step ahead of what callbacks were told.
        step = int(self.model.step.numpy())
        if step == self._last_step:
            return
        self._last_step = step
        save_checkpoint(self.model, self.directory)
        for old in checkpoints(self.directory)[: -self.keep]:
            shutil.rmtree(old)


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


def save_checkpoint(model, directory) -> Path:
    """Writes a checkpoint of the model as it is now, and returns its folder."""
    step = int(model.step.numpy())
    folder = Path(directory) / f"step-{step:08d}"
    temporary = Path(directory) / f".step-{step:08d}.part"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    model.save_weights(temporary / "model.weights.h5")
    metrics = {m.name: [float(v.numpy()) for v in m.variables] for m in model.metrics}
    (temporary / "state.json").write_text(json.dumps({"step": step, "metrics": metrics}))
    for path in temporary.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
    if folder.exists():
        shutil.rmtree(folder)
    temporary.rename(folder)
    return folder


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


def restore_checkpoint(model, folder) -> dict:
    """Puts a checkpoint's weights into the model and, if it is compiled, into its optimizers.

    Args:
        model: a model of the same class and settings.
        folder: what `newest_checkpoint` returned.

    Returns:
        The rest of the checkpoint: `{"step": int, "metrics": {name: [total, count]}}`.

    Raises:
        ResourceError: if the folder holds no whole checkpoint of such a model.
    """
    folder = Path(folder)
    try:
        state = json.loads((folder / "state.json").read_text())
        state = {"step": int(state["step"]), "metrics": dict(state["metrics"])}
        model.load_weights(folder / "model.weights.h5")
    except (OSError, ValueError, KeyError, TypeError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ResourceError(
            f"Not a whole checkpoint of this model: {reason}. Received: {str(folder)!r}"
        ) from error
    return state
