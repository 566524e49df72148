"""`files/stream.pth` and `files/archive.pth` were written by PyTorch 2.13's `torch.save`, the first
with `_use_new_zipfile_serialization=False`; both hold the same eight tensors."""

import os
import pickle
import zipfile
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


def stored(path, tensor, content=bytes(40), compression=zipfile.ZIP_STORED):
    """Writes a state dict of one tensor as `torch.save` does: its offset, shape and strides."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("archive/data.pkl", pickled(tensor))
        archive.writestr("archive/data/0", content)
    return path


def pickled(offset_shape_strides):
    """Returns the pickle of `{"w": tensor}`, a tensor of storage 0 of ten floats."""
    offset, shape, strides = (pickle.dumps(x, 2)[2:-1] for x in offset_shape_strides)
    storage = pickle.dumps("storage", 2)[2:-1] + b"ctorch\nFloatStorage\n"
    storage = b"(" + storage + b"".join(pickle.dumps(x, 2)[2:-1] for x in ("0", "cpu", 10)) + b"tQ"
    tensor = b"ctorch._utils\n_rebuild_tensor_v2\n(" + storage + offset + shape + strides
    tensor += b"\x89ccollections\nOrderedDict\n)RtR"
    return b"\x80\x02}" + pickle.dumps("w", 2)[2:-1] + tensor + b"s."


def test_a_tensor_of_an_archive_is_read(tmp_path):
    content = np.arange(10, dtype=np.float32).tobytes()
    path = stored(tmp_path / "fine.pth", (0, (2, 5), (5, 1)), content)
    np.testing.assert_array_equal(read_pth(path)["w"], np.arange(10).reshape(2, 5))


@pytest.mark.parametrize(
    "tensor",
    [
        (0, (10**9,), (0,)),  # one value, ten gigabytes
        (0, (10**5, 10**5), (0, 0)),
        (0, (11,), (1,)),
        (8, (3,), (1,)),
        (-1, (1,), (1,)),
        (0, (2,), (-1,)),
        (0, (2, 2), (1,)),
    ],
)
def test_a_tensor_larger_than_what_is_stored_is_refused(tensor, tmp_path):
    with pytest.raises(InputError, match="Not a PyTorch file with weights alone"):
        read_pth(stored(tmp_path / "bomb.pth", tensor))


def test_a_compressed_archive_is_refused_before_it_is_opened(tmp_path):
    path = stored(tmp_path / "bomb.pth", (0, (1,), (1,)), bytes(50_000_000), zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    with pytest.raises(InputError, match="it is compressed"):
        read_pth(path)


def test_a_length_that_no_file_has_is_refused(tmp_path):
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    for content in (
        b"\x80\x04\x95" + (2**62).to_bytes(8, "little"),  # a frame
        b"\x80\x04\x8e" + (2**62).to_bytes(8, "little"),  # bytes
        magic + b"\x80\x02X" + (2**31).to_bytes(4, "little"),
    ):
        (tmp_path / "long.pth").write_bytes(content)
        with pytest.raises(InputError, match="Not a PyTorch file"):
            read_pth(tmp_path / "long.pth")


def test_a_dictionary_that_contains_itself_is_refused(tmp_path):
    itself = {}
    itself["again"] = itself
    with zipfile.ZipFile(tmp_path / "endless.pth", "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(itself))
    with pytest.raises(InputError, match="nested without end"):
        read_pth(tmp_path / "endless.pth")
