"""Learning rates over the steps of training, as the papers have them."""

import math

import keras
from keras import ops

from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class HoldThenLinearDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate, then one that falls linearly to zero (CycleGAN, arXiv:1703.10593).

    Args:
        initial_learning_rate: the rate of the first `hold_steps` steps.
        hold_steps: steps at that rate.
        decay_steps: steps over which it falls; 0: it never does.

    Raises:
        InputError: if the numbers are out of range.
    """

    def __init__(self, initial_learning_rate: float, hold_steps: int, decay_steps: int):
        if initial_learning_rate <= 0 or min(hold_steps, decay_steps) < 0:
            raise InputError(
                "learning_rate must be above 0, and the steps (or epochs) of a constant and of a "
                f"falling rate at least 0. Received: {initial_learning_rate}, {hold_steps}, "
                f"{decay_steps}"
            )
        self.initial_learning_rate = initial_learning_rate
        self.hold_steps = hold_steps
        self.decay_steps = decay_steps

    def __call__(self, step):
        if not self.decay_steps:
            return self.initial_learning_rate
        done = (ops.cast(step, "float32") - self.hold_steps) / self.decay_steps
        return self.initial_learning_rate * (1.0 - ops.clip(done, 0.0, 1.0))

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "hold_steps": self.hold_steps,
            "decay_steps": self.decay_steps,
        }


@keras.saving.register_keras_serializable("ganzoo")
class HoldThenExponentialDecay(keras.optimizers.schedules.LearningRateSchedule):
    """A constant rate, then one that falls by the same factor each step, to a share of the first.

    BiGAN's (arXiv:1605.09782, the authors' code).

    Args:
        initial_learning_rate: the rate of the first `hold_steps` steps.
        hold_steps: steps at that rate.
        decay_steps: steps over which it falls; at least 1.
        final_share: of the first rate, what it falls to, and where it stays.

    Raises:
        InputError: if the numbers are out of range.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        hold_steps: int,
        decay_steps: int,
        final_share: float = 0.01,
    ):
        if min(initial_learning_rate, final_share) <= 0 or hold_steps < 0 or decay_steps < 1:
            raise InputError(
                "learning_rate and the share that it falls to must be above 0, the steps (or "
                "epochs) of a constant rate at least 0 and of a falling one at least 1. "
                f"Received: {initial_learning_rate}, {final_share}, {hold_steps}, {decay_steps}"
            )
        self.initial_learning_rate = initial_learning_rate
        self.hold_steps = hold_steps
        self.decay_steps = decay_steps
        self.final_share = final_share

    def __call__(self, step):
        done = (ops.cast(step, "float32") - self.hold_steps) / self.decay_steps
        fall = ops.exp(math.log(self.final_share) * ops.clip(done, 0.0, 1.0))
        return self.initial_learning_rate * fall

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "hold_steps": self.hold_steps,
            "decay_steps": self.decay_steps,
            "final_share": self.final_share,
        }


@keras.saving.register_keras_serializable("ganzoo")
class DividedEachStep(keras.optimizers.schedules.LearningRateSchedule):
    """A rate that every step divides by the same number (GAN, arXiv:1406.2661, the authors' code).

    Args:
        initial_learning_rate: the first step's rate.
        divisor: at least 1.
        minimum: the rate is never below.

    Raises:
        InputError: if the numbers are out of range.
    """

    def __init__(self, initial_learning_rate: float, divisor: float, minimum: float = 0.0):
        if divisor < 1 or not 0 <= minimum <= initial_learning_rate or not initial_learning_rate:
            raise InputError(
                "A learning rate must be above 0, its divisor at least 1, and its minimum in 0 to "
                f"the rate. Received: {initial_learning_rate}, {divisor}, {minimum}"
            )
        self.initial_learning_rate = initial_learning_rate
        self.divisor = divisor
        self.minimum = minimum

    def __call__(self, step):
        # 1 / 1.000004 itself would be off by a hundredth of its distance from 1 in float32.
        decay = ops.exp(-math.log(self.divisor) * ops.cast(step, "float32"))
        return ops.maximum(self.initial_learning_rate * decay, self.minimum)

    def get_config(self):
        return {
            "initial_learning_rate": self.initial_learning_rate,
            "divisor": self.divisor,
            "minimum": self.minimum,
        }


def multiplied_every(
    learning_rate: float, factor: float, steps: int
) -> keras.optimizers.schedules.ExponentialDecay:
    """Returns a rate that is multiplied by a factor every so many steps, and constant in between.

    Raises:
        InputError: if the rate or the steps are not above 0, or the factor is not in (0, 1].
    """
    if learning_rate <= 0 or steps < 1 or not 0 < factor <= 1:
        raise InputError(
            "A learning rate and the steps between its falls must be above 0, and the factor of a "
            f"fall in (0, 1]. Received: {learning_rate}, {steps}, {factor}"
        )
    return keras.optimizers.schedules.ExponentialDecay(learning_rate, steps, factor, staircase=True)
