"""The papers' optimizers and learning-rate schedules."""

from ganzoo.optimizers.adam import Adam, adam_pair
from ganzoo.optimizers.momentum_sgd import GrowingMomentumSGD, growing_momentum_pair
from ganzoo.optimizers.schedules import (
    DividedEachStep,
    HoldThenExponentialDecay,
    HoldThenLinearDecay,
    multiplied_every,
)

__all__ = [
    "Adam",
    "DividedEachStep",
    "GrowingMomentumSGD",
    "HoldThenExponentialDecay",
    "HoldThenLinearDecay",
    "adam_pair",
    "growing_momentum_pair",
    "multiplied_every",
]
