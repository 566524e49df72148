"""SGD with a momentum that grows, as the first GAN was trained."""

import keras
import tensorflow as tf
from keras import ops

from ganzoo.errors import InputError


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
        dtype = variable.dtype
        tf.raw_ops.ResourceApplyKerasMomentum(
            var=variable.handle,
            accum=self.momentums[self._get_variable_index(variable)].value.handle,
            lr=tf.cast(learning_rate, dtype),
            grad=tf.cast(gradient, dtype),
            momentum=tf.cast(self.current_momentum(), dtype),
        )

    def get_config(self):
        config = super().get_config() | {
            "final_momentum": self.final_momentum,
            "growth_start": self.growth_start,
            "growth_end": self.growth_end,
        }
        del config["nesterov"]
        return config


def growing_momentum_pair(
    learning_rate, momentum: float, final_momentum: float, growth_start: int, growth_end: int
) -> tuple[GrowingMomentumSGD, GrowingMomentumSGD]:
    """Returns one for the generator and one for the discriminator, with the same arguments."""
    return tuple(
        GrowingMomentumSGD(learning_rate, momentum, final_momentum, growth_start, growth_end)
        for _ in range(2)
    )
