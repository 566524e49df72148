"""What is in a file, said before anything is made of it."""

from pathlib import Path

import pytest

import ganzoo
from ganzoo.errors import InputError, ResourceError

FILES = Path(__file__).parent / "files"


def test_tensors_are_listed_and_the_layout_that_fits():
    *tensors, total, fit = ganzoo.inspect_weights(FILES / "cyc_G.pth").splitlines()
    assert tensors[0] == "model.1.weight  (8, 3, 7, 7)  float32"
    assert total == "20 tensors, 50,947 numbers"
    assert fit.startswith("fits --as cyclegan, its ResnetGenerator (channels=3, filters=8")


def test_where_nothing_fits_each_layout_says_what_it_misses():
    lines = ganzoo.inspect_weights(FILES / "nested.pth").splitlines()
    assert lines[0] == "state_dict.weight  (2, 2)  float32"
    assert "no ResnetGenerator: it has no model.10.conv_block.1.weight" in lines


def test_of_a_refused_pickle_it_is_listed_what_it_asks_for():
    lines = ganzoo.inspect_weights(FILES / "whole.pth").splitlines()
    assert "  torch.nn.modules.linear.Linear" in lines


def test_what_is_no_file_of_weights_is_one_line(tmp_path):
    (tmp_path / "text.pth").write_text("no weights")
    with pytest.raises(InputError, match="Not a PyTorch file"):
        ganzoo.inspect_weights(tmp_path / "text.pth")
    with pytest.raises(ResourceError, match="There is no file with weights there"):
        ganzoo.inspect_weights(tmp_path)
