"""The demo: the mixture against its definition, what counts as found, and the game itself."""

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from ganzoo.callbacks.health_figures import figures
from ganzoo.demo import Mixture, PointGAN, convergence, gaussian, pictures
from ganzoo.demo.mixtures import SIGMA
from ganzoo.errors import InputError


@pytest.mark.parametrize("dimensions", [1, 2])
def test_draws_are_gaussians_around_all_centres_alike(dimensions):
    mixture = Mixture(8, dimensions)
    points = mixture.draw(20_000, seed=3, step=0).numpy()
    distances = np.linalg.norm(points[:, None] - mixture.centres, axis=-1)
    nearest = distances.argmin(axis=1)
    np.testing.assert_allclose(np.bincount(nearest) / 20_000, 1 / 8, atol=0.01)
    errors = points - mixture.centres[nearest]
    np.testing.assert_allclose(errors.std(axis=0), SIGMA, rtol=0.03)
    assert abs(np.corrcoef(errors[:, 0], nearest)[0, 1]) < 0.03
    assert not np.array_equal(points, mixture.draw(20_000, seed=3, step=1))


def test_draws_cover_their_mixture():
    for dimensions, share in ((1, 0.9973), (2, 0.9889)):  # of a normal, within 3 sigma
        mixture = Mixture(8, dimensions)
        found, good = mixture.coverage(mixture.draw(20_000, seed=0, step=0).numpy())
        assert (found, good) == (8, pytest.approx(share, abs=0.003))


def test_a_mode_is_found_by_a_tenth_of_its_share_within_three_sigma():
    mixture = Mixture(2, 2)
    here, there = mixture.centres
    near, far = (there + np.array([0, z * SIGMA]) for z in (2.9, 3.1))
    few = [here] * 95 + [near] * 4 + [far] * 1  # of 100, half would be its share
    enough = [here] * 95 + [near] * 5
    assert mixture.coverage(np.array(few)) == (1, 0.99)
    assert mixture.coverage(np.array(enough)) == (2, 1.0)


def test_the_density_is_one_in_all():
    x = np.linspace(-4, 4, 4001)
    density = Mixture(8, 1).density(x)
    assert density.sum() * (x[1] - x[0]) == pytest.approx(1, abs=1e-6)
    counts, _ = np.histogram(Mixture(8, 1).draw(50_000, seed=1, step=0), 40, (-2, 2), density=True)
    centres = np.linspace(-1.95, 1.95, 40)
    fine = np.array(
        [Mixture(8, 1).density(c + np.linspace(-0.05, 0.05, 51)).mean() for c in centres]
    )
    np.testing.assert_allclose(counts, fine, atol=0.05)


def test_a_picture_of_the_plane_shows_answers_samples_and_data():
    mixture = Mixture(4, 2)
    x = pictures.places(mixture)[:, 0]
    data, samples = np.array([[-1.2, 0.8]]), np.array([[1.0, 0.0]])
    frame = pictures.draw(mixture, data, samples, (x > 0).astype(np.float32))

    def colour(point):
        column, row = (np.array(point) * [1, -1] / pictures.REACH + 1) * pictures.SIDE / 2
        return tuple(frame[int(row), int(column)])

    assert colour((-1, -1)) == tuple(pictures.FAKE)
    assert colour((1, 1)) == tuple(pictures.REAL)
    assert colour(data[0]) == pictures.DATA
    assert colour(samples[0]) == pictures.SAMPLES


@pytest.mark.parametrize("dimensions", [pytest.param(1, marks=pytest.mark.slow), 2])
def test_training_is_drawn_from_its_first_step_to_its_last(dimensions, tmp_path, monkeypatch):
    monkeypatch.setattr(convergence, "FRAMES", 5)
    path = tmp_path / "demo.gif"
    coverage = gaussian(path, modes=2, dimensions=dimensions, steps=11)
    assert coverage == gaussian(modes=2, dimensions=dimensions, steps=11)
    with Image.open(path) as picture:
        assert picture.n_frames == 7  # at 0, 2, 4, ..., 10 and 11


def test_the_discriminator_is_updated_k_times_for_each_update_of_the_generator():
    model = PointGAN(units=4, discriminator_steps=3)
    model.compile()
    before = model.generator.get_weights()
    data = Mixture(4, 2).batches(16, seed=0)
    model.fit(data, steps_per_epoch=2, verbose=0, shuffle=False)
    assert int(model.discriminator_optimizer.iterations) == 6
    assert (int(model.generator_optimizer.iterations), int(model.step)) == (2, 2)
    assert not np.array_equal(before[0], model.generator.get_weights()[0])


@pytest.mark.parametrize("minimax", [False, True])
def test_the_losses_are_those_of_the_gan(minimax):
    real, fake = np.float32([[2.0], [-1.0]]), np.float32([[0.5], [-3.0]])
    d_real, d_fake = (1 / (1 + np.exp(-x)) for x in (real, fake))
    model = PointGAN(units=4, minimax=minimax)
    right = -np.log(d_real).mean() - np.log(1 - d_fake).mean()
    np.testing.assert_allclose(model.discriminator_loss(real, fake), right, rtol=1e-5)
    right = np.log(1 - d_fake).mean() if minimax else -np.log(d_fake).mean()
    np.testing.assert_allclose(model.generator_loss(fake), right, rtol=1e-5)


def test_rates_fall_to_zero_over_the_game():
    for optimizer in PointGAN.default_optimizers(steps=10):
        rates = [float(optimizer._learning_rate(step)) for step in (0, 5, 10)]
        np.testing.assert_allclose(rates, [2e-4, 1e-4, 0.0])


def test_the_health_check_takes_points_and_finds_samples_that_are_all_alike():
    points = Mixture(8, 2).draw(64, seed=0, step=0)
    model = PointGAN(units=4)
    norms, outputs = model.gradient_norms(points)
    assert norms["generator_gradient"] > 0 < norms["discriminator_gradient"]
    np.testing.assert_array_equal(outputs["points"].reals[:, 0, 0], points)
    assert figures(outputs["points"], model.decision_threshold)["diversity"] > 0.01
    model.generator.layers[-1].kernel.assign(tf.zeros((4, 2)))
    _, outputs = model.gradient_norms(points)
    assert figures(outputs["points"], model.decision_threshold)["diversity"] == 0.0


@pytest.mark.parametrize(
    "arguments",
    [{"modes": 0}, {"dimensions": 3}, {"steps": 0}, {"seed": -1}, {"discriminator_steps": 0}],
)
def test_numbers_out_of_range_are_refused(arguments):
    with pytest.raises(InputError, match="Received: "):
        gaussian(**arguments)


@pytest.mark.slow
@pytest.mark.parametrize("dimensions", [1, pytest.param(2, marks=pytest.mark.long)])
def test_all_eight_modes_are_found(dimensions):
    found, good = gaussian(dimensions=dimensions)
    assert found == 8
    assert good > (0.5 if dimensions == 1 else 0.8)


@pytest.mark.eager
@pytest.mark.parametrize("model", ["wgan_gp", "dragan"])
def test_other_gans_of_points_train_and_are_counted_alike(model):
    coverage = gaussian(model=model, modes=4, grid=True, steps=2)
    assert 0 <= coverage.modes_found <= 4 and 0 <= coverage.good_share <= 1


def test_modes_of_a_grid_are_equally_far_apart():
    centres = Mixture(25, grid=True).centres
    np.testing.assert_allclose(centres.mean(axis=0), 0, atol=1e-6)
    distances = np.linalg.norm(centres[:, None] - centres, axis=-1) + 9 * np.eye(25)
    np.testing.assert_allclose(distances.min(axis=1), 10 * SIGMA, rtol=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "vgg"},
        {"modes": 8, "grid": True},
        {"modes": 4, "grid": True, "dimensions": 1},
        {"model": "dragan", "discriminator_steps": 2},
    ],
    ids=str,
)
def test_a_demo_that_there_is_not_is_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        gaussian(**wrong)
