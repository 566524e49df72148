"""What a layout is: a way to read a state dict as the weights of one of our networks."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import keras
import numpy as np


class NoFit(Exception):
    """A state dict is not of a layout; the text says where it differs."""


class Tensors:
    """A state dict, of which each tensor is to be taken once.

    Args:
        state: arrays by name.
    """

    def __init__(self, state: Mapping[str, np.ndarray]):
        self._left = dict(state)

    def take(self, name: str, dimensions: int) -> np.ndarray:
        """Returns a tensor, which is then taken.

        Raises:
            NoFit: if it is not there, or has another number of dimensions.
        """
        if name not in self._left:
            raise NoFit(f"it has no {name}")
        values = self._left.pop(name)
        if values.ndim != dimensions:
            raise NoFit(f"{name} has the shape {values.shape}, not {dimensions} dimensions")
        return values

    def kernel(self, name: str) -> np.ndarray:
        """Returns the kernel of a convolution, or of a transposed one, in Keras's layout."""
        return self.take(f"{name}.weight", 4).transpose(2, 3, 1, 0)

    def convolution(self, name: str) -> list[np.ndarray]:
        """Returns the kernel and the biases of a convolution, or of a transposed one."""
        return [self.kernel(name), self.take(f"{name}.bias", 1)]

    def batch_statistics(self, name: str, kept: bool) -> list[np.ndarray]:
        """Returns the gain and the bias of a batch normalisation, and its averages if `kept`."""
        names = ("weight", "bias", "running_mean", "running_var")[: 4 if kept else 2]
        return [self.take(f"{name}.{one}", 1) for one in names]

    def count(self, pattern: str) -> int:
        """Returns how many of the names that are left match a regular expression as a whole."""
        return sum(re.fullmatch(pattern, name) is not None for name in self._left)

    def has(self, name: str) -> bool:
        """Whether a tensor is there, and not taken."""
        return name in self._left

    def end(self, ignored: str) -> tuple[str, ...]:
        """Returns the names that are left.

        Args:
            ignored: a regular expression for those that no weight is made of.

        Raises:
            NoFit: if another is left.
        """
        for name in self._left:
            if not re.fullmatch(ignored, name):
                raise NoFit(f"nothing here takes its {name}, {self._left[name].shape}")
        return tuple(self._left)


@dataclass(frozen=True)
class NetworkWeights:
    """The weights of a network, and what their shapes state of its model.

    Attributes:
        settings: of the model's constructor; `"channels"` stands for the last of `image_shape`,
            `"side"` for the others, where shapes state them.
        layers: of each layer that has weights, in order, its arrays in Keras's order.
        ignored: names of tensors that no weight is made of.
    """

    settings: dict
    layers: list[list[np.ndarray]] = field(repr=False)
    ignored: tuple[str, ...] = ()

    def give(self, network: keras.Model) -> None:
        """Sets the weights of a network of the same sizes.

        Raises:
            NoFit: if its sizes are others.
        """
        layers = [layer for layer in network.layers if layer.weights]
        if len(layers) != len(self.layers):
            raise NoFit(f"{len(self.layers)} of its layers have weights, of ours {len(layers)}")
        for layer, arrays in zip(layers, self.layers, strict=True):
            theirs, ours = ([tuple(w.shape) for w in some] for some in (arrays, layer.weights))
            if theirs != ours:
                raise NoFit(f"a layer has weights of the shapes {theirs}, ours {ours}")
            layer.set_weights(arrays)


@dataclass(frozen=True)
class Layout:
    """The layout of one network of official code.

    Attributes:
        name: what is printed of it.
        model: the name of the model that has the network.
        side: `"generator"` or `"discriminator"`.
        read: returns the weights in a state dict; raises NoFit.
    """

    name: str
    model: str
    side: str
    read: Callable[[Mapping[str, np.ndarray]], NetworkWeights]
