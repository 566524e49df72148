"""Reads and writes safetensors files (https://github.com/huggingface/safetensors).

Eight bytes with the length of a JSON header, the header, and then the values: a format in which
nothing can be run. A file is checked before any of its values is copied.
"""

import json
import math
import os
import struct
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.files import written_atomically
from ganzoo.saving.pth import from_bfloat16

_DTYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "<i1", "U8": "<u1", "BOOL": "?",
}  # fmt: skip
_NAMES = {np.dtype(dtype): name for name, dtype in _DTYPES.items() if name != "BF16"}


def is_safetensors(path: str | os.PathLike) -> bool:
    """Whether a file begins as one in this format does."""
    with Path(path).open("rb") as file:
        start = file.read(9)
    return len(start) == 9 and start[8:] == b"{"


def read_safetensors(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Returns the tensors of a file by name; bfloat16 becomes float32.

    Raises:
        ResourceError: if there is no such file, or it cannot be read.
        InputError: if it is no such file, or incomplete.
    """
    path = Path(path)
    try:
        content = np.memmap(path, np.uint8, "r")
        (length,) = struct.unpack("<Q", content[:8].tobytes())
        _check(8 + length <= len(content), "its header is cut off")
        header = json.loads(content[8 : 8 + length].tobytes())
        header.pop("__metadata__", None)
        values = content[8 + length :]
        sizes = [entry["data_offsets"][1] - entry["data_offsets"][0] for entry in header.values()]
        _check(sum(sizes) <= len(values), "it is cut off, or its tensors overlap")
        return {name: _array(values, **entry) for name, entry in header.items()}
    except OSError as error:
        raise ResourceError(
            f"Weights cannot be read: {error.strerror or error}. Received: {str(path)!r}"
        ) from error
    except Exception as error:  # a header can be any JSON, or none
        raise InputError(
            f"Not a complete safetensors file: {error}. Received: {str(path)!r}"
        ) from error


def write_safetensors(
    path: str | os.PathLike,
    tensors: Mapping[str, np.ndarray],
    metadata: Mapping[str, str] | None = None,
) -> None:
    """Writes tensors by name, and texts about them.

    Raises:
        ResourceError: if the file cannot be written.
    """
    header, offset = {"__metadata__": dict(metadata or {})}, 0
    for name, values in tensors.items():
        end = offset + values.nbytes
        header[name] = {
            "dtype": _NAMES[values.dtype],
            "shape": list(values.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    encoded = json.dumps(header).encode()
    encoded += b" " * (-len(encoded) % 8)
    with written_atomically(Path(path)) as temporary, temporary.open("wb") as file:
        file.write(struct.pack("<Q", len(encoded)) + encoded)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values).tobytes())


def _array(values, dtype, shape, data_offsets):
    _check(dtype in _DTYPES, f"it has values of the unknown type {dtype!r}")
    begin, end = data_offsets
    numbers = (begin, end, *shape)
    _check(all(type(n) is int and n >= 0 for n in numbers), "a tensor's sizes are negative")
    size = math.prod(shape) * np.dtype(_DTYPES[dtype]).itemsize
    _check(end <= len(values) and end - begin == size, "it is cut off, or sizes do not agree")
    array = np.frombuffer(values[begin:end].tobytes(), _DTYPES[dtype]).reshape(shape)
    return from_bfloat16(array) if dtype == "BF16" else array


def _check(holds, fault):
    if not holds:
        raise ValueError(fault)
