"""What is checked of the values of batches, and how a check in a graph is told in one line.

Numbers of classes in what `fit`, `evaluate` and `predict` are given are checked before XLA. The
networks check them too (`OneHotLabels`), but XLA has no assertions, and where there are some Keras
wraps their message in pages of a graph's names.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.layers.class_numbers import ClassNumbers

_ASSERTION = re.compile(r"\[([^\]]+ Received:)\]\s*\[(-?\d+)")


def checked(x, y, allowed: Sequence[ClassNumbers | None], replicas=1, batch_size=None):
    """Returns `x`; of a dataset, one that checks each element when its turn comes.

    Arrays are checked here. Generators and Keras's datasets are left as they are.

    Args:
        x, y: as `fit` takes them.
        allowed: for each tensor of a batch, in its order, the numbers that it may have, None where
            they are no classes.
        replicas: among which batches are divided, each of which must get an example.
        batch_size: of arrays, None for Keras's 32.

    Raises:
        InputError: for an array with another number, or whose last batch is too small.
    """
    if not any(allowed) and replicas == 1:
        return x
    if isinstance(x, tf.data.Dataset):
        return _checking(x, allowed, replicas)
    first = next(iter(_tensors([x])), None)
    if isinstance(first, (np.ndarray, tf.Tensor)):
        left = len(first) % (batch_size or 32)
        if 0 < left < replicas:
            raise InputError(f"{_too_small(replicas)} {left}")
    for values, numbers in zip(_tensors([x, y]), allowed, strict=False):
        is_array = isinstance(values, (np.ndarray, tf.Tensor))
        if numbers is not None and is_array and tf.as_dtype(values.dtype).is_integer:
            numbers.check(values)
    return x


@contextlib.contextmanager
def short_errors() -> Iterator[None]:
    """Within the block a failed assertion of ours, a message and a number, is an InputError."""
    try:
        yield
    except tf.errors.InvalidArgumentError as error:
        if (found := _ASSERTION.search(error.message)) is None:
            raise
        raise InputError(f"{found[1]} {found[2]}") from None


def _too_small(replicas):
    return (
        f"A batch is divided among {replicas} replicas, and means over no example are NaN; leave "
        "out a last batch that is smaller (batch(n, drop_remainder=True)). Received:"
    )


def _checking(dataset, allowed, replicas):
    is_tuple = isinstance(dataset.element_spec, tuple)

    def check(*element):
        assertions = [
            numbers.assertion(values)
            for values, numbers in zip(_tensors(element), allowed, strict=False)
            if numbers is not None and isinstance(values, tf.Tensor) and values.dtype.is_integer
        ]
        if replicas > 1:
            size = tf.shape(_tensors(element)[0])[0]
            assertions.append(tf.debugging.Assert(size >= replicas, [_too_small(replicas), size]))
        with tf.control_dependencies(assertions):
            element = tf.nest.map_structure(tf.identity, element)
        return element if is_tuple else element[0]

    return dataset.map(check)


def _tensors(nested):
    return [each for each in tf.nest.flatten(nested) if each is not None]
