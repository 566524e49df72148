"""Reconstruction: pictures through the encoder, what is written, and what has no encoder."""

import numpy as np
import pytest

from ganzoo import CAAE, DCGAN, BiGAN, interpolate, project, reconstruct
from ganzoo.errors import InputError
from ganzoo.images.files import read_image, save_image
from ganzoo.images.grids import image_grid
from ganzoo.images.ranges import from_uint8
from ganzoo.serving import ExportedModel


@pytest.fixture(scope="module")
def model(varied):
    return varied(BiGAN((4, 6, 1), latent_dim=3, units=8), 5.0)


@pytest.fixture(scope="module")
def ageing(varied):
    shape = {"image_shape": (8, 8, 1), "num_classes": 6, "genders": 2}
    return varied(CAAE(**shape, latent_dim=4, filters=4, discriminator_filters=2), 5.0)


@pytest.fixture
def pictures(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (2, 4, 6, 1), np.uint8)
    for name, pixels in zip("ab", noise, strict=True):
        save_image(tmp_path / f"{name}.png", pixels)
    return [tmp_path / "a.png", tmp_path / "b.png"], from_uint8(noise).numpy()


def test_pictures_are_written_beside_their_reconstructions_with_their_latents(
    model, pictures, tmp_path
):
    paths, images = pictures
    found = reconstruct(model, paths, output=tmp_path / "out")
    np.testing.assert_allclose(found.latents, model.encode(images), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found.images, model.reconstruct(images), rtol=1e-5, atol=1e-6)
    squares = ((found.images.astype(float) - images) ** 2).mean((1, 2, 3)) / 4
    np.testing.assert_allclose(found.psnr, -10 * np.log10(squares))
    np.testing.assert_array_equal(np.load(tmp_path / "out/latents.npy"), found.latents)
    pair = image_grid(np.stack([images[1], found.images[1]]), 2, enlarge=True)
    np.testing.assert_array_equal(read_image(tmp_path / "out/b.png"), pair)
    walk = interpolate(model, tmp_path / "out/latents.npy", steps=2)
    np.testing.assert_allclose(walk[0], found.images[0], atol=1e-5)
    np.testing.assert_allclose(walk[-1], found.images[1], atol=1e-5)


def test_of_a_model_with_labels_there_is_one_of_each_and_names_do(ageing, tmp_path):
    images = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 1)).astype(np.float32)
    found = reconstruct(ageing, images, output=tmp_path / "out")
    assert found.images.shape == (2, 6, 8, 8, 1) and found.psnr.shape == (2, 6)
    expected = ageing.reconstruct(images, np.array([4, 4]))
    np.testing.assert_allclose(found.images[:, 4], expected, atol=1e-5)
    strip = image_grid(np.concatenate([images[:1], found.images[0]]), 7, enlarge=True)
    np.testing.assert_array_equal(read_image(tmp_path / "out/000000.png"), strip)
    ageing.class_names = tuple(f"{age} {who}" for age in ("0-5", "6-10", "71+") for who in "mf")
    named = reconstruct(ageing, images, labels=["71+ M", 0])
    np.testing.assert_array_equal(named.images, found.images[:, [4, 0]])


def test_an_encoding_is_a_start_of_a_projection(model):
    images = model.predict(model.latents_of_seeds([1]), verbose=0)
    model.encode = lambda given: np.repeat(model.latents_of_seeds([1]), len(given), 0)
    try:  # a perfect encoder: no step of any other start is as good
        found = project(model, images, steps=1, restarts=1, learning_rate=1e-9)
    finally:
        del model.encode
    np.testing.assert_allclose(found.latents, model.latents_of_seeds([1]), atol=1e-6)
    assert found.psnr[0] > 80


@pytest.mark.slow
def test_exports_encode_and_reconstruct_as_the_model(model, ageing, tmp_path):
    rng = np.random.default_rng(0)
    for one in (model, ageing):
        folder = tmp_path / type(one).__name__
        proof = one.export(folder)
        assert {"encode", "reconstruct"} <= set(proof)
        served = ExportedModel(folder)
        images = rng.uniform(-1, 1, (3, *one.image_shape)).astype(np.float32)
        np.testing.assert_allclose(served.encode(images), one.encode(images), atol=1e-5)
        ours, theirs = reconstruct(one, images), reconstruct(folder, images)
        np.testing.assert_allclose(ours.images, theirs.images, atol=1e-4)


def test_what_does_not_fit_is_refused(model, ageing, tmp_path):
    with pytest.raises(InputError, match=r"no encoder; `project` finds.*DCGAN"):
        reconstruct(DCGAN((8, 8, 1), latent_dim=4, filters=2), np.zeros((1, 8, 8, 1)))
    with pytest.raises(InputError, match=r"the model's shape, \(4, 6, 1\).*\(1, 8, 8, 1\)"):
        reconstruct(model, np.zeros((1, 8, 8, 1)))
    save_image(tmp_path / "colour.png", np.zeros((4, 6, 3), np.uint8))
    with pytest.raises(InputError, match=r"\(4, 6, 3\) in .*colour.png"):
        reconstruct(model, tmp_path / "colour.png")
    with pytest.raises(InputError, match="has no labels"):
        reconstruct(model, np.zeros((1, 4, 6, 1)), labels=[0])
    with pytest.raises(InputError, match=r"0 to num_classes - 1, 5\. Received: 6"):
        reconstruct(ageing, np.zeros((1, 8, 8, 1)), labels=[6])
    with pytest.raises(InputError, match=r"in \[-1, 1\]"):
        reconstruct(model, np.full((1, 4, 6, 1), 255.0))
