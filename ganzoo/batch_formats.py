"""The four shapes that an element of a dataset can have, and the check that it has the right one.

All images are float32 in [-1, 1], `(batch, height, width, channels)`; labels are int32 `(batch,)`.
"""

import tensorflow as tf

from ganzoo.errors import InputError

BATCH_FORMATS = {
    "images": ("images",),
    "labelled": ("images", "labels"),
    "paired": ("inputs", "targets"),
    "unpaired": ("images_a", "images_b"),
}


def unpack(batch_format: str, data, *shapes):
    """Returns the tensors of a batch: one tensor for `images`, otherwise a tuple of two.

    Args:
        batch_format: a key of `BATCH_FORMATS`.
        data: what `fit` hands to `train_step`: a tensor, or a tuple of tensors.
        *shapes: the shape of one example of each part, None for a free dimension: `(64, 64, 3)`
            for images, `()` for labels.

    Raises:
        InputError: if the number of tensors or the shape of one is another.
    """
    parts = data if isinstance(data, (tuple, list)) else (data,)
    parts = [part for part in parts if part is not None]  # train_on_batch adds empty places
    if len(parts) == 1 and isinstance(parts[0], (tuple, list)):
        parts = parts[0]  # fit((images, labels)) instead of fit(images, labels)
    # Eagerly, Keras hands arrays on as they came.
    parts = [tf.convert_to_tensor(part) if hasattr(part, "shape") else part for part in parts]
    received = [getattr(part, "shape", type(part).__name__) for part in parts]
    fits = len(parts) == len(shapes) and all(
        isinstance(got, tf.TensorShape) and got[1:].is_compatible_with(shape)
        for got, shape in zip(received, shapes, strict=True)
    )
    for part, shape in zip(parts, shapes, strict=False):
        if fits and len(shape) == 3 and not part.dtype.is_floating:
            raise InputError(f"Images are float32 in [-1, 1]. Received: {part.dtype.name}")
        if fits and shape == () and not part.dtype.is_integer:
            raise InputError(f"Labels are integers. Received: {part.dtype.name}")
    if not fits:
        expected = " and ".join(
            f"{name} {('batch', *shape)}".replace("'", "").replace("None", "any")
            for name, shape in zip(BATCH_FORMATS[batch_format], shapes, strict=True)
        )
        raise InputError(
            f"A batch of format {batch_format!r} is {expected}. "
            f"Received: {' and '.join(map(str, received))}"
        )
    return parts[0] if len(parts) == 1 else tuple(parts)


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
