"""Optimizers of the papers: their learning rates and momenta over the steps of training."""

import math

import keras
from keras import ops

from ganzoo.errors import InputError


def adam_pair(learning_rate, beta_1: float) -> tuple[keras.optimizers.Adam, keras.optimizers.Adam]:
    """Returns an Adam for each player, as DCGAN's paper and those after it use it.

    Args:
        learning_rate: a number, or one of the schedules below.
        beta_1: decay of the gradient's moving average.

    Raises:
        InputError: if they are out of range.
    """
    is_number = isinstance(learning_rate, (int, float))
    if (is_number and learning_rate <= 0) or not 0 <= beta_1 < 1:
        raise InputError(
            "learning_rate must be above 0 and beta_1 in [0, 1). "
            f"Received: {learning_rate}, {beta_1}"
        )
    return tuple(keras.optimizers.Adam(learning_rate, beta_1, epsilon=1e-8) for _ in range(2))


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


@keras.saving.register_keras_serializable("ganzoo")
class GrowingMomentumSGD(keras.optimizers.SGD):
    """Gradient descent with a momentum that grows linearly (GAN, arXiv:1406.2661, authors' code).

    A step is v = momentum * v - learning_rate * gradient; weight += v.

    Args:
        learning_rate: a number or a schedule.
        momentum: until step `growth_start`.
        final_momentum: from step `growth_end` on.
        growth_start: a step of this optimizer.
        growth_end: a later one.
        **kwargs: those of `keras.optimizers.Optimizer`.

    Raises:
        InputError: if the momentum or its steps are out of range.
    """

    def __init__(
        self,
        learning_rate=0.1,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        growth_start: int = 500,
        growth_end: int = 125_000,
        **kwargs,
    ):
        if not 0 < momentum <= final_momentum < 1:
            raise InputError(
                "The momentum must be above 0, and the final one at least that and below 1. "
                f"Received: {momentum}, {final_momentum}"
            )
        if not 0 <= growth_start < growth_end:
            raise InputError(
                "The momentum must start to grow at step 0 or later, and end after it has started. "
                f"Received: {growth_start}, {growth_end}"
            )
        super().__init__(learning_rate, momentum, nesterov=False, **kwargs)
        self.final_momentum = final_momentum
        self.growth_start = growth_start
        self.growth_end = growth_end

    def current_momentum(self):
        """Returns the momentum of the next update, a float32 scalar."""
        grown = ops.cast(self.iterations, "float32") - self.growth_start
        share = ops.clip(grown / (self.growth_end - self.growth_start), 0.0, 1.0)
        return self.momentum + (self.final_momentum - self.momentum) * share

    def update_step(self, gradient, variable, learning_rate):
        velocity = self.momentums[self._get_variable_index(variable)]
        momentum = ops.cast(self.current_momentum(), variable.dtype)
        learning_rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        self.assign(velocity, momentum * velocity - learning_rate * gradient)
        self.assign_add(variable, velocity)

    def get_config(self):
        config = super().get_config() | {
            "final_momentum": self.final_momentum,
            "growth_start": self.growth_start,
            "growth_end": self.growth_end,
        }
        del config["nesterov"]
        return config
