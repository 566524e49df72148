"""Training that is evaluated from time to time, and the step that did best."""

import logging
import math
import time
from collections.abc import Callable

import keras

from ganzoo.callbacks.every_steps import EverySteps

logger = logging.getLogger(__name__)


class KeepBest(EverySteps):
    """Evaluates the model every so many steps, and knows the best score so far.

    Given to `Checkpoints(best=...)`, and before it in the callbacks of `fit`, it has the best
    checkpoint kept along with the newest ones; `best_checkpoint(directory)` finds it. What
    evaluating costs is logged each time.

    Args:
        evaluate: a function of the model that returns a score.
        every_steps: steps between two evaluations.
        higher_is_better: whether the best score is the highest; otherwise it is the lowest.
        name: what the score is called, in the log and in the checkpoints' `best.json`.

    Attributes:
        best: the best score so far, None before there is one; NaN and infinities never are.
        best_step: the step at which training had it; None where it was before training was resumed.
    """

    def __init__(
        self,
        evaluate: Callable[[keras.Model], float],
        every_steps: int,
        higher_is_better: bool = False,
        name: str = "score",
    ):
        super().__init__(every_steps)
        self.evaluate = evaluate
        self.higher_is_better = higher_is_better
        self.name = name
        self.best, self.best_step = None, None

    def get_state(self):
        return super().get_state() | {"best": self.best}

    def set_state(self, state):
        super().set_state(state)
        self.best = state["best"]

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._begin, self._spent = time.monotonic(), 0.0

    def on_steps(self, step, means):
        begin = time.monotonic()
        value = float(self.evaluate(self.model))
        now = time.monotonic()
        self._spent += now - begin
        is_best = math.isfinite(value) and (self.best is None or self._is_better(value, self.best))
        logger.info(
            "Step %d: %s %.5g%s (%.1f s; evaluating took %.1f %% of the time so far)",
            step, self.name, value, ", the best" if is_best else "", now - begin,
            100.0 * self._spent / (now - self._begin),
        )  # fmt: skip
        if is_best:
            self.best, self.best_step = value, step

    def _is_better(self, value, other):
        return value > other if self.higher_is_better else value < other
