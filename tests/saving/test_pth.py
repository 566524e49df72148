"""`files/stream.pth` and `files/archive.pth` were written by PyTorch 2.13's `torch.save`, the first
with `_use_new_zipfile_serialization=False`; both hold the same eight tensors."""

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.pth import read_pth

FILES = Path(__file__).parent / "files"
BOTH = pytest.mark.parametrize("name", ["stream.pth", "archive.pth"])


@BOTH
def test_the_tensors_of_both_formats_are_read(name):
    found = read_pth(FILES / name)
    base = np.arange(12, dtype=np.float32).reshape(3, 4)
    expected = {
        "kernel": base, "transposed": base.T, "column": base[:, 1],
        "half": np.array([0.5, -2.0], np.float16), "count": np.array(7),
        "empty": np.zeros((0, 3), np.float32), "parameter": np.ones(2, np.float32),
        "flags": np.array([True, False]),
    }  # fmt: skip
    assert list(found) == list(expected)
    for key, values in expected.items():
        assert found[key].dtype == values.dtype
        np.testing.assert_array_equal(found[key], values)


@BOTH
def test_a_file_that_is_cut_off_is_refused(name, tmp_path):
    whole = (FILES / name).read_bytes()
    cut = tmp_path / "cut.pth"
    for size in range(0, len(whole), 61):
        cut.write_bytes(whole[:size])
        with pytest.raises(InputError, match=r"Not a PyTorch file with weights alone.*Received"):
            read_pth(cut)


class Attack:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.mkdir, (self.path,)


def test_nothing_in_a_file_is_run(tmp_path):
    made = tmp_path / "made"
    (tmp_path / "attack.pth").write_bytes(pickle.dumps(Attack(str(made))))
    with pytest.raises(InputError, match=r"asks for \w+\.mkdir, which no weights need"):
        read_pth(tmp_path / "attack.pth")
    assert not made.exists()


def test_a_tensor_that_reaches_outside_of_its_storage_is_refused(tmp_path):
    whole = (FILES / "stream.pth").read_bytes()
    # The shape (3, 4) of the first tensor, as pickled: two one-byte integers.
    assert whole.count(b"K\x03K\x04\x86") == 1
    (tmp_path / "far.pth").write_bytes(whole.replace(b"K\x03K\x04\x86", b"K\xffK\x04\x86"))
    with pytest.raises(InputError, match="reach outside of what is stored"):
        read_pth(tmp_path / "far.pth")


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    with pytest.raises(ResourceError, match="cannot be read: No such file"):
        read_pth(tmp_path / "none.pth")
