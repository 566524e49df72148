"""About how long a training step takes on this machine, and how much memory training does.

Both are rough, known before anything is compiled, and only said or used to choose sizes. Time is
the networks' floating-point operations by this machine's speed at a product of matrices, which is
timed for a tenth of a second, and what starting the operations takes. Of the presets on embedded
images, measured on two cores with AMX, it was within a factor of two.
"""

import math

from ganzoo.training.flops import count_forward_flops
from ganzoo.training.machine import matmul_speed, peak_memory

# Forward, backward to the inputs and backward to the weights; some networks are called twice.
PASSES_OF_A_STEP = 4
LAYER_SECONDS = 1e-4  # to start what a layer does in a pass
COMPILING = 0.25  # GiB, for the graph of a step


def step_seconds(model, batch_size: int) -> float:
    """Returns about how long a step takes on this machine, all of it on one device.

    Args:
        model: a `GANModel`.
        batch_size: examples in a step.
    """
    networks = _networks(model)
    flops = sum(count_forward_flops(network, model.image_shape) for network in networks)
    layers = sum(len(network.layers) for network in networks)
    arithmetic = batch_size * flops / matmul_speed(side=512, seconds=0.1)
    return PASSES_OF_A_STEP * (arithmetic + layers * LAYER_SECONDS)


def training_memory(model, batch_size: int) -> float:
    """Returns about how much memory a training takes at its peak, in GiB.

    That is what this process has taken so far; the compiled graph; gradients, as large as the
    weights; and the outputs of all layers, which are kept for the gradients: of fakes and reals, or
    of two directions. Of the presets on embedded images it was 0.9 to 1.0 of the measured peak.

    Args:
        model: a compiled `GANModel`.
        batch_size: examples in a step.
    """
    values = 0
    for network in _networks(model):
        values += network.count_params()
        values += (
            2 * batch_size * sum(_outputs(layer, model.image_shape) for layer in network.layers)
        )
    return peak_memory() + COMPILING + 4 * values / 2**30


def _networks(model):
    return *model.generator_side, *model.discriminator_side


def _outputs(layer, image_shape):
    """Returns how many values a layer's output of one example has."""
    shape = getattr(layer.output, "shape", ())[1:]
    if len(shape) == 3 and None in shape:  # at any size: not more than the image has pixels
        shape = (*image_shape[:2], shape[-1])
    return math.prod(size or 1 for size in shape)


def duration(seconds: float) -> str:
    """Returns a duration as people say it, to one or two digits.

    >>> duration(0.034), duration(8), duration(100), duration(8000), duration(300_000)
    ('34 ms', '8 s', '2 min', '2.2 h', '3.5 days')
    """
    units = ("ms", 0.001, 1), ("s", 1, 90), ("min", 60, 5400), ("h", 3600, 172_800)
    beyond = "days", 86_400, math.inf
    unit, size, _ = next((each for each in units if seconds < each[2]), beyond)
    digits = 1 if seconds < 10 * size and unit in ("h", "days") else 0
    return f"{seconds / size:.{digits}f} {unit}"
