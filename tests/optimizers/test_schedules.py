"""Schedules against arithmetic."""

import pytest

from ganzoo.optimizers.schedules import DividedEachStep


def test_a_rate_divided_each_step_is_the_quotient_down_to_its_minimum():
    rate = DividedEachStep(0.1, 1.000004, 1e-6)
    for step in (0, 1, 500, 125_000, 1_000_000, 2_800_000):
        assert float(rate(step)) == pytest.approx(0.1 / 1.000004**step, rel=1e-5)
    assert float(rate(2_900_000)) == pytest.approx(1e-6)
    assert float(DividedEachStep(0.1, 2.0)(3)) == pytest.approx(0.0125)
