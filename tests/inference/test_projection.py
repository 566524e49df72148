"""Projection: a model's own images are found again, and what is no image of its size is refused."""

import keras
import numpy as np
import pytest
from PIL import Image

from ganzoo import CGAN, DCGAN, GAN, arithmetic, load_config, project, randomness
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.files import read_image, save_image
from ganzoo.images.grids import image_grid
from ganzoo.inference import sources
from ganzoo.runs.folder import Run


@pytest.fixture(scope="module")
def model(varied):
    return varied(DCGAN((8, 8, 1), latent_dim=4, filters=8), 5.0)


@pytest.fixture(scope="module")
def own(model):
    return model.predict(model.latents_of_seeds(range(1000, 1003)), verbose=0)


def test_the_models_own_images_are_found_again(model, own, tmp_path):
    found = project(model, own, steps=150, restarts=2, output=tmp_path / "found")
    assert found.latents.shape == (3, 4)
    assert found.psnr.min() > 40
    made = model.predict(found.latents, verbose=0)
    np.testing.assert_allclose(found.images, made, atol=1e-5)
    mse = ((made.astype(float) - own) ** 2).mean((1, 2, 3)) / 4
    np.testing.assert_allclose(found.psnr, -10 * np.log10(mse), atol=0.1)
    again = project(model, own[1:2], steps=150, restarts=2)
    np.testing.assert_allclose(again.latents, found.latents[1:2], atol=0.02)  # alone as with others

    np.testing.assert_array_equal(np.load(tmp_path / "found/latents.npy"), found.latents)
    assert (
        read_image(tmp_path / "found/000002.png").shape == image_grid(own[:2], enlarge=True).shape
    )
    term = arithmetic(model, f"latents {tmp_path}/found/000001.npy")
    np.testing.assert_array_equal(term.latents, found.latents[1:2])


def test_latents_stay_inside_the_bounds_of_their_prior(varied):
    model = varied(GAN((4, 4, 1), latent_dim=4, generator_units=8, maxout_units=4))
    beyond = model.predict(3.0 * model.latents_of_seeds([7, 8]), verbose=0)
    found = project(model, beyond, steps=50, restarts=2)
    assert np.abs(found.latents).max() == np.float32(np.sqrt(3.0))  # as far out as it gets
    inside = model.predict(model.latents_of_seeds([7]), verbose=0)
    assert project(model, inside, steps=300).psnr[0] > 30


def test_more_restarts_are_never_worse(model):
    far = np.tanh(np.random.default_rng(0).normal(size=(2, 8, 8, 1))).astype("float32")
    one, four = (project(model, far, steps=30, restarts=count).psnr for count in (1, 4))
    assert (four >= one - 0.01).all()


def test_pictures_are_projected_under_their_names(model, own, tmp_path):
    for name, image in zip("ab", own, strict=False):
        save_image(tmp_path / f"{name}.png", image_grid(image[None], padding=0))
    found = project(
        model, [tmp_path / "a.png", tmp_path / "b.png"], steps=100, output=tmp_path / "found"
    )
    assert found.psnr.min() > 35
    for number, name in enumerate("ab"):
        np.testing.assert_array_equal(
            np.load(tmp_path / f"found/{name}.npy"), found.latents[number : number + 1]
        )


@pytest.mark.eager
def test_behind_transparent_pictures_is_what_the_runs_data_has_there(tmp_path, monkeypatch):
    (tmp_path / "run").mkdir()
    Run(tmp_path / "run").write_config(load_config("dcgan/sample", background="#ff0000"))
    Image.new("RGBA", (8, 8)).save(tmp_path / "clear.png")
    model = DCGAN((8, 8, 3), latent_dim=4, filters=2)
    monkeypatch.setattr(sources, "load_run", lambda folder, checkpoint: model)
    run, picture = tmp_path / "run", tmp_path / "clear.png"
    project(run, picture, steps=1, restarts=1, output=tmp_path / "red")
    project(model, picture, steps=1, restarts=1, output=tmp_path / "white")
    for name, color in (("red", (255, 0, 0)), ("white", (255, 255, 255))):
        np.testing.assert_array_equal(read_image(tmp_path / name / "clear.png")[20, 20], color)


def test_features_count_where_there_is_an_extractor(model, own):
    inputs = keras.Input((8, 8, 1))
    upper = keras.Model(inputs, keras.layers.Cropping2D(((0, 4), (0, 0)))(inputs))
    mixed = np.concatenate([own[0, :4], own[1, 4:]])[None]  # its upper half is that of own[0]

    def upper_error(**settings):
        found = project(model, mixed, steps=100, restarts=2, **settings)
        return float(((found.images[0, :4] - own[0, :4]) ** 2).mean())

    assert upper_error(extractor=upper, feature_weight=100.0) < 0.5 * upper_error()


def test_of_a_model_with_labels_the_class_is_given(varied):
    model = varied(
        CGAN((4, 4, 1), 3, latent_dim=4, generator_units=(3, 5, 8), maxout_units=(4, 2, 4))
    )
    own = model.predict((model.latents_of_seeds([1000]), np.array([2])), verbose=0)
    found = project(model, own[0], label=2, steps=200)
    assert found.psnr[0] > 25
    right = model.predict((found.latents, np.array([2])), verbose=0)
    np.testing.assert_allclose(found.images, right, atol=1e-5)
    with pytest.raises(InputError, match=r"say which \(label\)\. Received: none"):
        project(model, own)
    with pytest.raises(InputError, match=r"0 to num_classes - 1, 2\. Received: 3"):
        project(model, own, label=3)


@pytest.mark.parametrize(
    ("images", "settings", "message"),
    [
        (np.zeros((1, 8, 9, 1)), {}, r"shape, \(8, 8, 1\)\. Received: \(1, 8, 9, 1\)"),
        (np.zeros((0, 8, 8, 1)), {}, r"Received: \(0, 8, 8, 1\)"),
        (np.full((8, 8, 1), 255), {}, r"in \[-1, 1\]\. Received: 255 to 255"),
        (np.full((8, 8, 1), np.nan), {}, r"in \[-1, 1\]"),
        ([], {}, r"Received: (none|\(0,\))"),
        (np.zeros((8, 8, 1)), {"label": 0}, "has no labels. Received: DCGAN"),
        (np.zeros((8, 8, 1)), {"steps": 0}, "Received: 0, 4, 0.1, 1.0"),
        (np.zeros((8, 8, 1)), {"restarts": 257}, "restarts 1 to 256"),
        (np.zeros((8, 8, 1)), {"seed": -1}, "Seeds must be"),
    ],
)
def test_what_does_not_fit_is_refused(model, images, settings, message, tmp_path):
    with pytest.raises(InputError, match=message):
        project(model, images, output=tmp_path / "found", **settings)
    assert not (tmp_path / "found").exists()


def test_pictures_that_do_not_fit_are_named(model, tmp_path):
    save_image(tmp_path / "wide.png", np.zeros((8, 9, 1), np.uint8))
    with pytest.raises(InputError, match=r"Received: \(8, 9, 1\) in '.*wide\.png'"):
        project(model, str(tmp_path / "wide.png"))
    with pytest.raises(InputError, match="two of the name 'wide'"):
        project(model, [tmp_path / "wide.png", tmp_path / "other/wide.png"])
    with pytest.raises(ResourceError, match=r"gone\.png"):
        project(model, tmp_path / "gone.png")


def test_a_model_that_states_no_prior_is_refused(model):
    class OfUnknownNoise(DCGAN):
        prior = property()  # hasattr finds none

        def latents_of_seeds(self, seeds):
            return randomness.normal_by_seed(seeds, self.latent_dim)

    unknown = OfUnknownNoise((8, 8, 1), latent_dim=4, filters=2)
    with pytest.raises(InputError, match=r"\(`prior`\), whose bounds.* Received: OfUnknownNoise"):
        project(unknown, np.zeros((8, 8, 1)))
