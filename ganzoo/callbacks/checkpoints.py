"""When a checkpoint is written."""

import os
import shutil
import time
from collections.abc import Mapping

import keras

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.callbacks.keep_best import KeepBest
from ganzoo.errors import InputError
from ganzoo.saving.checkpoint_folders import (
    BEST,
    best_checkpoint,
    checkpoints,
    newest_checkpoint,
    step_of,
)
from ganzoo.saving.checkpoints import save_checkpoint
from ganzoo.saving.files import path_of, write_json

# At the end of an epoch a checkpoint is written if the last one took at most this part of the time
# that has passed since; so short epochs do not slow training down.
_SHARE_OF_TIME = 0.01


class Checkpoints(EverySteps):
    """Writes `DIRECTORY/step-N/` from time to time and when training ends.

    That is every `every_steps` steps, when `minutes` have passed since the last one, and at the end
    of an epoch unless it would take over a hundredth of the time. A checkpoint is
    `model.weights.h5`, which `model.load_weights` reads (networks, moving averages, pools, both
    optimizers, the step), and `state.json` with the epoch's running means, the state of other
    callbacks, and the checksum of the weights.

    Args:
        directory: where the checkpoints go; made if it is not there.
        every_steps: steps between two checkpoints.
        minutes: the most that a kill can cost, about.
        keep: how many of the newest are kept.
        stateful: callbacks whose `get_state()` is saved, by a name; they come before this one in
            the callbacks of `fit`, so that they have seen the step that is saved.
        best: the callback whose best step gets a checkpoint of its own, kept along with the newest
            ones; it comes before this one too, and its state is saved as `"best"`.

    Raises:
        InputError: if `keep` or `minutes` is out of range; and when training begins, if there are
            checkpoints of later steps, or one of these callbacks does not come before this one.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        every_steps: int = 10_000,
        minutes: float = 10.0,
        keep: int = 3,
        stateful: Mapping[str, EverySteps] | None = None,
        best: KeepBest | None = None,
    ):
        super().__init__(every_steps)
        if keep < 1 or minutes <= 0:
            raise InputError(
                f"keep must be at least 1 and minutes above 0. Received: {keep}, {minutes}"
            )
        self.directory = path_of(directory)
        self.minutes = minutes
        self.keep = keep
        self.stateful = dict(stateful or {}) | ({} if best is None else {"best": best})
        self.best = best

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._check_order()
        self.directory.mkdir(parents=True, exist_ok=True)
        newest = newest_checkpoint(self.directory)
        self._last_step = step_of(newest) if newest else None
        self._last_time, self._last_cost = time.monotonic(), 0.0
        if newest and self._last_step > self.step:
            raise InputError(
                f"The folder has checkpoints of later steps than the model's, {self.step}; restore "
                f"the newest, or name another folder. Received: {str(newest)!r}"
            )

    def _check_order(self):
        late = [name for name, callback in self.stateful.items() if callback.step is None]
        if late:
            raise InputError(
                "Checkpoints comes after the callbacks whose state it saves. "
                f"Received: before {', '.join(late)}, or without"
            )

    def on_steps(self, step, means):
        self._save()

    def on_train_batch_end(self, batch, logs=None):
        super().on_train_batch_end(batch, logs)
        if self.best is not None and self.best.best_step == self.step:
            self._save()
            self._mark_best()
        if time.monotonic() - self._last_time > 60 * self.minutes:
            self._save()

    def on_epoch_end(self, epoch, logs=None):
        super().on_epoch_end(epoch, logs)
        if self._last_cost <= _SHARE_OF_TIME * (time.monotonic() - self._last_time):
            self._save()

    def on_train_end(self, logs=None):
        self._save()

    def _mark_best(self):
        """Writes down that the checkpoint of this step is the best, and removes the one before."""
        best = {"step": int(self.model.step.numpy()), self.best.name: self.best.best}
        write_json(self.directory / BEST, best)
        self._remove_old()

    def _remove_old(self):
        best = best_checkpoint(self.directory)
        for old in checkpoints(self.directory)[: -self.keep]:
            if old != best:
                shutil.rmtree(old)

    def _save(self):
        # Taken from the model: after a Ctrl-C it may be a step ahead of what callbacks have seen.
        step = int(self.model.step.numpy())
        if step == self._last_step:
            return
        self._last_step = step
        begin = time.monotonic()
        states = {name: callback.get_state() for name, callback in self.stateful.items()}
        save_checkpoint(self.model, self.directory, states)
        self._remove_old()
        self._last_time = time.monotonic()
        self._last_cost = self._last_time - begin


class RestoreMetrics(keras.callbacks.Callback):
    """Gives the first epoch of a resumed training the running means it was interrupted with."""

    def __init__(self, metrics: Mapping[str, list[float]]):
        super().__init__()
        self.metrics = dict(metrics)  # what is left to give

    def on_epoch_begin(self, epoch, logs=None):
        for metric in self.model.metrics:
            if metric.name in self.metrics:
                values = self.metrics.pop(metric.name)
                for variable, value in zip(metric.variables, values, strict=True):
                    variable.assign(value)
