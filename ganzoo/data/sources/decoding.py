"""From pixels and rows that were read to a source's examples, as their kinds have them."""

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Kind
from ganzoo.data.numpy_calls import numpy_function


def decoded(kind: Kind, value: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """Returns what a source has of a decoded picture `(height, width, channels)`.

    Args:
        kind: of its part.
        value: the pixels.
        where: what messages call it, a scalar string.
    """
    if not kind.decodes:
        return value
    result = numpy_function(
        lambda pixels, name: kind.decode(pixels, np.asarray(name).item().decode()),
        [value, where],
        kind.cached_type,
    )
    return tf.ensure_shape(result, (*value.shape[:2], 1))


def from_array(kind: Kind, value: tf.Tensor, where: tf.Tensor) -> tf.Tensor:
    """Returns what a source has of a row of an array, or of an element of a dataset."""
    return decoded(kind, value, where) if kind.decodes else kind.from_array(value)
