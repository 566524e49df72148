"""When a checkpoint is written."""

import shutil
import time
from pathlib import Path

import keras

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.errors import InputError
from ganzoo.saving.checkpoints import (
    BEST,
    best_checkpoint,
    checkpoints,
    newest_checkpoint,
    save_checkpoint,
    step_of,
)
from ganzoo.saving.files import write_json

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
        self._last_step = step_of(newest) if newest else None
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
        write_json(self.directory / BEST, best)
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
