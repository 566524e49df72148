"""The network is held to torch-fidelity's: with the weights that `conftest.py` makes, its version
0.4.0 gave what `files/torch_fidelity_inception.npz` holds, of two of the embedded images; the
antialiased features with clean-fid 0.1.35's resize before. tests/metrics/test_peers.py makes them
again."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

import ganzoo.metrics.inception as module
from ganzoo.errors import InputError, ResourceError
from ganzoo.metrics.inception import inception, inception_weights_file, load_inception_weights
from ganzoo.metrics.resizing import resizer

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
RECORDED = np.load(Path(__file__).parent / "files/torch_fidelity_inception.npz")
GARMENTS = np.load(ROOT / "ganzoo/data/sample/fashion_mnist.npz")["images"][:2, ..., None]


@pytest.mark.parametrize("resize", ["legacy", "antialiased"])
def test_features_and_logits_of_real_images_are_torch_fidelitys(inception_and_state, resize):
    network, state = inception_and_state
    images = tf.repeat(tf.cast(GARMENTS, tf.float32), 3, axis=-1)
    found = network((resizer(resize)(images, (299, 299)) - 128) / 128)
    np.testing.assert_allclose(found["features"], RECORDED[resize], rtol=1e-4, atol=1e-4)
    if resize == "legacy":
        np.testing.assert_allclose(found["logits"], RECORDED["logits"], rtol=1e-4, atol=1e-4)
        unbiased = found["logits"] - state["fc.bias"]
        expected = RECORDED["logits_unbiased"]
        np.testing.assert_allclose(unbiased, expected, rtol=1e-4, atol=1e-4)


def test_the_scores_logits_have_no_bias(inception_and_state):
    network, _ = inception_and_state
    without = inception()
    assert len(without.weights) == len(network.weights) - 1
    assert network.count_params() - without.count_params() == 1008


def test_weights_of_another_network_are_refused_and_change_nothing(inception_and_state):
    network, state = inception_and_state
    with pytest.raises(InputError, match=r"not the weights of .*Conv2d_1a_3x3.conv.weight is miss"):
        load_inception_weights(network, {"layer1.weight": np.zeros(3)})
    other = {name: values + 1 for name, values in state.items()}
    other["fc.weight"] = np.zeros((1000, 2048), np.float32)
    with pytest.raises(InputError, match=r"fc.weight is .* of another .*Received: \(2048, 1000\)"):
        load_inception_weights(network, other)
    np.testing.assert_array_equal(network.get_layer("fc").bias, state["fc.bias"])
    first = network.get_layer("Conv2d_1a_3x3.bn").gamma
    np.testing.assert_array_equal(first, state["Conv2d_1a_3x3.bn.weight"])


def serve(monkeypatch, folder, content, digest):
    """The published file's address becomes that of a file here; returns where it is cached."""
    source = folder / f"weights-{digest}.pth"
    source.write_bytes(content)
    monkeypatch.setattr(module, "WEIGHTS_URL", source.as_uri())
    monkeypatch.setenv("GANZOO_CACHE", str(folder / "cache"))
    return folder / "cache" / source.name


def test_weights_are_downloaded_once_into_the_cache(monkeypatch, tmp_path):
    content = b"weights"
    cached = serve(monkeypatch, tmp_path, content, hashlib.sha256(content).hexdigest()[:8])
    assert inception_weights_file() == cached
    assert cached.read_bytes() == content
    (tmp_path / cached.name).unlink()
    assert inception_weights_file() == cached


def test_where_weights_cannot_be_downloaded_the_error_says_what_to_put_where(monkeypatch, tmp_path):
    cached = serve(monkeypatch, tmp_path, b"", "01234567")
    url = module.WEIGHTS_URL
    (tmp_path / cached.name).unlink()
    with pytest.raises(ResourceError) as caught:
        inception_weights_file()
    assert f"Fetch {url} on a machine" in str(caught.value)
    assert str(caught.value).endswith(f"Received: {str(cached)!r}")
    assert list(cached.parent.iterdir()) == []


def test_a_damaged_file_of_weights_is_refused(monkeypatch, tmp_path):
    serve(monkeypatch, tmp_path, b"half of it", "01234567")
    with pytest.raises(ResourceError, match=r"SHA-256 begins with .*, not 01234567. Delete"):
        inception_weights_file()


def test_the_published_file_is_the_one_that_the_pytorch_packages_share():
    assert module.WEIGHTS_URL.startswith("https://")
    assert module.WEIGHTS_URL.endswith("/weights-inception-2015-12-05-6726825d.pth")


def test_images_of_bright_and_dark_are_resized_within_their_range():
    edges = np.zeros((1, 4, 4, 3), np.float32)
    edges[:, :, 2:] = 255
    for name in ("legacy", "antialiased"):
        resized = resizer(name)(edges, (9, 7)).numpy()
        assert resized.shape == (1, 9, 7, 3)
        assert resized.min() == 0 and resized.max() == 255


def test_the_legacy_resize_aligns_the_corners_of_pixels():
    image = np.arange(4, dtype=np.float32).reshape(1, 1, 4, 1)
    resized = resizer("legacy")(image, (1, 8)).numpy()
    np.testing.assert_allclose(resized.ravel(), [0, 0.5, 1, 1.5, 2, 2.5, 3, 3])


def test_an_unknown_resize_is_refused():
    with pytest.raises(InputError, match="Unknown resize; did you mean 'legacy'"):
        resizer("legcy")
