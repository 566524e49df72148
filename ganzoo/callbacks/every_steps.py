"""The base of the callbacks that act every so many training steps."""

import keras

from ganzoo.errors import InputError


class EverySteps(keras.callbacks.Callback):
    """Calls `on_steps(step, means)` each time training passes a multiple of `every_steps`.

    `step` counts from the model's creation, through epochs and resumed runs. `means` holds, for
    each value that `fit` reports, its mean since the last call: Keras's own logs are means since
    the epoch began, which hide what happened in the last minutes of a long epoch.

    Attributes:
        memory: what it knows of the steps since the last call, for a checkpoint: given back to a
            new one before training begins, that one goes on as if there had been no interruption.
    """

    def __init__(self, every_steps: int):
        super().__init__()
        if every_steps < 1:
            raise InputError(f"every_steps must be at least 1. Received: {every_steps}")
        self.every_steps = every_steps
        self.memory = {"sums": {}, "summed": 0}  # of each value, over how many steps

    def on_steps(self, step: int, means: dict[str, float]) -> None:
        raise NotImplementedError

    def on_train_begin(self, logs=None):
        self.step = int(self.model.step.numpy())

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_step = self.step
        # A resumed epoch begins with the running means that it was interrupted with.
        self._epoch_count = int(self.model.metrics[0].count.numpy())
        self._count = self._epoch_count
        self._means = {metric.name: float(metric.result()) for metric in self.model.metrics}

    def on_train_batch_end(self, batch, logs=None):
        before, count_before, means_before = self.step, self._count, self._means
        self.step = self._epoch_step + batch + 1
        self._count = self._epoch_count + batch + 1
        self._means = {name: float(mean) for name, mean in logs.items()}
        self.memory["summed"] += self._count - count_before
        sums = self.memory["sums"]
        for name, mean in self._means.items():
            # A running mean times its count is the sum so far; two of them differ by the news.
            news = mean * self._count - means_before.get(name, 0.0) * count_before
            sums[name] = sums.get(name, 0.0) + news
        if self.step // self.every_steps > before // self.every_steps:
            means = {name: value / self.memory["summed"] for name, value in sums.items()}
            self.memory |= {"sums": {}, "summed": 0}
            self.on_steps(self.step, means)

    def on_epoch_end(self, epoch, logs=None):
        # With steps_per_execution the last call of an epoch may have been shorter than it said.
        self.step = int(self.model.step.numpy())
