"""Optimizers against Keras's and arithmetic, and that they are saved with their schedules."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.optimizers.adam import Adam
from ganzoo.optimizers.momentum_sgd import GrowingMomentumSGD
from ganzoo.optimizers.schedules import DividedEachStep


def test_adam_is_the_papers_algorithm_1():
    gradients = np.random.default_rng(0).normal(size=(8, 3, 4))
    variable = keras.Variable(np.zeros((3, 4)), dtype="float64")
    optimizer = Adam(0.125, beta_1=0.5, epsilon=1e-8)
    weight, m, v = np.zeros((3, 3, 4))
    for step, gradient in enumerate(gradients, start=1):
        m = 0.5 * m + 0.5 * gradient
        v = 0.999 * v + 0.001 * gradient**2
        rate = 0.125 * np.sqrt(1 - 0.999**step) / (1 - 0.5**step)  # section 2, its last paragraph
        weight = weight - rate * m / (np.sqrt(v) + 1e-8)
        optimizer.apply([tf.constant(gradient)], [variable])
    np.testing.assert_allclose(variable.numpy(), weight, rtol=1e-9)


@pytest.mark.parametrize(
    "settings",
    [
        {"beta_1": 0.5, "epsilon": 1e-8},
        {"learning_rate": DividedEachStep(0.1, 1.5), "clipnorm": 0.5, "weight_decay": 0.1},
        {"amsgrad": True, "use_ema": True},
    ],
    ids=["paper", "clipped_and_decayed", "amsgrad"],
)
def test_adam_is_keras_own(settings):
    values = np.random.default_rng(0).normal(size=(8, 3, 4)).astype(np.float32)
    weights = []
    for adam in (keras.optimizers.Adam, Adam):
        optimizer, variable = adam(**settings), keras.Variable(values[0])
        for gradient in values[1:]:
            optimizer.apply([tf.constant(gradient)], [variable])
        weights.append(variable.numpy())
    assert np.abs(weights[0] - values[0]).max() > 1e-3
    np.testing.assert_allclose(*weights, atol=1e-5)


def test_adam_takes_sparse_gradients_as_keras_does():
    rows = []
    for adam in (keras.optimizers.Adam, Adam):
        table = keras.Variable(np.ones((4, 2), "float32"))
        sparse = tf.IndexedSlices(tf.ones((1, 2)), tf.constant([2]), tf.constant([4, 2]))
        adam(0.1).apply([sparse], [table])
        rows.append(table.numpy())
    np.testing.assert_array_equal(*rows)
    assert rows[0][2, 0] < 1


def test_momentum_is_constant_then_grows_linearly_then_is_constant():
    optimizer = GrowingMomentumSGD(0.1)
    expected = {0: 0.5, 500: 0.5, 501: 0.5 + 0.2 / 124_500, 62_750: 0.6, 125_000: 0.7, 10**6: 0.7}
    for step, momentum in expected.items():
        optimizer.iterations.assign(step)
        assert float(optimizer.current_momentum()) == pytest.approx(momentum, rel=1e-6)


def test_updates_are_velocity_times_the_current_momentum_minus_rate_times_gradient():
    variable = keras.Variable([1.0, -2.0])
    optimizer = GrowingMomentumSGD(
        DividedEachStep(0.1, 1.5), 0.5, 0.9, growth_start=1, growth_end=3
    )
    velocity, weight = np.zeros(2), np.array([1.0, -2.0])
    for step, momentum in enumerate([0.5, 0.5, 0.7, 0.9, 0.9]):
        gradient = np.array([1.0, step])
        velocity = momentum * velocity - 0.1 / 1.5**step * gradient
        weight = weight + velocity
        optimizer.apply([keras.ops.convert_to_tensor(gradient, "float32")], [variable])
        np.testing.assert_allclose(variable.numpy(), weight, rtol=1e-5)


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "loss_scaled"])
def test_an_optimizer_comes_back_from_its_config(wrapped):
    optimizer = GrowingMomentumSGD(DividedEachStep(0.2, 1.1, 0.01), 0.4, 0.6, 2, 9, clipnorm=1.0)
    if wrapped:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(optimizer))
    assert again.get_config() == optimizer.get_config()
    inner = again.inner_optimizer if wrapped else again
    inner.iterations.assign(9)
    assert float(inner.current_momentum()) == pytest.approx(0.6)
    assert float(again.learning_rate) == pytest.approx(0.2 / 1.1**9)
