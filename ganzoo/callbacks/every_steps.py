"""The base of the callbacks that act every so many training steps."""

import keras

from ganzoo.errors import InputError


class EverySteps(keras.callbacks.Callback):
    """Calls `on_steps(step, means)` each time training passes a multiple of `every_steps`.

    `step` counts from the model's creation, through epochs and resumed runs. `means` holds, for
    each value that `fit` reports, its mean since the last call: Keras's own logs are means since
    the epoch began, which hide what happened in the last minutes of a long epoch.
    """

    def __init__(self, every_steps: int):
        super().__init__()
        if every_steps < 1:
            raise InputError(f"every_steps must be at least 1. Received: {every_steps}")
        self.every_steps = every_steps

    def on_steps(self, step: int, means: dict[str, float]) -> None:
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        self.step = int(self.model.step.numpy())
        self._kept, self._kept_count = {}, 0  # sums of earlier epochs, not yet handed on

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_step = self.step
        # A resumed epoch begins with the sums that it had when it was interrupted.
        self._epoch_count = int(self.model.metrics[0].count.numpy())
        self._logs, self._count = None, self._epoch_count
        self._mark_epoch(self._epoch_count)

    def on_train_batch_end(self, batch, logs=None):
        before = self.step
        self._logs = logs
        self._count = self._epoch_count + batch + 1
        self.step = self._epoch_step + batch + 1
        if self.step // self.every_steps > before // self.every_steps:
            self.on_steps(self.step, self._take_means())

    def on_epoch_end(self, epoch, logs=None):
        # With steps_per_execution the last call of an epoch may have been shorter than it said.
        self.step = int(self.model.step.numpy())
        sums, count = self._since_mark()
        self._kept = {name: self._kept.get(name, 0.0) + value for name, value in sums.items()}
        self._kept_count += count
        self._mark, self._mark_count = self._epoch_sums(), self._count

    def _mark_epoch(self, count):
        self._mark_count = count
        self._mark = {metric.name: float(metric.total.numpy()) for metric in self.model.metrics}

    def _epoch_sums(self):
        return {name: float(mean) * self._count for name, mean in (self._logs or {}).items()}

    def _since_mark(self):
        sums = {
            name: value - self._mark.get(name, 0.0) for name, value in self._epoch_sums().items()
        }
        return sums, self._count - self._mark_count

    def _take_means(self):
        sums, count = self._since_mark()
        count += self._kept_count
        means = {name: (value + self._kept.get(name, 0.0)) / count for name, value in sums.items()}
        self._kept, self._kept_count = {}, 0
        self._mark, self._mark_count = self._epoch_sums(), self._count
        return means
