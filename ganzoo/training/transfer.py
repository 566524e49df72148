"""A new run's first weights, from another run: all of them, or those of the layers that fit."""

import difflib
import logging
import os

import keras

from ganzoo.errors import InputError
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import open_run
from ganzoo.runs.loading import load_run, missing_networks

logger = logging.getLogger(__name__)


def take_weights(model: GANModel, folder: str | os.PathLike) -> list[keras.Layer]:
    """Gives a new model's networks the newest weights of a run.

    A network of the same sizes takes all weights. Of one of other sizes, such as that of larger
    images, those layers are taken whose weights have the same shapes, in the order that both
    networks have them in; the others stay newly initialised, and so does a network that the run has
    no weights of, as pretrained and imported runs may. The log names them.

    Args:
        model: a new model.
        folder: the run, or the name of a pretrained one.

    Returns:
        The layers that took weights.

    Raises:
        InputError: if the run is of another model, or no layer fits.
        ResourceError: if it is no run, or has no weights.
    """
    run = open_run(folder)
    other = load_run(run.folder)
    missing = missing_networks(other, run)
    ours = [*model.generator_side, *model.discriminator_side, *model.generator_averages]
    theirs = [*other.generator_side, *other.discriminator_side]
    theirs += other.samplers if model.generator_averages else []
    if type(model) is not type(other) or len(ours) != len(theirs):
        raise InputError(
            "A run can only begin with the weights of a run of the same model. "
            f"Received: init_from={str(folder)!r}, a {type(other).__name__}"
        )
    fitting = [
        [] if right.name in missing else _fitting_layers(left, right)
        for left, right in zip(ours, theirs, strict=True)
    ]
    if not any(fitting):
        raise InputError(
            "A run can only begin with the weights of a run that has a layer of the same sizes. "
            f"Received: init_from={str(folder)!r}, a {type(other).__name__} of other networks"
        )
    taken = []
    for network, pairs in zip(ours, fitting, strict=True):
        for layer, right in pairs:
            layer.set_weights(right.get_weights())
        layers = [layer for layer, _ in pairs]
        if network not in model.generator_averages:  # which are as the generators
            _say_what_was_left(network, layers)
        taken += network.layers if layers == [network] else layers
    return taken


def _fitting_layers(network, other) -> list[tuple[keras.Layer, keras.Layer]]:
    """Returns what takes its weights from what: the networks as a whole, or layers of them."""
    if _shapes(network) == _shapes(other):
        return [(network, other)]
    layers, others = _layers_with_weights(network), _layers_with_weights(other)
    matcher = difflib.SequenceMatcher(
        None, [_shapes(layer) for layer in layers], [_shapes(layer) for layer in others], False
    )
    return [
        (layers[match.a + i], others[match.b + i])
        for match in matcher.get_matching_blocks()
        for i in range(match.size)
    ]


def _say_what_was_left(network, taken):
    if taken == [network]:
        return
    if not taken:
        logger.warning("init_from: nothing fits %s: it is newly initialised", network.name)
        return
    layers = _layers_with_weights(network)
    left = ", ".join(layer.name for layer in layers if layer not in taken)
    logger.warning(
        "init_from: %d of %d layers of %s fit; newly initialised: %s",
        len(taken), len(layers), network.name, left,
    )  # fmt: skip


def _layers_with_weights(network):
    return [layer for layer in network.layers if layer.weights]


def _shapes(layer):
    return tuple(tuple(weight.shape) for weight in layer.weights)
