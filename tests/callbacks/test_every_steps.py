"""`EverySteps`: means over windows, the same however training is cut into executions and runs."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import GAN
from ganzoo.callbacks.checkpoints import RestoreMetrics
from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.errors import InputError

pytestmark = pytest.mark.slow

BATCH, EPOCH = 4, 6


class Recorder(EverySteps):
    def __init__(self, every_steps):
        super().__init__(every_steps)
        self.seen = []

    def on_steps(self, step, means):
        self.seen.append((step, means))


def model_of(steps_per_execution):
    keras.utils.set_random_seed(0)
    model = GAN(image_shape=(4, 4, 1), latent_dim=2, generator_units=3, maxout_units=2)
    model.compile(steps_per_execution=steps_per_execution)
    return model


def batches():
    images = np.random.default_rng(0).uniform(-1, 1, (EPOCH * BATCH, 4, 4, 1)).astype("float32")
    return tf.data.Dataset.from_tensor_slices(images).batch(BATCH).repeat()


def fit(model, callbacks, epochs, steps=EPOCH):
    model.fit(
        batches(), epochs=epochs, steps_per_epoch=steps, callbacks=callbacks, shuffle=False,
        verbose=0,
    )  # fmt: skip


@pytest.mark.eager
def test_a_window_s_means_are_of_its_own_steps_through_ends_of_epochs():
    single, windowed = Recorder(1), Recorder(4)
    fit(model_of(1), [single, windowed], epochs=2)
    assert [step for step, _ in windowed.seen] == [4, 8, 12]
    losses = [means["generator_loss"] for _, means in single.seen]
    for number, (_, means) in enumerate(windowed.seen):
        window = losses[4 * number : 4 * number + 4]
        assert means["generator_loss"] == pytest.approx(np.mean(window), rel=1e-9)


def test_means_are_the_same_to_the_last_bit_however_many_steps_run_as_one():
    one, several = Recorder(6), Recorder(6)
    fit(model_of(1), [one], epochs=2)
    fit(model_of(3), [several], epochs=2)
    assert one.seen == several.seen and len(one.seen) == 2


def test_a_window_that_is_cut_goes_on_from_its_state_to_the_last_bit():
    whole = Recorder(10)
    fit(model_of(1), [whole], epochs=2)

    model, first = model_of(1), Recorder(10)
    fit(model, [first], epochs=1, steps=4)  # cut inside of the epoch and of the window
    totals = {m.name: [float(v.numpy()) for v in m.variables] for m in model.metrics}
    second = Recorder(10)
    second.set_state(json.loads(json.dumps(first.get_state())))
    rest = batches().skip(4)
    callbacks = [RestoreMetrics(totals), second]
    model.fit(rest, epochs=1, steps_per_epoch=2, callbacks=callbacks, shuffle=False, verbose=0)
    third = Recorder(10)
    third.set_state(json.loads(json.dumps(second.get_state())))
    fit(model, [third], epochs=1)
    assert third.seen == whole.seen != []


def test_every_steps_is_at_least_1():
    with pytest.raises(InputError, match=r"every_steps must be at least 1\. Received: 0"):
        Recorder(0)
