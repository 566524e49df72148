"""Pix2Pix's networks in the authors' PyTorch code (junyanz/pytorch-CycleGAN-and-pix2pix).

The U-Net is nested: each level holds the convolution down, the next level, and the one up.
Dropout has no weights, and cannot be seen in a file; the code has it in the decoder's layers 2, 3
and 4 of a U-Net of depth 8, counted from the innermost, and in fewer of a shallower one.

The running statistics of batch normalisation are ignored: Pix2Pix normalises each image by its own
statistics at inference too, as the code does unless it is told `--eval`.
"""

import numpy as np

from ganzoo.weights.layouts.layout import Layout, NetworkWeights, NoFit, Tensors
from ganzoo.weights.layouts.patchgan import read_patchgan

_STATISTICS = r"model\..*\.(running_mean|running_var|num_batches_tracked)"


def read_generator(state) -> NetworkWeights:
    """Reads a `UnetGenerator` with batch normalisation."""
    tensors = Tensors(state)
    levels = ["model.model"]  # the paths of the levels, the outermost first
    while tensors.has(f"{_inner(levels)}.model.1.weight"):
        levels.append(f"{_inner(levels)}.model")
    depth = len(levels)
    if depth < 3:
        raise NoFit("it has no model.model.1.model.3.model.1.weight")
    down = [[tensors.kernel("model.model.0")]]
    for number, level in enumerate(levels[1:], 1):
        down.append([tensors.kernel(f"{level}.1")])
        if number < depth - 1:
            down.append(tensors.batch_statistics(f"{level}.2", kept=False))
    innermost = levels[-1]
    up = [
        [tensors.kernel(f"{innermost}.3")],
        tensors.batch_statistics(f"{innermost}.4", kept=False),
    ]
    for level in reversed(levels[1:-1]):
        up.append([_up_before_skip(tensors.kernel(f"{level}.5"))])
        up.append(tensors.batch_statistics(f"{level}.6", kept=False))
    kernel, bias = tensors.convolution("model.model.3")
    up.append([_up_before_skip(kernel), bias])
    *_, input_channels, filters = down[0][0].shape
    settings = {
        "channels": len(bias),
        "input_channels": input_channels,
        "filters": filters,
        "depth": depth,
        "dropout_levels": tuple(range(2, depth - 3)),
    }
    return NetworkWeights(settings, [*down, *up], tensors.end(_STATISTICS))


def read_discriminator(state) -> NetworkWeights:
    """Reads an `NLayerDiscriminator` of pairs with batch normalisation."""
    found = read_patchgan(state, batch_norm=True, ignored=_STATISTICS)
    return NetworkWeights(
        {name: found.settings[name] for name in ("all_channels", "filters", "receptive_field")},
        found.layers,
        found.ignored,
    )


def _inner(levels):
    """Returns the path of the level within the last one of `levels`."""
    return f"{levels[-1]}.{1 if len(levels) == 1 else 3}"


def _up_before_skip(kernel):
    """Returns a kernel for the decoder's map before the encoder's, which the code has after it."""
    skip, up = np.split(kernel, 2, axis=-1)
    return np.concatenate([up, skip], axis=-1)


LAYOUTS = (
    Layout("UnetGenerator", "pix2pix", "generator", read_generator),
    Layout("NLayerDiscriminator, batch norm", "pix2pix", "discriminator", read_discriminator),
)
