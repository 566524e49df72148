"""How many training steps `fit` runs as one."""

import math

import keras
from keras.layers import Conv2DTranspose

from ganzoo.training.machine import matrix_peak

_EXECUTION_SECONDS = (
    0.1  # as long as a Ctrl-C may wait; beside it what an execution costs is little
)
_PASSES = 4  # forward, and backward to inputs and to weights; some networks twice


def steps_per_execution(model, batch_size: int, *steps: int | None) -> int:
    """Returns how many steps take about a tenth of a second, and divide all of `steps`.

    Between two executions `fit` is in Python, for about a millisecond: much of a short step. How
    long a step is, is estimated from the arithmetic of the networks, since measuring it would be
    compiling it twice. On several devices it is 1.

    Args:
        model: a `GANModel`.
        batch_size: examples in a step.
        *steps: at which multiples something else happens; None stands for never.
    """
    most = math.gcd(*(number for number in steps if number is not None))
    if most == 1 or model.distribute_strategy.num_replicas_in_sync > 1:
        return 1
    operations = _PASSES * batch_size * _forward_operations(model)
    seconds = operations / matrix_peak(side=512, seconds=0.1)
    wanted = max(1, _EXECUTION_SECONDS / seconds)
    return max(n for n in range(1, most + 1) if most % n == 0 and n <= wanted)


def _forward_operations(model):
    """Returns the operations of all networks' products for one example."""
    operations = 0
    for network in (*model.generators, *model.discriminators):
        layers = [layer for layer in network.layers if hasattr(layer, "kernel")]
        # A transposed convolution does at its input what another does at its output.
        places = [x.input if isinstance(x, Conv2DTranspose) else x.output for x in layers]
        shapes = keras.Model(network.inputs, places).compute_output_shape(
            [_filled(inputs.shape, model.image_shape) for inputs in network.inputs]
        )
        for layer, shape in zip(layers, shapes, strict=True):
            operations += 2 * math.prod(layer.kernel.shape) * math.prod(shape[1:-1])
    return operations


def _filled(shape, image_shape):
    """One example's shape, of the model's images where any size does."""
    sides = (1, *image_shape)
    return tuple(sides[place] if size is None else size for place, size in enumerate(shape))
