"""The base of the callbacks that act every so many training steps."""

import keras

from ganzoo.errors import InputError


class EverySteps(keras.callbacks.Callback):
    """Calls `on_steps(step, means)` each time training passes a multiple of `every_steps`.

    `step` counts from the model's creation, through epochs and resumed runs. `means` holds, for
    each value that `fit` reports, its mean since the last call: Keras's own logs are means since
    the epoch began, which hide what happened in the last minutes of a long epoch.

    With `steps_per_execution` it is called at the first chance after the multiple.
    """

    def __init__(self, every_steps: int):
        super().__init__()
        if every_steps < 1:
            raise InputError(f"every_steps must be at least 1. Received: {every_steps}")
        self.every_steps = every_steps
        # Sums of each value, and of "steps": in epochs before this one since the last call; in
        # this epoch up to the last call; in this epoch up to now.
        self._memory = {"before": {}, "start": {}, "now": {}}
        self._logs = None

    def on_steps(self, step: int, means: dict[str, float]) -> None:
        raise NotImplementedError

    @property
    def memory(self) -> dict:
        """What it knows of the steps since the last call, for a checkpoint.

        Given back to a new one before training begins, that one goes on as if there had been no
        interruption. The sums are taken from the logs here and not with each step: so they are the
        same, to the last bit, however many steps `fit` runs at once.
        """
        if self._logs is not None:
            # A running mean times its count is the sum so far.
            sums = {name: float(mean) * self._count for name, mean in self._logs.items()}
            self._memory["now"] = {"steps": self._count} | sums
        return self._memory

    @memory.setter
    def memory(self, memory: dict) -> None:
        self._memory = memory

    def on_train_begin(self, logs=None):
        self.step = int(self.model.step.numpy())

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch_step = self.step
        # A resumed epoch begins with the running means that it was interrupted with.
        self._epoch_count = int(self.model.metrics[0].count.numpy())
        if self._epoch_count == 0:
            self.memory |= {"before": self._since_the_last_call(), "start": {}}
        self._count = self._epoch_count
        self._logs = {metric.name: metric.result() for metric in self.model.metrics}

    def _since_the_last_call(self):
        memory = self.memory
        before, start, now = memory["before"], memory["start"], memory["now"]
        return {name: before.get(name, 0) + now[name] - start.get(name, 0) for name in now}

    def on_train_batch_end(self, batch, logs=None):
        before = self.step
        self.step = self._epoch_step + batch + 1
        self._count = self._epoch_count + batch + 1
        self._logs = logs
        if self.step // self.every_steps > before // self.every_steps:
            sums = self._since_the_last_call()
            steps = sums.pop("steps")
            self.memory |= {"before": {}, "start": self.memory["now"]}
            self.on_steps(self.step, {name: value / steps for name, value in sums.items()})

    def on_epoch_end(self, epoch, logs=None):
        # With steps_per_execution the last call of an epoch may have been shorter than it said.
        self.step = int(self.model.step.numpy())
        self._count = self._epoch_count + self.step - self._epoch_step
