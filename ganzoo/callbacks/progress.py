"""A progress bar with losses and images per second."""

import sys
import time

import keras
from tqdm import tqdm


class Progress(keras.callbacks.Callback):
    """Shows one progress bar for all of training, on standard error.

    On a terminal it is redrawn twice a second; in a file it is a line every half minute. Values are
    Keras's: means since the epoch began.

    Args:
        total_steps: where training ends, in steps from the model's creation.
        batch_size: images in a step.
    """

    def __init__(self, total_steps: int, batch_size: int):
        super().__init__()
        self.total_steps = total_steps
        self.batch_size = batch_size
        self._bar = None
        self.interval = 0.5 if sys.stderr.isatty() else 30.0

    def on_train_begin(self, logs=None):
        self._step = int(self.model.step.numpy())
        self._bar = tqdm(
            total=self.total_steps, initial=self._step, unit="step", dynamic_ncols=True,
            mininterval=self.interval, maxinterval=float("inf"), miniters=0,
        )  # fmt: skip
        self._shown, self._shown_step, self._logs = time.perf_counter(), self._step, {}

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_step = self._step
        self._bar.set_description(f"epoch {epoch + 1}", refresh=False)

    def on_train_batch_end(self, batch, logs=None):
        self._logs = logs
        # With steps_per_execution the last batch number of an epoch may be too high.
        self._step = min(self._epoch_step + batch + 1, self.total_steps)
        if time.perf_counter() - self._shown >= self.interval:
            self._show()

    def on_epoch_end(self, epoch, logs=None):
        self._step = int(self.model.step.numpy())

    def on_train_end(self, logs=None):
        if self._step > self._shown_step:
            self._show()
        self.close()

    def close(self) -> None:
        """Ends the bar's line, even where training ends with an error."""
        if self._bar is not None:
            self._bar.close()

    def _show(self):
        now = time.perf_counter()
        images = (self._step - self._shown_step) * self.batch_size
        values = {name.removesuffix("_loss"): f"{float(v):.3f}" for name, v in self._logs.items()}
        speed = f"{images / (now - self._shown):,.0f}"
        self._bar.set_postfix(values | {"images/s": speed}, refresh=False)
        self._bar.update(self._step - self._bar.n)
        self._shown, self._shown_step = now, self._step
