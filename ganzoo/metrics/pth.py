"""Reads the weights in a PyTorch file (`.pth`) without PyTorch, and without running anything in it.

Both formats of `torch.save` are read: the zip archive of PyTorch 1.6 and later, and the stream of
pickles before it, in which the published Inception weights are. A pickle can name any function for
the reader to call; this reader knows only what a state dict is made of, and rejects the rest.
"""

import collections
import io
import math
import os
import pickle
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.errors import InputError, ResourceError

_DTYPES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "LongStorage": "<i8",
    "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1", "ByteStorage": "<u1",
    "BoolStorage": "?",
}  # fmt: skip
_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # how the older format starts


def read_pth(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Returns the arrays of a state dict, in PyTorch's layout, by name.

    Args:
        path: a file that `torch.save(model.state_dict(), path)` wrote, in either format.

    Raises:
        ResourceError: if there is no such file, or it cannot be read.
        InputError: if it is no such file, or incomplete, or holds anything but named arrays.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if zipfile.is_zipfile(file):
                tensors, contents = _read_zip(file)
            else:
                file.seek(0)
                tensors, contents = _read_stream(file)
        if not isinstance(tensors, dict):
            raise pickle.UnpicklingError(f"it holds a {type(tensors).__name__}, no state dict")
        return {str(name): _array(tensor, contents) for name, tensor in tensors.items()}
    except OSError as error:
        raise ResourceError(
            f"Weights cannot be read: {error.strerror or error}. Received: {str(path)!r}"
        ) from error
    except Exception as error:  # a damaged pickle can raise anything
        raise InputError(
            f"Not a PyTorch file with weights alone: {error}. Received: {str(path)!r}"
        ) from error


@dataclass(frozen=True)
class _Tensor:
    """Where the values of a tensor are: in the older format, they come after the tensors."""

    storage: tuple[str, str]  # its dtype and its key
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _Unpickler(pickle.Unpickler):
    """Makes `_Tensor`s of tensors; knows no other class than an `OrderedDict`."""

    def find_class(self, module, name):
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return lambda storage, offset, shape, strides, *_: _Tensor(
                storage, offset, tuple(shape), tuple(strides)
            )
        if (module, name) == ("torch._utils", "_rebuild_parameter"):
            return lambda tensor, *_: tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"it asks for {module}.{name}, which no weights need")

    def persistent_load(self, pid):
        kind, dtype, key = pid[:3]
        if kind != "storage" or (len(pid) > 5 and pid[5] is not None):
            raise pickle.UnpicklingError("it holds storages of an unknown kind")
        return dtype, str(key)


def _read_zip(file):
    with zipfile.ZipFile(file) as archive:
        (pickled,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        folder = pickled.removesuffix("data.pkl")
        if f"{folder}byteorder" in archive.namelist():
            _check(archive.read(f"{folder}byteorder") == b"little", "its numbers are big-endian")
        tensors = _Unpickler(io.BytesIO(archive.read(pickled))).load()
        start = f"{folder}data/"
        names = [name for name in archive.namelist() if name.startswith(start)]
        return tensors, {name.removeprefix(start): archive.read(name) for name in names}


def _read_stream(file):
    def load():
        return _Unpickler(file).load()

    _check(load() == _MAGIC and load() == _PROTOCOL, "it begins otherwise")
    _check(load()["little_endian"], "its numbers are big-endian")
    tensors, keys = load(), load()
    sizes = {
        tensor.storage[1]: np.dtype(tensor.storage[0]).itemsize
        for tensor in tensors.values()
        if isinstance(tensor, _Tensor)
    }
    contents = {}
    for key in keys:
        (count,) = struct.unpack("<q", file.read(8))
        contents[str(key)] = file.read(count * sizes[str(key)])
    return tensors, contents


def _array(tensor, contents):
    _check(isinstance(tensor, _Tensor), f"it holds a {type(tensor).__name__} among the weights")
    dtype, key = tensor.storage
    values = np.frombuffer(contents[key], dtype)
    if math.prod(tensor.shape) == 0:
        return np.empty(tensor.shape, dtype)
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True))
    numbers = (tensor.offset, *tensor.shape, *tensor.strides)
    inside = min(numbers) >= 0 and tensor.offset + reach < len(values)
    _check(inside, "it is cut off, or its tensors reach outside of what is stored")
    steps = [step * values.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps)
    return view.copy()


def _check(holds, fault):
    if not holds:
        raise pickle.UnpicklingError(fault)
