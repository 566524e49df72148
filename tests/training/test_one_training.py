"""Several calls of `fit` that are one training to callbacks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.training.one_training import fit_as_one_training

STEPS_PER_EPOCH = 4


class Events(keras.callbacks.Callback):
    """Notes what it is told, and stops training after a number of batches."""

    def __init__(self, stop_after=None):
        super().__init__()
        self.told, self.logs, self.stop_after = [], [], stop_after

    def on_train_begin(self, logs=None):
        self.told.append("begin")

    def on_epoch_begin(self, epoch, logs=None):
        self.told.append(f"epoch {epoch}")

    def on_train_batch_begin(self, batch, logs=None):
        self.told.append(batch)

    def on_train_batch_end(self, batch, logs=None):
        self.logs.append(logs["loss"])
        if len(self.logs) == self.stop_after:
            self.model.stop_training = True

    def on_epoch_end(self, epoch, logs=None):
        self.told.append(f"end {epoch}")

    def on_train_end(self, logs=None):
        self.told.append("end")


@pytest.fixture
def model():
    model = keras.Sequential([keras.layers.Input((1,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def fitted(model, first_step, total_steps, **settings):
    """The steps at which batches were asked for, and what a callback was told."""
    begun, events = [], Events(**settings)

    def batches_from(step):
        begun.append(step)
        return tf.data.Dataset.from_tensors((np.ones((2, 1)), np.ones((2, 1)))).repeat()

    fit_as_one_training(model, batches_from, first_step, total_steps, STEPS_PER_EPOCH, [events])
    return begun, events


def test_a_training_from_within_an_epoch_into_another_begins_and_ends_once(model):
    begun, events = fitted(model, first_step=2, total_steps=13)
    assert begun == [2, 4, 12]  # the rest of an epoch, two of them, and a part of one
    assert events.told == [
        "begin",
        *("epoch 0", 0, 1, "end 0"),
        *("epoch 1", 0, 1, 2, 3, "end 1"),
        *("epoch 2", 0, 1, 2, 3, "end 2"),
        *("epoch 3", 0, "end 3"),
        "end",
    ]
    assert len(events.logs) == 11 and events.logs == sorted(events.logs, reverse=True)


def test_a_callback_that_stops_training_ends_it_at_once_and_for_good(model):
    begun, events = fitted(model, first_step=2, total_steps=13, stop_after=1)
    assert begun == [2]
    assert events.told == ["begin", "epoch 0", 0, "end 0", "end"]
