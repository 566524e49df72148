"""Schedules against arithmetic."""

import keras
import pytest

from ganzoo.errors import InputError
from ganzoo.optimizers.schedules import DividedEachStep, HoldThenExponentialDecay


def test_an_exponential_rate_holds_then_falls_to_its_share_and_stays():
    rate = HoldThenExponentialDecay(0.2, hold_steps=10, decay_steps=20)
    expected = {0: 0.2, 10: 0.2, 15: 0.2 * 0.01**0.25, 20: 0.02, 30: 0.002, 99: 0.002}
    for step, value in expected.items():
        assert float(rate(step)) == pytest.approx(value)
    again = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(rate))
    assert again.get_config() == rate.get_config()
    with pytest.raises(InputError, match=r"a falling one at least 1\. Received: 0.2, 0.01, 10, 0"):
        HoldThenExponentialDecay(0.2, 10, 0)


def test_a_rate_divided_each_step_is_the_quotient_down_to_its_minimum():
    rate = DividedEachStep(0.1, 1.000004, 1e-6)
    for step in (0, 1, 500, 125_000, 1_000_000, 2_800_000):
        assert float(rate(step)) == pytest.approx(0.1 / 1.000004**step, rel=1e-5)
    assert float(rate(2_900_000)) == pytest.approx(1e-6)
    assert float(DividedEachStep(0.1, 2.0)(3)) == pytest.approx(0.0125)
