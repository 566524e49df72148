"""The base of the callbacks that act every so many training steps."""

import keras

from ganzoo.callbacks.window_means import WindowMeans
from ganzoo.errors import InputError


class EverySteps(keras.callbacks.Callback):
    """Calls `on_steps(step, means)` each time training passes a multiple of `every_steps`.

    `step` counts from the model's creation, through epochs and resumed runs. `means` holds, for
    each value that `fit` reports, its mean since the last call: Keras's own logs are means since
    the epoch began, which hide what happened in the last minutes of a long epoch.

    With `steps_per_execution` it is called at the first chance after the multiple.

    Args:
        every_steps: at which multiples; at least 1.

    Attributes:
        step: the last step that it knows of; None before training begins.
    """

    def __init__(self, every_steps: int):
        super().__init__()
        if every_steps < 1:
            raise InputError(f"every_steps must be at least 1. Received: {every_steps}")
        self.every_steps = every_steps
        self.step = None
        self._window = WindowMeans()

    def on_steps(self, step: int, means: dict[str, float]) -> None:
        raise NotImplementedError

    def get_state(self) -> dict:
        """Returns what it needs, as JSON values, to go on after an interruption as without one.

        `Checkpoints` saves it with the weights. A callback that keeps more than the means since the
        last call adds it here, and takes it back in `set_state`.
        """
        return self._window.get_state()

    def set_state(self, state: dict) -> None:
        """Goes on from a state that `get_state` returned; before training begins."""
        self._window.set_state(state)

    def on_train_begin(self, logs=None):
        self.step = int(self.model.step.numpy())

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_step = self.step
        # A resumed epoch begins with the running means that it was interrupted with.
        self._epoch_count = int(self.model.metrics[0].count.numpy())
        if self._epoch_count == 0:
            self._window.begin_epoch()
        self._update({metric.name: metric.result() for metric in self.model.metrics})

    def on_train_batch_end(self, batch, logs=None):
        before = self.step
        self.step = self._epoch_step + batch + 1
        self._update(logs)
        if self.step // self.every_steps > before // self.every_steps:
            self.on_steps(self.step, self._window.close())

    def on_epoch_end(self, epoch, logs=None):
        # With steps_per_execution the last batch number of an epoch may be too high.
        self.step = int(self.model.step.numpy())
        self._update(self._logs)

    def _update(self, logs):
        self._logs = logs
        lazy = self.model.lazy_loss_names
        counts = {m.name: float(m.count.numpy()) for m in self.model.metrics if m.name in lazy}
        self._window.update(self._epoch_count + self.step - self._epoch_step, logs, counts)
