"""How fast a whole run is, against its bare training step."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import keras
import tensorflow as tf

from ganzoo.benchmarking.timing import Times, cpu_ratio, ratio
from ganzoo.config.config import Config
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.runs.loading import create_from_config
from ganzoo.training import train
from ganzoo.training.machine import peak_memory
from ganzoo.training.random_batches import random_batch
from ganzoo.training.step_time import seconds_per_step

_PIPELINE_SECONDS = 2.0
_WARM_UP_STEPS = 50
_WINDOW_SECONDS = 2.0, 60.0  # at least, at most


class BareWindows(keras.callbacks.Callback):
    """Lets training run for a window of steps, then runs the bare step for as many.

    So both see the machine in the same state. A bare step is the same compiled function on one
    batch that is in memory already, and nothing else. What it does to the model is undone: the run
    goes on as if there were no bare steps.

    Args:
        batch: tensors, a batch of the model's format.
        window: steps in a window.
        warm_up: steps before the first window.

    Attributes:
        times: of a step in the run (`"run"`) and bare (`"bare"`), window by window.
        memory: the process's peak memory at the end of the run's first window, in GiB.
    """

    def __init__(self, batch, window: int, warm_up: int):
        super().__init__()
        self.batch = batch
        self.window = window
        self.warm_up = warm_up
        self.times = {"run": Times([], []), "bare": Times([], [])}
        self.memory = None

    def on_train_begin(self, logs=None):
        batches = tf.data.Dataset.from_tensors(self.batch).cache().repeat()
        self._batches = iter(batches.prefetch(2))
        self._left = self.warm_up  # steps before the first window, later those left in this one
        self._start = None

    def on_train_batch_begin(self, batch, logs=None):
        if self._left <= 0 and self._start is None:
            self._start, self._left = _clocks(), self.window

    def on_train_batch_end(self, batch, logs=None):
        steps_at_once = self.model.steps_per_execution
        self._left -= steps_at_once
        if self._left > 0 or self._start is None:
            return
        float(next(iter(logs.values())))
        steps = self.window - self._left
        self._record("run", self._start, steps)
        if self.memory is None:
            self.memory = peak_memory()
        trained = [
            *self.model.weights,
            *(variable for metric in self.model.metrics for variable in metric.variables),
            *self.model.generator_optimizer.variables,
            *self.model.discriminator_optimizer.variables,
        ]
        values = [variable.numpy() for variable in trained]
        start = _clocks()
        for _ in range(steps // steps_at_once):
            logs = self.model.train_function(self._batches)
        float(next(iter(logs.values())))
        self._record("bare", start, steps)
        for variable, value in zip(trained, values, strict=True):
            variable.assign(value)
        self._start = None

    def _record(self, name, start, steps):
        for taken, now, before in zip(self.times[name], _clocks(), start, strict=True):
            taken.append((now - before) / steps)


def _clocks():
    return time.perf_counter(), time.process_time()


def measure(config: Config, windows: int, window: int | None = None) -> dict[str, float]:
    """Trains for some windows of steps, and returns how fast that and the bare step were.

    Args:
        config: of the run; its folder is a temporary one.
        windows: how many.
        window: steps in each; left out, `steps_of_a_window`.

    Returns:
        `run_ms` and `bare_ms`, the medians of a step's milliseconds; `share_of_bare` and
        `share_of_bare_cpu`, the run's speed as a fraction of the bare step's, the median over
        windows; `images_per_second` of the run; and its `peak_memory_gib`.
    """
    window = window or steps_of_a_window(config.values, seconds_per_step(config))
    warm_up = min(window, _WARM_UP_STEPS)
    callback = BareWindows(random_batch(config, create_from_config(config)), window, warm_up)
    steps = {"steps": warm_up + windows * window, "epochs": None, "distribute": "none"}
    config = Config(config.model, config.values | steps)
    with tempfile.TemporaryDirectory() as folder:
        train.train(config, run_dir=Path(folder) / "run", more_callbacks=[callback])
    run, bare = callback.times["run"], callback.times["bare"]
    return {
        "run_ms": 1000 * run.median,
        "bare_ms": 1000 * bare.median,
        "share_of_bare": ratio(run, bare),
        "share_of_bare_cpu": cpu_ratio(run, bare),
        "images_per_second": config.images_per_step / run.median,
        "peak_memory_gib": callback.memory,
    }


def steps_of_a_window(values: dict, seconds: float) -> int:
    """Returns the length of a window: all that happens every so many steps happens in each.

    That is the longest interval of log, sample grids and health checks, or a multiple of it,
    within `_WINDOW_SECONDS`.

    Args:
        values: of a config.
        seconds: how long a step takes.
    """
    least, most = (max(1, round(limit / seconds)) for limit in _WINDOW_SECONDS)
    period = max(values["log_every"], values["sample_every"], values["health_every"])
    if period * seconds > _WINDOW_SECONDS[1]:
        return most - most % 50 if most > 50 else most  # of which several can run as one
    return period * -(-least // period)


def pipeline(config: Config) -> float:
    """Returns the images a second of the run's input pipeline alone."""
    data = DataSettings(**config.arguments(DataSettings), shuffle=True)
    batches = iter(open_pipeline(config.values["dataset"], config.batch_format, data).stream())
    next(batches)
    start, count = time.perf_counter(), 0
    while (seconds := time.perf_counter() - start) < _PIPELINE_SECONDS:
        next(batches)
        count += 1
    return count * config.values["batch_size"] / seconds


def first_result(config: Config) -> float:
    """Returns the seconds that a `ganzoo train` process takes to train and save one step."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(config.to_yaml())
        start = time.perf_counter()
        subprocess.run(
            [
                sys.executable, "-m", "ganzoo", "train", str(path), "--steps", "1",
                "--run-dir", f"{folder}/run",
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        return time.perf_counter() - start
