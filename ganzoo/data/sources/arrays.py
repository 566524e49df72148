"""Arrays and `.npz` files -> examples.

Images are uint8, or floats in [-1, 1] as everywhere, which are rounded to the 256 levels of uint8.
"""

import os
import zipfile
from dataclasses import replace

import numpy as np
import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.batch_formats import Attributes, BatchFormat, Kind
from ganzoo.batch_formats.attributes import columns_of
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.sources.decoding import from_array
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError, listed
from ganzoo.saving.files import path_of


class ArraySource(Source):
    """A split of arrays, one a part, as `open_arrays` checks them; `kinds` are those parts'."""

    def __init__(
        self,
        arrays: dict[str, np.ndarray],
        kinds: dict[str, Kind],
        split: str,
        name: str,
        identity: str | None,
    ):
        length = len(next(iter(arrays.values())))
        self._arrays, self._kinds = arrays, kinds
        self._positions = chosen([str(number) for number in range(length)], split, name)
        shapes = {part: array.shape[1:] for part, array in arrays.items()}
        super().__init__(name, identity, len(self._positions), shapes)
        self.attributes = next((k.names for k in kinds.values() if isinstance(k, Attributes)), ())

    def examples(self):
        positions = tf.data.Dataset.from_tensor_slices(tf.constant(self._positions, tf.int64))
        return positions.map(self._example, tf.data.AUTOTUNE).enumerate()

    def example_name(self, position):
        return f"{self.name} {self._positions[position]}"  # its number in the arrays

    def _example(self, index):
        where = tf.strings.join([os.fsencode(f"{self.name} "), tf.strings.as_string(index)])
        return {
            part: from_array(self._kinds[part], _row(array, index), where)
            for part, array in self._arrays.items()
        }


def _row(array, index):
    row = numpy_function(lambda number: array[number], [index], array.dtype)
    return tf.ensure_shape(row, array.shape[1:])


def open_arrays(
    arrays,
    batch_format: BatchFormat,
    split: str,
    name: str = "arrays",
    identity: str | None = None,
) -> tuple[Source, ...]:
    """Returns a split of arrays: all but a tenth, or that tenth, by index (see `held_out`).

    Args:
        arrays: one for each part of the format, as its kind has them: images `(count, height,
            width, 1, 3 or 4)`, labels integers `(count,)`.
        batch_format: with the settings of the data.
        split: as in `load_dataset`.
        name, identity: as in `Source`.

    Raises:
        InputError: for another number of arrays, or one of another rank, type, range or length.
    """
    check_count(batch_format, len(arrays))
    arrays = list(map(_native, arrays))
    for part, array in zip(batch_format.parts, arrays, strict=True):
        part.kind.check_array(part.name, array)
    if batch_format.independent:
        return tuple(
            ArraySource(
                {part.source_name: array},
                {part.source_name: part.kind},
                split,
                f"{name}/{part.name}",
                identity and f"{identity}/{part.name}",
            )
            for part, array in zip(batch_format.parts, arrays, strict=True)
        )
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) > 1:
        names = " and ".join(batch_format.names)
        raise InputError(f"{names} must be equally many. Received: {lengths}")
    sources = [part.source_name for part in batch_format.parts]
    kinds = dict(zip(sources, (part.kind for part in batch_format.parts), strict=True))
    arrays = dict(zip(sources, arrays, strict=True))
    return (ArraySource(arrays, kinds, split, name, identity),)


def open_npz(given: str, batch_format: BatchFormat, split: str) -> tuple[Source, ...]:
    """Returns a split of the arrays in a file, which have the names of the format's parts.

    It may have `attribute_names` too, by which attributes are chosen.

    Raises:
        ResourceError: if it cannot be read.
        InputError: if an array is missing, and as of `open_arrays`.
    """
    # In a file the parts are found by name, in whichever direction they are taken.
    path, names = path_of(given), batch_formats.batch_format(batch_format.name).names
    try:
        status = path.stat()
        # Opened here: where it is cut off, NumPy does not close it.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            missing = [name for name in names if name not in file.files]
            if missing:
                raise InputError(
                    f"The format {batch_format.name!r} takes an .npz file with the arrays "
                    f"{', '.join(names)}; this one has {listed(file.files)}. Received: {given!r}"
                )
            arrays = [file[name] for name in names]
            attribute_names = file["attribute_names"] if "attribute_names" in file.files else None
    except InputError:
        raise
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise ResourceError(
            f"Not an .npz file that can be read: {error}. Received: {given!r}"
        ) from error
    of_split = "held out" if split in ("validation", "test") else split  # they are the same
    identity = f"{path.resolve()}/{status.st_size}/{status.st_mtime_ns}/{of_split}"
    part = batch_format.part_of(Attributes)
    if part is not None and attribute_names is not None:
        place = names.index(part.name)
        columns, kind = _named_columns(arrays[place], attribute_names, part.kind, given)
        arrays[place] = columns
        batch_format = batch_format.with_kind(part, kind)
        identity += f"/{kind.names}"
    return open_arrays(arrays, batch_format, split, name=os.fspath(given), identity=identity)


def _named_columns(values, names, kind, given):
    """Returns the wanted columns of an array of attributes, and the kind with their names."""
    names = [str(name) for name in np.atleast_1d(names)]
    if values.ndim != 2 or values.shape[1] != len(names):
        raise InputError(
            f"attribute_names must be a name for each column of attributes, {values.shape}. "
            f"Received: {len(names)} of them in {given!r}"
        )
    columns = columns_of(kind.names, names, repr(given))
    return values[:, columns], replace(kind, names=tuple(names[column] for column in columns))


def _native(array):
    """Returns an array in this machine's byte order, which is all that TensorFlow can read."""
    array = np.asarray(array)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def check_count(batch_format: BatchFormat, received: int) -> None:
    """Raises InputError for a number of arrays that is not that of the format's parts."""
    names = " and ".join(batch_format.names)
    if received != len(batch_format.parts):
        raise InputError(
            f"The format {batch_format.name!r} takes {names}. Received: {received} of them"
        )
