"""Walks: which latents and classes they lead through, what is written, what is refused."""

import re

import numpy as np
import pytest
from PIL import Image

from ganzoo import CDCGAN, CGAN, DCGAN, interpolate, randomness
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.grids import image_grid
from ganzoo.randomness.priors import between


@pytest.fixture(scope="module")
def dcgan():
    return DCGAN((8, 8, 3), latent_dim=6, filters=2)


@pytest.fixture(scope="module")
def cgan(varied):
    return varied(
        CGAN((4, 4, 1), 3, latent_dim=4, generator_units=(3, 5, 8), maxout_units=(4, 2, 4))
    )


def close(images, others):
    np.testing.assert_allclose(images, others, atol=2e-6)


def test_a_walk_leads_along_arcs_through_all_seeds(dcgan):
    seeds = [3, 17, 2**40]
    images = interpolate(dcgan, seeds, steps=4)
    z = dcgan.latents_of_seeds(seeds).numpy()
    assert len(images) == 9
    close(images[::4], dcgan.predict(z, verbose=0))
    close(
        images[5:8], dcgan.predict(between(z[1], z[2], [0.25, 0.5, 0.75], "spherical"), verbose=0)
    )


def test_a_loop_ends_a_step_before_its_beginning(dcgan):
    there = interpolate(dcgan, [1, 2, 1], steps=3)
    close(interpolate(dcgan, [1, 2], steps=3, loop=True), there[:-1])


def test_without_waypoints_the_first_seeds_are_walked_through(dcgan, cgan):
    close(interpolate(dcgan, steps=2), interpolate(dcgan, [0, 1], steps=2))
    close(interpolate(dcgan, steps=2, grid=True), interpolate(dcgan, range(4), steps=2, grid=True))
    close(interpolate(cgan, steps=2), interpolate(cgan, [0, 1], labels=[0], steps=2))
    close(interpolate(cgan, labels=[2], steps=2), interpolate(cgan, [0, 1], labels=[2], steps=2))
    close(interpolate(cgan, labels=[0, 2], steps=2), interpolate(cgan, [0], labels=[0, 2], steps=2))


def test_a_straight_path_can_be_asked_for(dcgan):
    z = dcgan.latents_of_seeds([0, 1]).numpy()
    images = interpolate(dcgan, [0, 1], steps=2, path="linear")
    close(images[1:2], dcgan.predict(z.mean(0, keepdims=True), verbose=0))


def test_given_latents_are_walked_through_as_an_array_or_from_a_file(dcgan, tmp_path):
    z = dcgan.latents_of_seeds([4, 5]).numpy()
    np.save(tmp_path / "found.npy", z)
    images = interpolate(dcgan, [4, 5])
    close(interpolate(dcgan, z), images)
    close(interpolate(dcgan, tmp_path / "found.npy"), images)
    close(interpolate(dcgan, f"{tmp_path}/found.npy"), images)


def test_a_grid_has_the_waypoints_in_its_corners_and_arcs_between(dcgan):
    cells = interpolate(dcgan, [0, 1, 2, 3], steps=2, grid=True).reshape(3, 3, 8, 8, 3)
    z = dcgan.latents_of_seeds(range(4)).numpy()
    corners = np.stack([cells[0, 0], cells[0, 2], cells[2, 0], cells[2, 2]])
    close(corners, dcgan.predict(z, verbose=0))
    close(cells[0], interpolate(dcgan, [0, 1], steps=2))
    close(cells[:, 2], interpolate(dcgan, [1, 3], steps=2))
    left, right = (between(z[i], z[i + 2], [0.5], "spherical")[0] for i in (0, 1))
    middle = between(left, right, [0.5], "spherical")
    close(cells[1, 1][None], dcgan.predict(middle, verbose=0))


def test_between_classes_the_one_hot_vector_is_mixed(cgan):
    images = interpolate(cgan, [7], labels=[0, 2, 1], steps=4)
    z = np.repeat(cgan.latents_of_seeds([7]), 9, axis=0)
    weights = np.array([[1, 0, 0], [0.75, 0, 0.25], [0.5, 0, 0.5], [0.25, 0, 0.75], [0, 0, 1]])
    close(images[:5], cgan.predict((z[:5], weights), verbose=0))
    close(images[::4], cgan.predict((z[:3], np.array([0, 2, 1])), verbose=0))
    assert np.abs(images[2] - images[0]).max() > 1e-3 < np.abs(images[2] - images[4]).max()


def test_of_one_class_the_latents_are_walked_in_a_straight_line(cgan):
    z = cgan.latents_of_seeds([1, 2]).numpy()
    images = interpolate(cgan, [1, 2], labels=[2], steps=2)
    close(images[1:2], cgan.predict((z.mean(0, keepdims=True), np.array([2])), verbose=0))


def test_latents_and_classes_change_together(cgan):
    z = cgan.latents_of_seeds([1, 2]).numpy().mean(0, keepdims=True)
    images = interpolate(cgan, [1, 2], labels=[2, 0], steps=2)
    close(images[1:2], cgan.predict((z, np.array([[0.5, 0, 0.5]])), verbose=0))


@pytest.mark.parametrize(
    ("model_class", "sizes"),
    [
        (CGAN, {"generator_units": (3, 5, 8), "maxout_units": (4, 2, 4)}),
        (CDCGAN, {"filters": 2}),
    ],
)
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_weights_of_one_class_make_that_class(model_class, sizes, dtype):
    model = model_class((8, 8, 1), 3, latent_dim=4, moving_average=0.9, dtype=dtype, **sizes)
    z = model.latents_of_seeds(range(3))
    close(model((z, np.eye(3, dtype=np.float32))), model((z, np.arange(3))))


def test_weights_of_another_number_of_classes_are_refused(cgan):
    with pytest.raises(InputError, match=r"\(batch, 3\)\. Received: \(1, 2\)"):
        cgan((cgan.latents_of_seeds([0]), np.ones((1, 2), np.float32)))


def test_a_strip_is_one_row(dcgan, tmp_path):
    images = interpolate(dcgan, [0, 1], steps=3, output=tmp_path / "new" / "strip.png")
    with Image.open(tmp_path / "new" / "strip.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), image_grid(images, 4, enlarge=True))


def test_a_place_of_the_square_is_the_grid_s_image_there(dcgan):
    cells = interpolate(dcgan, [0, 1, 2, 3], steps=2, grid=True).reshape(3, 3, 8, 8, 3)
    found = interpolate(dcgan, [0, 1, 2, 3], grid=True, at=(1.0, 0.5))
    assert found.shape == (1, 8, 8, 3)
    close(found[0], cells[1, 2])
    with pytest.raises(InputError, match="two numbers in 0 to 1, of a grid"):
        interpolate(dcgan, [0, 1, 2, 3], at=(1.0, 0.5))


def test_a_grid_is_written_as_a_square(dcgan, tmp_path):
    images = interpolate(dcgan, range(4), steps=2, grid=True, output=tmp_path / "grid.png")
    with Image.open(tmp_path / "grid.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), image_grid(images, 3, enlarge=True))


def test_a_gif_has_a_frame_for_each_image_and_repeats(dcgan, tmp_path):
    images = interpolate(dcgan, [0, 1], steps=3, loop=True, fps=20, output=tmp_path / "walk.gif")
    with Image.open(tmp_path / "walk.gif") as picture:
        assert (picture.n_frames, picture.info["loop"]) == (6, 0)
        for number, image in enumerate(images):
            picture.seek(number)
            assert picture.info["duration"] == 50
            shown = np.asarray(picture.convert("RGB"))
            np.testing.assert_allclose(
                shown, image_grid(image[None], padding=0, enlarge=True), atol=16
            )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0],), "at least two waypoints. Received: 1"),
        (([],), "Waypoints are latents, or seeds in 0 to 2^63 - 1. Received: none"),
        (([-1, 2],), "seeds in 0 to 2^63 - 1. Received: -1, 2"),
        ((["a", "b"],), "Waypoints are latents, or seeds in 0 to 2^63 - 1. Received: a, b"),
        ((np.zeros((2, 5)),), "Received: float64 (2, 5)"),
        ((np.full((2, 6), np.nan),), "Latents must be finite"),
        ((np.arange(10).reshape(2, 5),), "Received: int64 (2, 5)"),
        ((np.stack([np.ones(6), -np.ones(6)]),), "opposite directions"),
    ],
)  # fmt: skip
def test_waypoints_that_are_none_are_refused(dcgan, arguments, message):
    with pytest.raises(InputError, match=re.escape(message)):
        interpolate(dcgan, *arguments)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"steps": 0}, "steps must be at least 1. Received: 0"),
        ({"path": "sphercal"}, "did you mean 'spherical'?"),
        ({"labels": [0]}, "This model has no labels. Received: DCGAN"),
        ({"grid": True}, "needs four waypoints, its corners. Received: 2"),
        ({"grid": True, "loop": True}, "A grid cannot be a loop"),
        ({"output": "walk.gf"}, "did you mean '.gif'?"),
        ({"output": "walk.gif", "fps": 0.0}, "in 1 to 50. Received: 0.0"),
        ({"output": "walk.gif", "grid": True}, "A grid is one picture, no animation"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_are_refused(dcgan, settings, message):
    with pytest.raises(InputError, match=re.escape(message)):
        interpolate(dcgan, [0, 1], **settings)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([], "in 0 to num_classes - 1, 2. Received: none"),
        ([3, 0], "Received: 3, 0"),
        ([0, 1, 2], "Received: 2 waypoints, 3 labels"),
    ],
)  # fmt: skip
def test_labels_that_do_not_fit_are_refused(cgan, labels, message):
    with pytest.raises(InputError, match=message):
        interpolate(cgan, [0, 1], labels=labels)


def test_a_file_without_an_array_is_named(dcgan, tmp_path):
    (tmp_path / "text.npy").write_text("3, 17")
    for name in ("text.npy", "missing.npy"):
        with pytest.raises(ResourceError, match=f"Latents cannot be read.* Received: '.*{name}'"):
            interpolate(dcgan, tmp_path / name)


def test_a_model_that_states_no_prior_is_walked_on_a_path_that_is_asked_for(dcgan):
    class OfUnknownNoise(DCGAN):
        prior = property()  # hasattr finds none

        def latents_of_seeds(self, seeds):
            return randomness.normal_by_seed(seeds, self.latent_dim)

    model = OfUnknownNoise((8, 8, 3), latent_dim=6, filters=2)
    with pytest.raises(InputError, match=r"\(`prior`\); say which path.* Received: OfUnknownNoise"):
        interpolate(model, [0, 1])
    z = model.latents_of_seeds([0, 1]).numpy()
    images = interpolate(model, [0, 1], steps=2, path="linear")
    close(images[1:2], model.predict(z.mean(0, keepdims=True), verbose=0))


def test_a_model_that_does_not_sample_from_noise_is_refused():
    with pytest.raises(InputError, match=r"does not sample from noise.* Received: object"):
        interpolate(object(), [0, 1])
