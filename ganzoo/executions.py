"""How many training steps `fit` runs as one."""

import math

from ganzoo.machine import matrix_peak

_EXECUTION_SECONDS = (
    0.1  # as long as a Ctrl-C may wait; beside it what an execution costs is little
)
_PASSES = 4  # forward, and backward to inputs and to weights; some networks twice


def steps_per_execution(model, batch_size: int, *steps: int | None) -> int:
    """Returns how many steps take about a tenth of a second, and divide all of `steps`.

    Between two executions `fit` is in Python, for about a millisecond: much of a short step. How
    long a step is, is estimated from the arithmetic of the networks, since measuring it would be
    compiling it twice. Networks for images of any size are none of short steps, and several devices
    agree on 1.

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
    """Returns the operations of all networks' products for one example; infinity if not known."""
    operations = 0
    for network in (*model.generators, *model.discriminators):
        for layer in network.layers:
            if (kernel := getattr(layer, "kernel", None)) is None:
                continue
            is_transposed = type(layer).__name__ == "Conv2DTranspose"
            positions = (layer.input if is_transposed else layer.output).shape[1:-1]
            if None in positions:
                return math.inf
            operations += 2 * math.prod(kernel.shape) * math.prod(positions)
    return operations
