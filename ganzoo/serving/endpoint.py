"""`Endpoint`: one signature of an export, and the checks that every signature begins with."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import tensorflow as tf


@dataclass(frozen=True)
class Endpoint:
    """One signature of an export: what a server is asked by name.

    Attributes:
        function: takes tensors by the names of `inputs` and returns `{name: tensor}`. The first
            dimension of each of them is the batch, because a server can batch nothing else.
        inputs, outputs: `tf.TensorSpec`s, each with a name.
        examples: takes a number and returns as many examples, `{name: array}`, the same each time.
            The proof of an export and its warm-up requests are made of them.
        meanings: `{name: text}`: of each input and output its range and what it is.
    """

    function: Callable[..., dict[str, tf.Tensor]]
    inputs: tuple[tf.TensorSpec, ...]
    outputs: tuple[tf.TensorSpec, ...]
    examples: Callable[[int], dict[str, np.ndarray]]
    meanings: dict[str, str]

    def __call__(self, *tensors) -> dict[str, tf.Tensor]:
        """Checks the shapes of tensors, in the order of `inputs`, and calls the function."""
        checked = {}
        for spec, tensor in zip(self.inputs, tensors, strict=True):
            # No server compares shapes with the signature; this does, while the graph runs.
            tensor = tf.ensure_shape(tensor, spec.shape, name=spec.name)
            shape = tf.shape(tensor)
            is_filled = tf.reduce_all(shape > 0)
            checked[spec.name] = require(tensor, is_filled, f"{spec.name} must not be empty", shape)
        first, *others = checked
        for name in others:
            sizes = tf.stack([tf.shape(checked[name])[0], tf.shape(checked[first])[0]])
            message = f"There must be as many {name} as {first}"
            checked[name] = require(checked[name], sizes[0] == sizes[1], message, sizes)
        return self.function(**checked)


def require(tensor, condition, message: str, received) -> tf.Tensor:
    """Returns the tensor if the condition holds, and is otherwise an error, in a graph as well.

    Its place is outside of what XLA compiles, which leaves out assertions without a word.

    Args:
        tensor: what the rest is made from, so that the rest waits for the check.
        condition: a boolean scalar.
        message: what is wrong and what would be right.
        received: a tensor, or a list of them, for the message's end.
    """
    received = received if isinstance(received, list) else [received]
    assertion = tf.debugging.Assert(condition, [f"{message}. Received:", *received])
    with tf.control_dependencies([assertion]):  # None in eager mode, where it raises
        return tf.identity(tensor)


def require_images(images) -> tf.Tensor:
    """Returns float images if they are in [-1, 1], and is otherwise an error, as `require` is."""
    # Bytes in floats, 0 to 255, are the mistake to expect. NaN is out of range, too.
    in_range = tf.reduce_all(tf.abs(images) <= 1.0 + 1e-3)
    extremes = tf.stack([tf.reduce_min(images), tf.reduce_max(images)])
    return require(images, in_range, "images must be in [-1, 1]", extremes)
