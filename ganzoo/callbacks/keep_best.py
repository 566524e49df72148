"""Training that is evaluated from time to time, and the checkpoint that did best."""

import logging
import math
import time
from collections.abc import Callable

from ganzoo.callbacks.checkpoints import Checkpoints
from ganzoo.callbacks.every_steps import EverySteps

logger = logging.getLogger(__name__)


class KeepBest(EverySteps):
    """Evaluates the model every so many steps, and keeps the checkpoint of the best figure.

    What evaluating costs is said each time. The best checkpoint is kept beside the newest ones, and
    `best_checkpoint(directory)` finds it.

    Args:
        evaluate: a function of the model that returns a figure.
        checkpoints: the `Checkpoints` that come after this callback in `fit`.
        every_steps: steps between two evaluations.
        higher_is_better: whether the best figure is the highest; left out, the lowest.
        name: what the figure is called.
    """

    def __init__(
        self,
        evaluate: Callable,
        checkpoints: Checkpoints,
        every_steps: int,
        higher_is_better: bool = False,
        name: str = "figure",
    ):
        super().__init__(every_steps)
        self.evaluate = evaluate
        self.checkpoints = checkpoints
        self.higher_is_better = higher_is_better
        self.name = name
        self.memory |= {"best": None}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._begin, self._spent = time.monotonic(), 0.0

    def on_steps(self, step, means):
        begin = time.monotonic()
        value = float(self.evaluate(self.model))
        now = time.monotonic()
        self._spent += now - begin
        sign = 1.0 if self.higher_is_better else -1.0
        best = self.memory["best"]
        is_best = math.isfinite(value) and (best is None or sign * value > sign * best)
        logger.info(
            "Step %d: %s %.5g%s (%.1f s; evaluating took %.1f %% of the time so far)",
            step, self.name, value, ", the best" if is_best else "", now - begin,
            100.0 * self._spent / (now - self._begin),
        )  # fmt: skip
        if is_best:
            self.memory["best"] = value
            self.checkpoints.save_best(self.name, value)
