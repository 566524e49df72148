"""One training out of several calls of `fit`.

Keras's `fit` begins every epoch at its first step, and gives all epochs the same number of steps.
So a training that is resumed in the middle of an epoch, or that ends in one, takes a call of `fit`
of its own for that epoch: steps 30 to 250 with 100 steps an epoch are three calls, of 70, 100 and
50 steps.

To callbacks it has to be one training nevertheless. Each `fit` calls `on_train_begin`, where they
open files, and `on_train_end`, where they close them, save, and draw the last grid. So `fit` is not
given the callbacks themselves, but one callback that forwards to them what happens within training.
Their `on_train_begin` and `on_train_end` are called here, once.
"""

from collections.abc import Callable, Iterator, Sequence

import keras


def fit_as_one_training(
    model: keras.Model,
    batches_from: Callable[[int], object],
    first_step: int,
    total_steps: int,
    steps_per_epoch: int,
    callbacks: Sequence[keras.callbacks.Callback],
) -> None:
    """Trains from `first_step` to `total_steps`, or until a callback sets `model.stop_training`.

    Args:
        model: a compiled model.
        batches_from: returns what `fit` takes, beginning at a step of training.
        first_step: how many steps the model has been trained for.
        total_steps: how many it will have been trained for; at least `first_step`.
        steps_per_epoch: of a complete epoch.
        callbacks: in the order in which they are called.
    """
    together = keras.callbacks.CallbackList(callbacks, model=model)
    model.checks_values = False  # the pipeline has
    together.on_train_begin()
    for start, epochs, steps in segments(first_step, total_steps, steps_per_epoch):
        epoch = start // steps_per_epoch
        model.fit(
            batches_from(start), initial_epoch=epoch, epochs=epoch + epochs, steps_per_epoch=steps,
            callbacks=[_Within(together)], shuffle=False, verbose=0,
        )  # fmt: skip
        if model.stop_training:
            break
    together.on_train_end()


def segments(first_step: int, total_steps: int, steps_per_epoch: int) -> Iterator[tuple]:
    """Yields `(first step, epochs, steps in each)` for calls of `fit`.

    Complete epochs are one call. A resumed or a last epoch may have fewer steps, and is its own.

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


class _Within(keras.callbacks.Callback):
    """Forwards to callbacks what happens between the begin and the end of a `fit`."""

    def __init__(self, callbacks: keras.callbacks.CallbackList):
        super().__init__()
        self._callbacks = callbacks

    def on_epoch_begin(self, epoch, logs=None):
        self._callbacks.on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch, logs=None):
        self._callbacks.on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch, logs=None):
        self._callbacks.on_train_batch_begin(batch, logs)

    def on_train_batch_end(self, batch, logs=None):
        self._callbacks.on_train_batch_end(batch, logs)
