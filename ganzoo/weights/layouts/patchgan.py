"""The PatchGAN discriminator in the authors' PyTorch code, `NLayerDiscriminator`.

Convolutions are modules 0, 2, 5, 8, 11: leaky ReLUs are between them, and from the second on a
normalisation.
"""

from ganzoo.networks.patchgan import STRIDED_LAYERS
from ganzoo.weights.layouts.layout import NetworkWeights, NoFit, Tensors


def read_patchgan(state, batch_norm: bool, ignored: str) -> NetworkWeights:
    """Reads a discriminator.

    Args:
        state: arrays by name.
        batch_norm: whether it has batch normalisation; otherwise it has none with weights, and
            biases in its place.
        ignored: a regular expression for the names of tensors that no weight is made of.

    Returns:
        Its weights; in `settings` are `all_channels`, of the images that it is given stacked,
        `filters` and `receptive_field`.
    """
    tensors = Tensors(state)
    count = _convolutions(state) - 2  # the strided ones
    fields = {strided: side for side, strided in STRIDED_LAYERS.items() if strided}
    if count not in fields:
        raise NoFit(f"it has {count + 2} convolutions named model.N, a PatchGAN 3 to 7")
    layers = [tensors.convolution("model.0")]
    for number in range(2, 2 + 3 * count, 3):
        if batch_norm:
            layers.append([tensors.kernel(f"model.{number}")])
            layers.append(tensors.batch_statistics(f"model.{number + 1}", kept=False))
        else:
            layers.append(tensors.convolution(f"model.{number}"))
    layers.append(tensors.convolution(f"model.{2 + 3 * count}"))
    *_, all_channels, filters = layers[0][0].shape
    settings = {
        "all_channels": all_channels,
        "filters": filters,
        "receptive_field": fields[count],
    }
    return NetworkWeights(settings, layers, tensors.end(ignored))


def _convolutions(state):
    """Returns how many kernels of convolutions there are."""
    return sum(name.startswith("model.") and values.ndim == 4 for name, values in state.items())
