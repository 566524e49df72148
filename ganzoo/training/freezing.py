"""FreezeD: the first layers of a discriminator stay as another run has trained them.

Mo, Cho and Shin, "Freeze the Discriminator: a Simple Baseline for Fine-Tuning GANs", 2020,
arXiv:2002.10964.
"""

import keras

from ganzoo.errors import InputError
from ganzoo.models.base import GANModel


def freeze_first_layers(model: GANModel, count: int) -> list[keras.Layer]:
    """Excludes the weights of each discriminator's first layers from training.

    Frozen are the first `count` layers with a kernel, and all other weights before the next of
    them. What normalises batches goes on to do so by each batch's own statistics.

    Args:
        model: a model that is not compiled yet.
        count: of layers, 0 for none.

    Returns:
        The layers that are frozen.

    Raises:
        InputError: if that would leave a discriminator no layer with a kernel to train.
    """
    frozen = [layer for network in model.discriminators for layer in _first(network, count)]
    for layer in frozen:
        for weight in layer.trainable_variables:
            weight.trainable = False
    return frozen


def check_taken(frozen: list[keras.Layer], taken: list[keras.Layer]) -> None:
    """Raises an InputError if a frozen layer is not one of those that took another run's weights.

    Args:
        frozen: as `freeze_first_layers` returns them.
        taken: as `transfer.take_weights` returns them.
    """
    places = {id(layer) for layer in taken}
    for layer in frozen:
        if id(layer) not in places:
            raise InputError(
                "Layers can only be frozen that have another run's weights (init_from). "
                f"Received: freeze_discriminator for {layer.name}, which is newly initialised"
            )


def _first(network, count):
    """Returns the layers of a network before its kernel number `count`."""
    layers = [layer for layer in network.layers if layer.weights]
    kernels = [
        place
        for place, layer in enumerate(layers)
        if any(weight.name == "kernel" for weight in layer.weights)
    ]
    if count >= len(kernels):
        raise InputError(
            f"freeze_discriminator must leave a layer to train, of the {len(kernels)} with a "
            f"kernel that the {network.name} has. Received: {count}"
        )
    return layers[: kernels[count]] if count else []
