"""DCGAN's networks in PyTorch's example (pytorch/examples/dcgan).

Its first layer, a transposed convolution of a 1x1 map, is our projection; its last, a convolution
without padding over the whole map, is our last unit.
"""

from ganzoo.weights.layouts.layout import Layout, NetworkWeights, NoFit, Tensors

_COUNTERS = r"main\.\d+\.num_batches_tracked"


def read_generator(state) -> NetworkWeights:
    """Reads `Generator`, of images of 32 or 64 pixels or more."""
    tensors = Tensors(state)
    projection = tensors.take("main.0.weight", 4).transpose(0, 2, 3, 1)  # (latents, y, x, maps)
    if projection.shape[1:3] != (4, 4):
        raise NoFit(
            f"its first map has {projection.shape[1]}x{projection.shape[2]} pixels, ours 4x4"
        )
    latent_dim = projection.shape[0]
    layers = [[projection.reshape(latent_dim, -1)], tensors.batch_statistics("main.1", kept=True)]
    doublings = _kernels(state) - 1
    for number in range(3, 3 * doublings, 3):
        layers.append([tensors.kernel(f"main.{number}")])
        layers.append(tensors.batch_statistics(f"main.{number + 1}", kept=True))
    layers.append([tensors.kernel(f"main.{3 * doublings}")])
    channels = layers[-1][0].shape[2]
    settings = {
        "channels": channels,
        "side": 4 * 2**doublings,
        "latent_dim": latent_dim,
        "filters": layers[-1][0].shape[3],
        "kernel_size": 4,
    }
    return NetworkWeights(settings, layers, tensors.end(_COUNTERS))


def read_discriminator(state) -> NetworkWeights:
    """Reads `Discriminator`, of images of 32 or 64 pixels or more."""
    tensors = Tensors(state)
    halvings = _kernels(state) - 1
    layers = [[tensors.kernel("main.0")]]
    for number in range(2, 3 * halvings - 1, 3):
        layers.append([tensors.kernel(f"main.{number}")])
        layers.append(tensors.batch_statistics(f"main.{number + 1}", kept=True))
    last = tensors.kernel(f"main.{3 * halvings - 1}")
    if last.shape[:2] != (4, 4) or last.shape[-1] != 1:
        raise NoFit(f"its last kernel has the shape {last.shape}, not (4, 4, maps, 1)")
    layers.append([last.reshape(-1, 1)])
    *_, channels, filters = layers[0][0].shape
    settings = {
        "channels": channels,
        "side": 4 * 2**halvings,
        "filters": filters,
        "kernel_size": 4,
    }
    return NetworkWeights(settings, layers, tensors.end(_COUNTERS))


def _kernels(state):
    """Returns how many kernels of convolutions there are."""
    return sum(name.startswith("main.") and values.ndim == 4 for name, values in state.items())


LAYOUTS = (
    Layout("DCGAN example's Generator", "dcgan", "generator", read_generator),
    Layout("DCGAN example's Discriminator", "dcgan", "discriminator", read_discriminator),
)
