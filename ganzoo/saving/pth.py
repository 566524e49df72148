"""Reads the weights in a PyTorch file (`.pth`) without PyTorch, and without running anything in it.

Both formats of `torch.save` are read: the zip archive of PyTorch 1.6 and later, and the stream of
pickles before it. A pickle can name any function for the reader to call; this reader knows only
what dictionaries of tensors are made of, and rejects the rest. What it reads is bounded by the size
of the file: a pickle can also state sizes that no file has.
"""

import collections
import io
import math
import mmap
import os
import pickle
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.errors import InputError, ResourceError

_DTYPES = {
    "DoubleStorage": "<f8", "FloatStorage": "<f4", "HalfStorage": "<f2", "BFloat16Storage": "bf16",
    "LongStorage": "<i8", "IntStorage": "<i4", "ShortStorage": "<i2", "CharStorage": "<i1",
    "ByteStorage": "<u1", "BoolStorage": "?",
}  # fmt: skip
_MAGIC, _PROTOCOL = 0x1950A86A20F9469CFC6C, 1001  # how the older format starts
_DEEPEST = 16  # dictionaries in dictionaries; a pickle can hold one that contains itself
_MOST = 1_000_000  # values in a file
_SHARING = 4  # times the file's size: tensors may share values, and bfloat16 becomes twice as large


def read_pth(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Returns the tensors of a file, in PyTorch's layout, by name.

    Of dictionaries in dictionaries the names are joined by dots, as in `state_dict.conv.weight`;
    whatever is no tensor, such as the number of an epoch, is left out. bfloat16 becomes float32.

    Args:
        path: a file that `torch.save` wrote of a state dict or of a dictionary that holds some, in
            either format.

    Raises:
        ResourceError: if there is no such file, or it cannot be read.
        InputError: if it is no such file, or incomplete, or holds anything but dictionaries of
            tensors, numbers, texts and lists.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            read = _read_zip if zipfile.is_zipfile(file) else _read_stream
            file.seek(0)
            found, contents = read(file, path.stat().st_size)
        if not isinstance(found, dict):
            raise pickle.UnpicklingError(f"it holds a {type(found).__name__}, no state dict")
        tensors, left = {}, _SHARING * path.stat().st_size
        for name, tensor in _tensors(found):
            tensors[name] = _array(tensor, contents)
            left -= tensors[name].nbytes
            _check(left >= 0, "its tensors share their values, and come to more than the file")
        return tensors
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

    def __init__(self, file):
        super().__init__(file)
        self.dtypes = {}  # of the storages, by key

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
        self.dtypes[str(key)] = dtype
        return dtype, str(key)


def _read_zip(file, size):
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        stored = all(member.compress_type == zipfile.ZIP_STORED for member in members)
        _check(
            stored and sum(member.file_size for member in members) <= size,
            "it is compressed, which torch.save does not do",
        )
        names = archive.namelist()
        pickles = [name for name in names if name.endswith("/data.pkl")]
        _check(len(pickles) == 1, "it is a zip archive, but not one of torch.save")
        folder = pickles[0].removesuffix("data.pkl")
        if f"{folder}byteorder" in names:
            _check(archive.read(f"{folder}byteorder") == b"little", "its numbers are big-endian")
        found = _Unpickler(io.BytesIO(archive.read(pickles[0]))).load()
        start = f"{folder}data/"
        return found, {
            name.removeprefix(start): archive.read(name) for name in names if name.startswith(start)
        }


def _read_stream(file, size):
    # Mapped, reads end with the file, whatever length a pickle states.
    _check(size > 0, "it is empty")
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as stream:

        def load():
            unpickler = _Unpickler(stream)
            return unpickler.load(), unpickler.dtypes

        _check(load()[0] == _MAGIC and load()[0] == _PROTOCOL, "it begins otherwise")
        _check(load()[0]["little_endian"], "its numbers are big-endian")
        found, dtypes = load()
        contents = {}
        for key in load()[0]:
            (count,) = struct.unpack("<q", stream.read(8))
            _check(count >= 0, "a storage has a negative size")
            contents[str(key)] = stream.read(count * _itemsize(dtypes[str(key)]))
        return found, contents


def _tensors(tree, prefix="", depth=0) -> Iterator[tuple[str, _Tensor]]:
    """Yields the tensors of dictionaries in dictionaries, with their names."""
    _check(depth < _DEEPEST and len(tree) < _MOST, "its dictionaries are nested without end")
    for key, value in tree.items():
        if isinstance(value, _Tensor):
            yield f"{prefix}{key}", value
        elif isinstance(value, dict):
            yield from _tensors(value, f"{prefix}{key}.", depth + 1)


def _array(tensor, contents):
    dtype, key = tensor.storage
    content = contents[key]
    values = np.frombuffer(content, "<u2" if dtype == "bf16" else dtype)
    numbers = (tensor.offset, *tensor.shape, *tensor.strides)
    _check(all(type(n) is int and n >= 0 for n in numbers), "a tensor's sizes are negative")
    _check(len(tensor.shape) == len(tensor.strides), "a tensor has a size without a stride")
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.strides, strict=True))
    count = math.prod(tensor.shape)
    # More values than are stored are one value many times (a stride of 0): no weight is.
    inside = count == 0 or (tensor.offset + reach < len(values) and count <= len(values))
    _check(inside, "it is cut off, or its tensors reach outside of what is stored")
    if count == 0:
        array = np.empty(tensor.shape, values.dtype)
    else:
        steps = [step * values.itemsize for step in tensor.strides]
        array = np.lib.stride_tricks.as_strided(values[tensor.offset :], tensor.shape, steps).copy()
    return from_bfloat16(array) if dtype == "bf16" else array


def from_bfloat16(bits: np.ndarray) -> np.ndarray:
    """Returns the float32 values of bfloat16 numbers, given as uint16."""
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _itemsize(dtype):
    return 2 if dtype == "bf16" else np.dtype(dtype).itemsize


def _check(holds, fault):
    if not holds:
        raise pickle.UnpicklingError(fault)
