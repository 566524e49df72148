"""Arrays and `.npz` files -> examples.

Images are uint8, or floats in [-1, 1] as everywhere, which are rounded to the 256 levels of uint8.
"""

import logging
import os
import zipfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError, listed
from ganzoo.images.ranges import to_uint8

logger = logging.getLogger(__name__)
CHECKED_AT_ONCE = 256


class ArraySource(Source):
    """A split of arrays, one a part; `arrays` are as `open_arrays` checks them."""

    def __init__(self, arrays: dict[str, np.ndarray], split: str, name: str, identity: str | None):
        length = len(next(iter(arrays.values())))
        self._arrays = arrays
        self._positions = chosen([str(number) for number in range(length)], split, name)
        shapes = {part: array.shape[1:] for part, array in arrays.items()}
        super().__init__(name, identity, len(self._positions), shapes)

    def examples(self):
        positions = tf.data.Dataset.from_tensor_slices(tf.constant(self._positions, tf.int64))
        return positions.map(self._example, tf.data.AUTOTUNE).enumerate()

    def _example(self, index):
        return {part: _row(array, index) for part, array in self._arrays.items()}


def _row(array, index):
    row = numpy_function(lambda number: array[number], [index], array.dtype)
    row = tf.ensure_shape(row, array.shape[1:])
    return row if array.ndim == 1 else quantize(row)


def open_arrays(
    arrays, batch_format: str, split: str, name: str = "arrays", identity: str | None = None
) -> tuple[Source, ...]:
    """Returns a split of arrays: all but a tenth, or that tenth, by index (see `held_out`).

    Args:
        arrays: one for each part of the format: images `(count, height, width, 1, 3 or 4)`, labels
            integers `(count,)`.
        batch_format, split: as in `load_dataset`.
        name, identity: as in `Source`.

    Raises:
        InputError: for another number of arrays, or one of another rank, type, range or length.
    """
    names = BATCH_FORMATS[batch_format]
    check_count(batch_format, len(arrays))
    arrays = dict(zip(names, map(_native, arrays), strict=True))
    for part, array in arrays.items():
        (_check_labels if part == "labels" else _check_images)(part, array)
    if batch_format == "unpaired":
        return tuple(
            ArraySource(
                {"images": array}, split, f"{name}/{part}", identity and f"{identity}/{part}"
            )
            for part, array in arrays.items()
        )
    lengths = [len(array) for array in arrays.values()]
    if len(set(lengths)) > 1:
        raise InputError(f"{' and '.join(names)} must be equally many. Received: {lengths}")
    return (ArraySource(arrays, split, name, identity),)


def open_npz(given: str, batch_format: str, split: str) -> tuple[Source, ...]:
    """Returns a split of the arrays in a file, which have the names of the format's parts.

    Raises:
        ResourceError: if it cannot be read.
        InputError: if an array is missing, and as of `open_arrays`.
    """
    path, names = Path(given).expanduser(), BATCH_FORMATS[batch_format]
    try:
        status = path.stat()
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in names if name not in file.files]
            if missing:
                raise InputError(
                    f"The format {batch_format!r} takes an .npz file with the arrays "
                    f"{', '.join(names)}; this one has {listed(file.files)}. Received: {given!r}"
                )
            arrays = [file[name] for name in names]
    except InputError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ResourceError(
            f"Not an .npz file that can be read: {error}. Received: {given!r}"
        ) from error
    identity = f"{path.resolve()}/{status.st_size}/{status.st_mtime_ns}/{split}"
    return open_arrays(arrays, batch_format, split, name=os.fspath(given), identity=identity)


def _native(array):
    """Returns an array in this machine's byte order, which is all that TensorFlow can read."""
    array = np.asarray(array)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def quantize(image) -> tf.Tensor:
    """Returns an image as uint8; the graph raises an error for a float that is not in [-1, 1]."""
    if image.dtype == tf.uint8:
        return image
    in_range = tf.reduce_all(tf.abs(image) <= 1)  # NaN is not
    tf.debugging.Assert(in_range, ["Floats must be in [-1, 1], and those of an image are not"])
    return to_uint8(image)


def check_count(batch_format: str, received: int) -> None:
    """Raises InputError for a number of arrays that is not that of the format's parts."""
    names = BATCH_FORMATS[batch_format]
    if received != len(names):
        raise InputError(
            f"The format {batch_format!r} takes {' and '.join(names)}. Received: {received} of them"
        )


def _check_images(part, array):
    if array.ndim != 4 or array.shape[-1] not in (1, 3, 4):
        raise InputError(
            f"{part} must be (count, height, width, 1, 3 or 4). Received: {array.shape}"
        )
    check_type(part, array.dtype)
    if array.dtype == np.uint8 or len(array) == 0:
        return
    starts = range(0, len(array), CHECKED_AT_ONCE)
    lowest = np.min([array[start : start + CHECKED_AT_ONCE].min() for start in starts])
    highest = np.max([array[start : start + CHECKED_AT_ONCE].max() for start in starts])
    if not (lowest >= -1 and highest <= 1):
        raise InputError(
            f"Floats must be in [-1, 1]; give levels of 0 to 255 as uint8. "
            f"Received: {part} from {lowest:g} to {highest:g}"
        )
    if lowest >= 0:
        logger.warning("No value in %s is below 0; if 0 is black, take 2 x - 1", part)


def _check_labels(part, array):
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise InputError(f"{part} must be integers (count,). Received: {array.dtype} {array.shape}")
    if len(array) and not 0 <= array.min() <= array.max() < 2**31:
        raise InputError(
            f"{part} must be numbers of classes. Received: {array.min()} to {array.max()}"
        )


def check_type(part: str, dtype) -> None:
    """Raises InputError for a type that images cannot have."""
    if dtype not in (tf.uint8, tf.float16, tf.bfloat16, tf.float32, tf.float64):
        raise InputError(
            f"Images are uint8 in 0 to 255 or floats in [-1, 1]. Received: {part} of {dtype.name}"
        )
