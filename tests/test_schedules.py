"""Schedules against arithmetic, and that they are saved with their optimizers."""

import keras
import numpy as np
import pytest

from ganzoo.schedules import DividedEachStep, GrowingMomentumSGD


def test_a_rate_divided_each_step_is_the_quotient_down_to_its_minimum():
    rate = DividedEachStep(0.1, 1.000004, 1e-6)
    for step in (0, 1, 500, 125_000, 1_000_000, 2_800_000):
        assert float(rate(step)) == pytest.approx(0.1 / 1.000004**step, rel=1e-5)
    assert float(rate(2_900_000)) == pytest.approx(1e-6)
    assert float(DividedEachStep(0.1, 2.0)(3)) == pytest.approx(0.0125)


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
