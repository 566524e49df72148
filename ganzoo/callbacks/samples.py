"""Grids of what the model makes of the same input, over time."""

import os

import numpy as np
import tensorflow as tf

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.images.files import save_image
from ganzoo.images.grids import image_grid
from ganzoo.saving.files import path_of


class SampleGrids(EverySteps):
    """Writes `DIRECTORY/TITLE-STEP.png`, a grid of `model.sample_images(batch)`.

    Grids are made before the first step, every `every_steps` steps, and when training ends; not
    where it is stopped before its end, as by Ctrl-C, so that one that is stopped and resumed leaves
    the same grids as one that is not.

    Args:
        directory: where the pictures go; made if it is not there.
        batch: a batch in the model's format, the same at all times. A model that samples from
            noise takes from it only how many images to make.
        every_steps: steps between two grids.
        log_dir: a TensorBoard folder to which the grids are written as well.
    """

    def __init__(
        self,
        directory: str | os.PathLike,
        batch,
        every_steps: int = 250,
        log_dir: str | os.PathLike | None = None,
    ):
        super().__init__(every_steps)
        self.directory = path_of(directory)
        self.batch = batch
        self.log_dir = log_dir

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self.directory.mkdir(parents=True, exist_ok=True)
        self._writer = tf.summary.create_file_writer(str(self.log_dir)) if self.log_dir else None
        self._last_step = None
        if self.step % self.every_steps == 0:
            self._write(self.step)

    def on_steps(self, step, means):
        self._write(step)

    def on_train_end(self, logs=None):
        if not self.model.stop_training:
            self._write(self.step)
        if self._writer is not None:
            self._writer.close()

    def _write(self, step):
        if step == self._last_step:
            return
        self._last_step = step
        for title, images in self.model.sample_images(self.batch).items():
            grid = image_grid(images, enlarge=True)
            save_image(self.directory / f"{title}-{step:08d}.png", grid)
            if self._writer is not None:
                with self._writer.as_default(step):
                    tf.summary.image(title, np.expand_dims(grid, 0))
