"""Safetensors files, written and read; and those that are none."""

import json
import struct

import numpy as np
import pytest

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.safetensors import is_safetensors, read_safetensors, write_safetensors


def file_of(path, header, values=b""):
    encoded = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(encoded)) + encoded + values)
    return path


def test_what_is_written_is_read(tmp_path):
    tensors = {
        "kernel": np.arange(6, dtype=np.float32).reshape(2, 3), "half": np.float16([0.5, -2]),
        "count": np.array(7), "empty": np.zeros((0, 3), np.float32), "flags": np.array([True]),
    }  # fmt: skip
    write_safetensors(tmp_path / "t.safetensors", tensors, {"format": "pt"})
    assert is_safetensors(tmp_path / "t.safetensors")
    found = read_safetensors(tmp_path / "t.safetensors")
    assert list(found) == list(tensors)
    for name, values in tensors.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)


def test_bfloat16_becomes_float32(tmp_path):
    path = file_of(
        tmp_path / "b", {"x": {"dtype": "BF16", "shape": [2], "data_offsets": [0, 4]}},
        np.uint16([0x3F80, 0xC000]).tobytes(),
    )  # fmt: skip
    np.testing.assert_array_equal(read_safetensors(path)["x"], np.float32([1.0, -2.0]))


def entry(dtype="F32", shape=(1,), offsets=(0, 4)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


@pytest.mark.parametrize(
    "header",
    [
        {"x": entry(offsets=(0, 400))},  # beyond the end
        {"x": entry(shape=(10**12,))},
        {"x": entry(shape=(-1,))},
        {"x": entry(offsets=(4, 0))},
        {"x": entry(dtype="F128")},
        {"x": entry(), "y": entry()},  # the same values twice
        {"x": 3},
        [],
    ],
)
def test_a_header_that_states_what_is_not_there_is_refused(header, tmp_path):
    with pytest.raises(InputError, match=r"Not a complete safetensors file: .*Received"):
        read_safetensors(file_of(tmp_path / "bad", header, b"1234"))


def test_a_header_longer_than_the_file_is_refused(tmp_path):
    (tmp_path / "bad").write_bytes(struct.pack("<Q", 2**60) + b"{}")
    with pytest.raises(InputError, match="its header is cut off"):
        read_safetensors(tmp_path / "bad")
    with pytest.raises(ResourceError, match="cannot be read"):
        read_safetensors(tmp_path / "none")
