"""What training reports, written down: as a table and for TensorBoard."""

import csv
import os
import time

import tensorflow as tf

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.saving.files import path_of, written_atomically


class TrainingLog(EverySteps):
    """Appends a row `step, epoch, <losses>` to a CSV file every `every_steps` steps.

    A loss is its mean since the row before. Rows of steps that the model has not seen, left behind
    by a run that was interrupted after its last checkpoint, are removed when training begins.

    Args:
        path: the file; its folder is made if it is not there.
        every_steps: steps between two rows.
    """

    def __init__(self, path: str | os.PathLike, every_steps: int = 50):
        super().__init__(every_steps)
        self.path = path_of(path)

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._columns = ["step", "epoch", *(metric.name for metric in self.model.metrics)]
        rows = []
        if self.path.exists():
            with self.path.open(newline="") as file:
                rows = [row for row in csv.DictReader(file) if self._was_seen(row)]
        with (
            written_atomically(self.path) as temporary,
            temporary.open("w", newline="") as file,
        ):
            writer = csv.DictWriter(file, self._columns, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    def _was_seen(self, row):
        """Whether a row is complete, and of a step that the model has seen."""
        step = row.get("step") or ""
        return step.isdecimal() and int(step) <= self.step and None not in row.values()

    def on_epoch_begin(self, epoch, logs=None):
        super().on_epoch_begin(epoch, logs)
        self._epoch = epoch

    def on_steps(self, step, means):
        row = {"step": step, "epoch": self._epoch, **means}
        with self.path.open("a", newline="") as file:
            csv.DictWriter(file, self._columns, extrasaction="ignore").writerow(row)


class TensorBoard(EverySteps):
    """Writes the losses' means and the steps per second as TensorBoard scalars.

    Keras's own `TensorBoard` works with these models too; it writes a value per epoch.

    Args:
        log_dir: TensorBoard's folder.
        every_steps: steps between two points.
    """

    def __init__(self, log_dir: str | os.PathLike, every_steps: int = 50):
        super().__init__(every_steps)
        self.log_dir = log_dir

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._writer = tf.summary.create_file_writer(str(self.log_dir))
        self._time, self._time_step = time.perf_counter(), self.step

    def on_steps(self, step, means):
        now = time.perf_counter()
        with self._writer.as_default(step):
            for name, value in means.items():
                tf.summary.scalar(name, value)
            tf.summary.scalar("steps_per_second", (step - self._time_step) / (now - self._time))
        self._time, self._time_step = now, step

    def on_train_end(self, logs=None):
        self._writer.close()
