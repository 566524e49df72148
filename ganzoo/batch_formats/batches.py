"""A batch checked, whether `fit` was given what the model's format says, and divided."""

from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats.formats import batch_format
from ganzoo.errors import InputError

LOOKED_AT = 256  # examples whose values are checked


def unpack(name: str, data, shapes: Mapping[str, tuple], dtype: str = "float32"):
    """Returns the tensors of a batch: one tensor if the format has one part, otherwise a tuple.

    Args:
        name: of the format.
        data: what `fit` hands to `train_step`: a tensor, or a tuple of tensors.
        shapes: the shape of one example of each part, None for a free dimension: `(64, 64, 3)`
            for images, `()` for labels.
        dtype: of floats.

    Raises:
        InputError: if the number of tensors, or the shape or type of one, is another.
    """
    declared = batch_format(name)
    tensors = data if isinstance(data, (tuple, list)) else (data,)
    tensors = [x for x in tensors if x is not None]  # train_on_batch adds empty places
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tensors[0]  # fit((images, labels)) instead of fit(images, labels)
    # Eagerly, Keras hands arrays on as they came.
    tensors = [tf.convert_to_tensor(x) if hasattr(x, "shape") else x for x in tensors]
    received = [getattr(x, "shape", type(x).__name__) for x in tensors]
    fits = len(tensors) == len(declared.parts) and all(
        isinstance(got, tf.TensorShape) and got[1:].is_compatible_with(shapes[part.name])
        for got, part in zip(received, declared.parts, strict=True)
    )
    if not fits:
        expected = " and ".join(
            f"{part} {('batch', *shapes[part])}".replace("'", "").replace("None", "any")
            for part in declared.names
        )
        received = " and ".join(map(str, received))
        raise InputError(f"A batch of format {name!r} is {expected}. Received: {received}")
    for part, tensor in zip(declared.parts, tensors, strict=True):
        part.kind.check(tensor)
    # Of a dataset that states no shapes they are known when a step runs; Keras also forgets those
    # of a second call of `fit` with others.
    tensors = [
        tensor
        if tensor.shape[1:].is_fully_defined()
        else tf.ensure_shape(tensor, (None, *shapes[part.name]))
        for part, tensor in zip(declared.parts, tensors, strict=True)
    ]
    tensors = [tf.cast(x, dtype) if x.dtype.is_floating else x for x in tensors]
    return tensors[0] if len(tensors) == 1 else tuple(tensors)


def check_values(name: str, x, y=None) -> None:
    """Checks the first values of what `fit` is given: images of 0 to 255, say, are refused.

    Looked at are arrays, and the first batch of a `tf.data.Dataset`; to look at others would change
    what comes next. What else may be wrong `unpack` says.

    Args:
        name: of the format.
        x, y: as `fit` takes them.

    Raises:
        InputError: if values are outside their range.
    """
    first = next(iter(x.take(1)), ()) if isinstance(x, tf.data.Dataset) else x
    parts = first if isinstance(first, (tuple, list)) else (first, y)
    if len(parts) == 1 and isinstance(parts[0], (tuple, list)):
        parts = parts[0]
    for part, values in zip(batch_format(name).parts, parts, strict=False):
        if isinstance(values, (np.ndarray, tf.Tensor)):
            part.kind.check_values(part.name, np.asarray(values[:LOOKED_AT]))


def split(batch, count: int) -> list:
    """Returns a batch in equal parts, one after another: `count` batches of its format.

    Args:
        batch: what `unpack` returned.
        count: of parts.

    Raises:
        InputError: if the number of examples is no multiple of it.
    """
    tensors = batch if isinstance(batch, tuple) else (batch,)
    size = tensors[0].shape[0]
    if size is not None and size % count:
        raise InputError(
            f"A step of this model takes {count} batches as one, so their examples must be a "
            f"multiple of {count}. Received: {size}"
        )
    parts = [tf.split(tensor, count) for tensor in tensors]
    return [part[0] if len(part) == 1 else part for part in zip(*parts, strict=True)]
