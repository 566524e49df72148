"""The papers' optimizers, each update of a weight in one operation.

Keras writes an update as a chain of operations on whole tensors, each of which reads and writes
memory; TensorFlow has them as one. The numbers are the same but for rounding.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.optimizers.schedules import HoldThenLinearDecay


@keras.saving.register_keras_serializable("ganzoo")
class Adam(keras.optimizers.Adam):
    """Keras's Adam (Kingma and Ba, 2014, arXiv:1412.6980), with an update in one operation.

    The arguments are Keras's. With `amsgrad` it is Keras's own in every respect.
    """

    def update_step(self, gradient, variable, learning_rate):
        if self.amsgrad or isinstance(gradient, tf.IndexedSlices):
            return super().update_step(gradient, variable, learning_rate)
        index, dtype = self._get_variable_index(variable), variable.dtype
        step = tf.cast(self.iterations + 1, dtype)
        beta_1, beta_2 = tf.constant(self.beta_1, dtype), tf.constant(self.beta_2, dtype)
        tf.raw_ops.ResourceApplyAdam(
            var=variable.handle,
            m=self._momentums[index].value.handle,
            v=self._velocities[index].value.handle,
            beta1_power=beta_1**step,
            beta2_power=beta_2**step,
            lr=tf.cast(learning_rate, dtype),
            beta1=beta_1,
            beta2=beta_2,
            epsilon=tf.constant(self.epsilon, dtype),
            grad=tf.cast(gradient, dtype),
        )


def adam_pair(learning_rate, beta_1: float, beta_2: float = 0.999) -> tuple[Adam, Adam]:
    """Returns an Adam for the generator and one for the discriminator, as since DCGAN's paper.

    Args:
        learning_rate: a number, or a schedule.
        beta_1: decay of the gradient's moving average.
        beta_2: decay of that of its square.

    Raises:
        InputError: if they are out of range.
    """
    return tuple(_adam(learning_rate, beta_1, beta_2) for _ in range(2))


def adam_pair_of_critic(
    learning_rate: float, beta_1: float, beta_2: float, decay_steps: int, critic_steps: int
) -> tuple[Adam, Adam]:
    """Returns an Adam for a generator and one for a critic that is updated more often.

    Args:
        learning_rate: the rate of the first step.
        beta_1: decay of the gradient's moving average.
        beta_2: decay of its square's.
        decay_steps: steps over which the rate of both falls linearly to 0; 0: it never does.
        critic_steps: updates of the critic in a step.

    Raises:
        InputError: if they are out of range.
    """
    updates_in_step = 1, critic_steps
    return tuple(
        _adam(HoldThenLinearDecay(learning_rate, 0, decay_steps * updates), beta_1, beta_2)
        for updates in updates_in_step
    )


def _adam(learning_rate, beta_1, beta_2):
    is_number = isinstance(learning_rate, (int, float))
    if (is_number and learning_rate <= 0) or not (0 <= beta_1 < 1 and 0 <= beta_2 < 1):
        raise InputError(
            "learning_rate must be above 0, beta_1 and beta_2 in [0, 1). "
            f"Received: {learning_rate}, {beta_1}, {beta_2}"
        )
    return Adam(learning_rate, beta_1, beta_2, epsilon=1e-8)


def lazily_regularized_adam_pair(
    learning_rate: float, beta_1: float, beta_2: float, intervals: tuple[int, int]
) -> tuple[Adam, Adam]:
    """Returns an Adam for each side, whose regularisation has updates of its own.

    Of k + 1 updates in k steps each has the rate c times `learning_rate` and decays beta^c, with
    c = k / (k + 1): in k steps they come to the same (Karras et al., 2020, arXiv:1912.04958,
    appendix B).

    Args:
        learning_rate: of a step.
        beta_1: decay of the gradient's moving average, in a step.
        beta_2: decay of that of its square.
        intervals: k, of the generator and of the discriminator.

    Raises:
        InputError: if they are out of range.
    """
    shares = [interval / (interval + 1) for interval in intervals]
    return tuple(_adam(learning_rate * c, beta_1**c, beta_2**c) for c in shares)
