"""How much of the bare training step's speed a whole run keeps.

    python tests/benchmarks/whole_run.py --dataset celeb_a

`ganzoo.train` runs as it always does, input, logs, grids and checkpoints at their defaults. After
each window of it the same compiled step runs for as many steps on one batch that is already in
memory, and nothing else; so both see the same machine. Printed are the windows, their medians and
the ratio, and the process's peak memory apart from the image cache, at the start and at the end.
"""

import argparse
import math
import resource
import statistics
import tempfile
import time

import keras
import tensorflow as tf

from ganzoo import load_config, training
from ganzoo.data.sources import open_sources


class BareWindows(keras.callbacks.Callback):
    """Lets training run for a window, then runs the bare step for as many steps."""

    def __init__(self, batch_size, window, warm_up):
        super().__init__()
        self.batch_size = batch_size
        self.window = window
        self.seen = -warm_up
        self.run_times, self.bare_times, self.memory = [], [], []

    def on_train_begin(self, logs=None):
        shape = (self.batch_size, *self.model.image_shape)
        batch = tf.data.Dataset.from_tensors(tf.random.uniform(shape, -1, 1)).cache().repeat()
        self.batches = iter(batch.prefetch(2))

    def on_train_batch_begin(self, batch, logs=None):
        if self.seen >= 0 and self.seen % self.window == 0:
            self.start = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.seen += 1
        if self.seen <= 0 or self.seen % self.window:
            return
        self.run_times.append((time.perf_counter() - self.start) / self.window)
        trackers = [v for metric in self.model.metrics for v in metric.variables]
        state = [v.numpy() for v in trackers]
        step = self.model.step.numpy()
        start = time.perf_counter()
        for _ in range(self.window):
            logs = self.model.train_function(self.batches)
        float(next(iter(logs.values())))
        self.bare_times.append((time.perf_counter() - start) / self.window)
        self.model.step.assign(step)
        for variable, value in zip(trackers, state, strict=True):
            variable.assign(value)
        self.memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
        print(
            f"window {len(self.run_times)}: run {1000 * self.run_times[-1]:.1f} ms a step, "
            f"bare {1000 * self.bare_times[-1]:.1f} ms, peak memory {self.memory[-1]:.2f} GiB",
            flush=True,
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default="dcgan")
    parser.add_argument("--dataset", default="sample")
    parser.add_argument("--window", type=int, default=100)
    parser.add_argument("--windows", type=int, default=10)
    arguments = parser.parse_args()

    warm_up = 25
    steps = warm_up + arguments.windows * arguments.window
    config = load_config(arguments.model, arguments.dataset, steps=steps)
    settings = config.values
    dataset, split, data_dir = (settings[name] for name in ("dataset", "split", "data_dir"))
    (source,) = open_sources(dataset, "images", split, data_dir)
    cache = source.size * math.prod(settings["image_shape"]) / 2**30
    windows = BareWindows(settings["batch_size"], arguments.window, warm_up)
    with tempfile.TemporaryDirectory() as folder:
        training.train(config, run_dir=f"{folder}/run", more_callbacks=[windows])
    run, bare = windows.run_times, windows.bare_times
    print(
        f"{arguments.model} on {arguments.dataset}, {len(run)} windows of {arguments.window} steps:"
        f" median step of the whole run {1000 * statistics.median(run):.1f} ms, of the bare step "
        f"{1000 * statistics.median(bare):.1f} ms. The run keeps "
        f"{statistics.median(bare) / statistics.median(run):.1%} of the bare step's speed by the "
        f"medians, {sum(bare) / sum(run):.1%} by the sums. Peak memory besides {cache:.2f} GiB of "
        f"image cache: {windows.memory[0] - cache:.2f} GiB after the first window, "
        f"{windows.memory[-1] - cache:.2f} after the last."
    )


if __name__ == "__main__":
    main()
