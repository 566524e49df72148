"""The weights of networks, without optimizers, as a safetensors file.

Tensors are named by their network and their place in it, `generator/003.kernel`: the names that
Keras gives to layers depend on what else a process has made.
"""

import os
from collections.abc import Iterable

import keras
import numpy as np

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.safetensors import read_safetensors, write_safetensors


def save_networks(
    path: str | os.PathLike, networks: Iterable[tuple[str, keras.Model]], dtype: str = "float32"
) -> None:
    """Writes the weights of networks.

    Args:
        path: a `.safetensors` file.
        networks: a name for each, and the network.
        dtype: the type of number to write, such as `"float16"`.

    Raises:
        InputError: if a weight is not finite in that type.
        ResourceError: if the file cannot be written.
    """
    tensors = {}
    for name, network in networks:
        for place, weight in _places(name, network).items():
            with np.errstate(over="ignore"):
                tensors[place] = np.asarray(weight, np.float32).astype(dtype)
            if not np.isfinite(tensors[place]).all():
                raise InputError(f"Weights must be finite in {dtype}. Received: {place}")
    write_safetensors(path, tensors)


def load_networks(
    path: str | os.PathLike, networks: Iterable[tuple[str, keras.Model]]
) -> list[str]:
    """Puts weights into those networks that a file has some of, and returns the names of these.

    Args:
        path: what `save_networks` wrote.
        networks: a name for each, and the network.

    Raises:
        ResourceError: if the file is damaged, or not of such networks.
    """
    tensors = read_safetensors(path)
    given = []
    for name, network in networks:
        places = _places(name, network)
        if places and places.keys().isdisjoint(tensors):
            continue
        for place, weight in places.items():
            values = tensors.pop(place, None)
            if values is None or values.shape != tuple(weight.shape):
                found = "nothing" if values is None else values.shape
                raise ResourceError(
                    f"Not weights of this model: {place} is {tuple(weight.shape)} there. "
                    f"Received: {found} in {str(path)!r}"
                )
            weight.assign(values.astype(np.float32))
        given.append(name)
    if tensors:
        raise ResourceError(
            f"Not weights of this model, which has no {next(iter(tensors))}. "
            f"Received: {str(path)!r}"
        )
    return given


def _places(name, network):
    return {f"{name}/{i:03}.{weight.name}": weight for i, weight in enumerate(network.weights)}
