"""A training that a signal can end after any step."""

import logging
import signal
from collections.abc import Sequence

import keras

from ganzoo.training.distributed import strategies
from ganzoo.training.distributed.stopping import StopVote
from ganzoo.training.one_training import fit_as_one_training
from ganzoo.training.plan import Plan
from ganzoo.training.stop_signals import stop_signals

logger = logging.getLogger(__name__)


def fit(plan: Plan, callbacks: Sequence[keras.callbacks.Callback]) -> None:
    """Trains to the plan's last step, or as far as a callback or a signal lets it.

    Args:
        plan: with steps left to train.
        callbacks: in the order in which they are called.

    Raises:
        KeyboardInterrupt, SystemExit: after a signal of `stop_signals`, when the step is finished
            and the callbacks' `on_train_end` have been called; the exit code is 128 and its number,
            such as 143 of SIGTERM.
    """
    stop = _StopOnSignal()
    with stop_signals(stop.receive):
        fit_as_one_training(
            plan.model,
            lambda step: strategies.shard_dataset(plan.strategy, plan.pipeline, step),
            plan.restored.step,
            plan.total_steps,
            plan.pipeline.steps_per_epoch,
            [*callbacks, stop],
        )
        strategies.all_gather(plan.strategy, plan.restored.step)  # the chief has saved
    if stop.received:
        step = int(plan.model.step.numpy())
        logger.warning("Interrupted at step %d, and saved; resume to go on", step)
        if stop.received == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + stop.received)  # what a shell reports of a process ended by it


class _StopOnSignal(keras.callbacks.Callback):
    """Ends training after the step on a signal of `stop_signals`; on a second one at once.

    Of several workers, a signal to one ends all after the same step.
    """

    received = None

    def receive(self, number, frame):
        if self.received:
            raise KeyboardInterrupt
        self.received = number

    def on_train_begin(self, logs=None):
        self._vote = StopVote(self.model.distribute_strategy)

    def on_train_batch_end(self, batch, logs=None):
        if self._vote.after_execution(self.received is not None):
            self._heed()

    def on_train_end(self, logs=None):
        # A signal after the last vote: all receive it, or one would leave the others waiting.
        if self._vote.now(self.received is not None):
            self._heed()

    def _heed(self):
        self.received = self.received or signal.SIGTERM
        self.model.stop_training = True
