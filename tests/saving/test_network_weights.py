"""Networks' weights in a file, and files that are of other networks."""

import keras
import numpy as np
import pytest

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.network_weights import load_networks, save_networks
from ganzoo.saving.safetensors import read_safetensors


def network(units=3):
    return keras.Sequential(
        [keras.Input((2,)), keras.layers.Dense(units), keras.layers.BatchNormalization()]
    )


def test_weights_come_back_by_network_and_place_whatever_layers_are_called(tmp_path):
    one, other = network(), network(5)
    save_networks(tmp_path / "w.safetensors", [("generator", one), ("encoder", other)])
    assert list(read_safetensors(tmp_path / "w.safetensors"))[:3] == [
        "generator/000.kernel", "generator/001.bias", "generator/002.gamma",
    ]  # fmt: skip
    again, absent = network(), network()
    networks = [("generator", again), ("encoder", network(5)), ("discriminator", absent)]
    before = absent.get_weights()
    assert load_networks(tmp_path / "w.safetensors", networks) == ["generator", "encoder"]
    for mine, theirs in zip(again.get_weights(), one.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)
    for mine, theirs in zip(absent.get_weights(), before, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_float16_is_half_the_size_and_near(tmp_path):
    one, again = network(), network()
    save_networks(tmp_path / "w.safetensors", [("generator", one)], "float16")
    assert {w.dtype for w in read_safetensors(tmp_path / "w.safetensors").values()} == {
        np.dtype("float16")
    }
    load_networks(tmp_path / "w.safetensors", [("generator", again)])
    for mine, theirs in zip(again.get_weights(), one.get_weights(), strict=True):
        assert mine.dtype == np.float32
        np.testing.assert_allclose(mine, theirs, rtol=2**-11)


def test_a_weight_that_is_not_finite_in_float16_is_refused(tmp_path):
    one = network()
    one.layers[0].bias.assign([0.0, 1e5, 0.0])
    with pytest.raises(InputError, match=r"finite in float16. Received: generator/001.bias"):
        save_networks(tmp_path / "w.safetensors", [("generator", one)], "float16")
    assert not (tmp_path / "w.safetensors").exists()


def test_weights_of_other_networks_are_refused(tmp_path):
    save_networks(tmp_path / "w.safetensors", [("generator", network())])
    with pytest.raises(ResourceError, match=r"generator/000.kernel is \(2, 4\) there.*\(2, 3\)"):
        load_networks(tmp_path / "w.safetensors", [("generator", network(4))])
    deeper = keras.Sequential([network(), keras.layers.Dense(1)])
    deeper.build((None, 2))
    with pytest.raises(ResourceError, match=r"generator/006.kernel is \(3, 1\) there.*nothing"):
        load_networks(tmp_path / "w.safetensors", [("generator", deeper)])
    with pytest.raises(ResourceError, match=r"which has no generator/000.kernel"):
        load_networks(tmp_path / "w.safetensors", [("encoder", network())])
