"""What priors draw; ways between latents, against their definitions; truncation."""

import json
import math
from statistics import NormalDist

import numpy as np
import pytest

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.randomness.priors import Normal, Uniform, between, from_json, to_json, truncated


@pytest.fixture
def ends():
    return np.random.default_rng(0).normal(size=(2, 100))


def test_an_arc_turns_at_a_constant_rate_in_the_plane_of_its_ends(ends):
    ends /= np.linalg.norm(ends, axis=1, keepdims=True)
    points = between(*ends, np.linspace(0, 1, 9), "spherical").astype(np.float64)
    np.testing.assert_allclose(points[[0, -1]], ends, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, atol=1e-6)
    angles = np.arccos(np.sum(points[1:] * points[:-1], axis=1))
    np.testing.assert_allclose(angles, np.arccos(ends[0] @ ends[1]) / 8, atol=1e-5)
    assert np.linalg.matrix_rank(np.vstack([points, ends]), tol=1e-4) == 2


def test_a_norm_changes_linearly_along_an_arc(ends):
    ends *= np.array([[1.0], [3.0]])
    norms = np.linalg.norm(between(*ends, [0, 0.25, 0.5, 1], "spherical"), axis=1)
    start, end = np.linalg.norm(ends, axis=1)
    right = [start, 0.75 * start + 0.25 * end, 0.5 * (start + end), end]
    np.testing.assert_allclose(norms, right, rtol=1e-6)


def test_the_middle_of_an_arc_is_as_long_as_a_draw_and_that_of_a_line_is_not(ends):
    arc, line = (np.linalg.norm(between(*ends, [0.5], path)) for path in ("spherical", "linear"))
    assert arc == pytest.approx(math.sqrt(100), rel=0.1)
    assert line == pytest.approx(math.sqrt(50), rel=0.1)


def test_a_line_is_straight(ends):
    points = between(*ends, [0, 0.25, 1], "linear")
    np.testing.assert_allclose(points[1], 0.75 * ends[0] + 0.25 * ends[1], rtol=1e-6)
    np.testing.assert_allclose(points[[0, 2]], ends, rtol=1e-6)


def test_many_ways_are_walked_at_once(ends):
    others = ends[::-1] + 1.0
    points = between(ends, others, [0.3, 0.6], "spherical")
    assert points.shape == (2, 2, 100)
    alone = between(ends[1], others[1], [0.3, 0.6], "spherical")
    np.testing.assert_allclose(points[:, 1], alone, rtol=1e-6)


@pytest.mark.parametrize("factor", [1.0, 2.0, 1.0 + 1e-9, 0.0])
def test_latents_of_one_direction_or_of_none_are_joined_by_a_line(ends, factor):
    points = between(ends[0], factor * ends[0], [0, 0.5, 1], "spherical")
    np.testing.assert_allclose(points[1], (1 + factor) / 2 * ends[0], rtol=1e-5)
    np.testing.assert_allclose(points[2], factor * ends[0], rtol=1e-5)


def test_no_arc_is_made_up_between_opposite_latents(ends):
    with pytest.raises(InputError, match=r"opposite .* Received: an angle of 180\.00 degrees"):
        between(ends[0], -2 * ends[0], [0.5], "spherical")


def test_truncation_moves_latents_towards_the_mean():
    latents = np.array([[0.0, 1.0]])
    np.testing.assert_allclose(truncated(latents, 0.5, 0.5), [[0.25, 0.75]])
    np.testing.assert_allclose(truncated(latents, 0.5, 1.0), latents)
    np.testing.assert_allclose(truncated(latents, 0.5, 0.0), [[0.5, 0.5]])


def test_priors_say_what_they_are():
    assert (str(Normal()), Normal().mean, Normal().path) == ("N(0, 1)", 0, "spherical")
    cube = Uniform(-1.0, 2.0)
    assert (str(cube), cube.mean, cube.path) == ("uniform in [-1, 2]", 0.5, "linear")


DRAWS = {
    "in training": lambda prior, size: prior.draw((200, size), randomness.key(3, "latents", 0)),
    "of seeds": lambda prior, size: prior.of_seeds(np.arange(200), size),
}


@pytest.mark.parametrize("draw", DRAWS.values(), ids=DRAWS)
@pytest.mark.parametrize(
    ("prior", "quantile"),
    [
        (Normal(), NormalDist().inv_cdf),
        (Uniform(0.0, 1.0), lambda share: share),
        (Uniform(-math.sqrt(3.0), math.sqrt(3.0)), lambda share: math.sqrt(3.0) * (2 * share - 1)),
        (Uniform(2.0, 6.0), lambda share: 2.0 + 4.0 * share),
    ],
    ids=["normal", "unit", "of variance 1", "wide"],
)
def test_draws_are_distributed_as_the_prior_says(prior, quantile, draw):
    drawn = draw(prior, 100).numpy()
    assert drawn.dtype == np.float32 and drawn.shape == (200, 100)
    assert prior.low <= drawn.min() and drawn.max() <= prior.high
    scale = quantile(0.84) - quantile(0.5)
    assert drawn.mean() == pytest.approx(prior.mean, abs=0.03 * scale)
    shares = np.arange(1, 20) / 20
    expected = [quantile(share) for share in shares]
    np.testing.assert_allclose(np.quantile(drawn, shares), expected, atol=0.05 * scale)
    # Each component of each row has a draw of its own.
    components = np.corrcoef(drawn.T)[~np.eye(100, dtype=bool)]
    assert np.abs(components).max() < 0.35 and abs(components.mean()) < 0.01


def test_the_numbers_drawn_are_those_of_randomness():
    # What every run and every seed of an image so far was made of.
    noise_key, seeds = randomness.key(3, "latents", 5), np.arange(20)
    uniforms, of_seeds = (
        randomness.uniform((20, 7), noise_key),
        randomness.uniform_by_seed(seeds, 7),
    )
    for prior, drawn, by_seed in (
        (Normal(), randomness.normal((20, 7), noise_key), randomness.normal_by_seed(seeds, 7)),
        (Uniform(0.0, 1.0), uniforms, of_seeds),
        (
            Uniform(-math.sqrt(3.0), math.sqrt(3.0)),
            *(math.sqrt(3.0) * (2.0 * noise - 1.0) for noise in (uniforms, of_seeds)),
        ),
    ):
        np.testing.assert_array_equal(prior.draw((20, 7), noise_key), drawn)
        np.testing.assert_array_equal(prior.of_seeds(seeds, 7), by_seed)


@pytest.mark.parametrize("prior", [Normal(), Uniform(-(3.0**0.5), 3.0**0.5)])
def test_a_prior_is_the_same_when_it_was_written_down(prior):
    assert from_json(json.loads(json.dumps(to_json(prior)))) == prior


def test_a_prior_of_somebody_elses_is_not_written_down():
    assert to_json(object()) is None
