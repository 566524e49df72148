"""A training that a signal can end after any step."""

import logging
import signal
from collections.abc import Sequence

import keras

from ganzoo.data.pipeline import Pipeline
from ganzoo.training.distributed import strategies
from ganzoo.training.distributed.stopping import StopVote
from ganzoo.training.one_training import fit_as_one_training
from ganzoo.training.stop_signals import stop_signals

logger = logging.getLogger(__name__)


def fit(
    model: keras.Model,
    pipeline: Pipeline,
    first_step: int,
    total_steps: int,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    """Trains until `total_steps`, a callback's wish, or a signal.

    Args:
        model: compiled, and trained for `first_step` steps.
        pipeline: of the training images.
        first_step, total_steps: counted from the model's creation.
        callbacks: in the order in which they are called.

    Raises:
        KeyboardInterrupt, SystemExit(143): after Ctrl-C or SIGTERM, when the step is finished and
            the callbacks have been told that training has ended.
    """
    strategy = model.distribute_strategy
    stop = _StopOnSignal()
    with stop_signals(stop.receive):
        fit_as_one_training(
            model,
            lambda step: strategies.dealt(strategy, pipeline, step),
            first_step,
            total_steps,
            pipeline.steps_per_epoch,
            [*callbacks, stop],
        )
        strategies.gathered(strategy, first_step)  # the chief has saved
    if stop.received:
        logger.warning("Interrupted at step %d, and saved; resume to go on", model.step.numpy())
        if stop.received == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + stop.received)  # what a shell reports of a process ended by it


class _StopOnSignal(keras.callbacks.Callback):
    """Ends training after the step on Ctrl-C and SIGTERM; on a second one at once.

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
        # A signal that came after the last vote is heard by all, or some would end with it alone.
        if self._vote.now(self.received is not None):
            self._heed()

    def _heed(self):
        self.received = self.received or signal.SIGTERM
        self.model.stop_training = True
