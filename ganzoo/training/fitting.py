"""One training out of several calls of `fit`, that ends when a signal asks for it."""

import logging
import signal
from collections.abc import Iterator

import keras

from ganzoo.training.distributed import strategies
from ganzoo.training.stop_signals import stop_signals

logger = logging.getLogger(__name__)


def fit(model, pipeline, first_step, total_steps, all_callbacks):
    strategy = model.distribute_strategy
    signals = _Signals()
    with stop_signals(signals.receive):
        together = _OneTraining([*all_callbacks, signals], add_history=True, model=model)
        together.begin()
        for start, epochs, steps in segments(first_step, total_steps, pipeline.steps_per_epoch):
            epoch = start // pipeline.steps_per_epoch
            model.fit(
                strategies.shard_dataset(strategy, pipeline, start), initial_epoch=epoch,
                epochs=epoch + epochs, steps_per_epoch=steps, callbacks=together, shuffle=False,
                verbose=0,
            )  # fmt: skip
            if model.stop_training:  # a callback's wish
                break
        together.end()
        strategies.all_gather(strategy, first_step)  # the chief has saved
    if signals.received:
        logger.warning("Interrupted at step %d, and saved; resume to go on", model.step.numpy())
        if signals.received == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + signals.received)  # what a shell reports of a process ended by it


class _Signals(keras.callbacks.Callback):
    """Ends training after the step on Ctrl-C and SIGTERM; on a second one at once.

    Of several workers each tells the others with its next step, and all end after that one.
    """

    received = None

    def receive(self, number, frame):
        if self.received:
            raise KeyboardInterrupt
        self.received = number

    def on_train_batch_end(self, batch, logs=None):
        if not strategies.has_workers(self.model.distribute_strategy):
            self.model.stop_training = bool(self.received) or self.model.stop_training
        elif float(self.model.stop_votes.numpy()) > 0.0:
            self.received = self.received or signal.SIGTERM
            self.model.stop_training = True
        elif self.received:
            self.model.stop_votes.assign(1.0)


def segments(first_step: int, total_steps: int, steps_per_epoch: int) -> Iterator[tuple]:
    """Yields `(first step, epochs, steps in each)` for calls of `fit`.

    Whole epochs are one call. A resumed or a last epoch may have fewer steps, and is its own.

    >>> list(segments(30, 250, 100))
    [(30, 1, 70), (100, 1, 100), (200, 1, 50)]
    >>> list(segments(0, 300, 100))
    [(0, 3, 100)]
    """
    while first_step < total_steps:
        done, left = first_step % steps_per_epoch, total_steps - first_step
        if done or left < steps_per_epoch:
            epochs, steps = 1, min(steps_per_epoch - done, left)
        else:
            epochs, steps = left // steps_per_epoch, steps_per_epoch
        yield first_step, epochs, steps
        first_step += epochs * steps


class _OneTraining(keras.callbacks.CallbackList):
    """Callbacks to which several calls of `fit` are one training."""

    begin = keras.callbacks.CallbackList.on_train_begin
    end = keras.callbacks.CallbackList.on_train_end

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass
