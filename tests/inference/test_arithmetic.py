"""Sums of latents: what they come to, what the figure shows, and what is refused."""

import numpy as np
import pytest
from PIL import Image

from ganzoo import CGAN, DCGAN, arithmetic
from ganzoo.errors import InputError, ResourceError
from ganzoo.images.ranges import to_uint8


@pytest.fixture(scope="module")
def model(varied):
    return varied(DCGAN((8, 8, 3), latent_dim=4, filters=2))


@pytest.fixture(scope="module")
def z(model):
    """The latents of seeds 0 to 9."""
    return model.latents_of_seeds(range(10)).numpy()


def test_latents_are_added_as_they_are(model, z, tmp_path):
    np.save(tmp_path / "mine.npy", z[7])
    text = f"mean(seeds 0-2) - 2 (seed 3 - .5 seed 4) + latents {tmp_path}/mine.npy"
    right = z[:3].mean(0) - 2 * z[3] + z[4] + z[7]
    result = arithmetic(model, text, latents_output=tmp_path / "sum.npy")
    np.testing.assert_allclose(result.latents, right[None], rtol=1e-5)
    np.testing.assert_array_equal(np.load(tmp_path / "sum.npy"), result.latents)
    pictures = model.predict(right[None], verbose=0)
    np.testing.assert_allclose(result.images, pictures, atol=1e-5)


def test_a_single_row_is_added_to_each_row(model, z):
    result = arithmetic(model, "seeds 1-3 + 2 seed 5")
    np.testing.assert_allclose(result.latents, z[1:4] + 2 * z[5], rtol=1e-5)
    assert len(result.neighbours) == 0


def test_neighbours_differ_and_are_a_function_of_the_seed(model):
    near = arithmetic(model, "seed 1", neighbours=30)
    again = arithmetic(model, "seed 1", neighbours=30)
    other = arithmetic(model, "seed 1", neighbours=30, seed=1)
    np.testing.assert_array_equal(near.neighbours, again.neighbours)
    assert not np.allclose(near.neighbours, other.neighbours, atol=1e-3)
    assert len(np.unique(near.neighbours.reshape(30, -1).round(4), axis=0)) == 30


def test_the_figure_has_exemplars_above_their_mean_then_the_result_then_neighbours(model, z):
    result = arithmetic(model, "mean(seeds 1-3) - seed 4", neighbours=4)
    height, width = result.figure.shape[:2]
    assert height == 4 * 10 + 2  # three exemplars and their mean, 8 pixels each and 2 around

    def lower_line(latents):
        return to_uint8(model.predict(latents[None], verbose=0)).numpy()[0].astype(int)

    line = result.figure[height - 10 : height - 2].astype(int)
    places = []
    for latents in (z[1:4].mean(0), z[4], result.latents[0]):
        picture = lower_line(latents)
        found = [
            left for left in range(width - 7) if abs(line[:, left : left + 8] - picture).max() <= 1
        ]
        assert len(found) == 1
        places += found
    assert places == sorted(places)
    top = to_uint8(model.predict(z[1:2], verbose=0)).numpy()[0].astype(int)
    assert abs(result.figure[2:10, places[0] : places[0] + 8] - top).max() <= 1
    neighbours = to_uint8(result.neighbours).numpy().astype(int)
    assert abs(line[:, width - 10 : width - 2] - neighbours[3]).max() <= 1


def test_a_result_is_shown_in_each_label(tmp_path):
    model = CGAN((4, 4, 1), 3, latent_dim=4, generator_units=(3, 5, 8), maxout_units=(4, 2, 4))
    result = arithmetic(model, "seed 1 + seed 2", labels=[2, 0], output=tmp_path / "figure.png")
    sums = model.latents_of_seeds([1, 2]).numpy().sum(0, keepdims=True)
    right = model.predict((np.repeat(sums, 2, 0), np.array([2, 0])), verbose=0)
    np.testing.assert_allclose(result.images, right, atol=1e-5)
    with Image.open(tmp_path / "figure.png") as picture:
        np.testing.assert_array_equal(np.asarray(picture), result.figure)
    assert len(arithmetic(model, "seed 1").images) == 3
    with pytest.raises(InputError, match=r"0 to num_classes - 1, 2\. Received: 3"):
        arithmetic(model, "seed 1", labels=[3])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seeds 1-3 + seeds 1,2", r"one row, or as many .* Received: 3, 2 rows"),
        ("seed 1 + direction smile", r"belong to a run folder.*'smile'"),
        ("latents wide.npy", r"shape \(count, 4\)\. Received: float64 \(5,\) in 'wide\.npy'"),
        ("latents nan.npy", r"must be finite"),
    ],
)
def test_terms_that_do_not_fit_are_refused(model, text, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.save("wide.npy", np.zeros(5))
    np.save("nan.npy", np.full(4, np.nan))
    with pytest.raises(InputError, match=message):
        arithmetic(model, text, output="figure.png")
    assert not (tmp_path / "figure.png").exists()


def test_files_and_outputs_that_are_wrong_are_refused_with_their_names(model, tmp_path):
    (tmp_path / "text.npy").write_text("no numbers")
    with pytest.raises(ResourceError, match=r"no \.npy file of numbers\. Received: .*text\.npy"):
        arithmetic(model, f"latents {tmp_path}/text.npy")
    with pytest.raises(ResourceError, match=r"No such file.*Received: 'gone\.npy'"):
        arithmetic(model, "latents gone.npy")
    with pytest.raises(InputError, match=r"did you mean '\.png'"):
        arithmetic(model, "seed 1", output=tmp_path / "figure.pgn")
    with pytest.raises(InputError, match=r"to a \.npy file\. Received: 'sum\.txt'"):
        arithmetic(model, "seed 1", latents_output="sum.txt")
    with pytest.raises(InputError, match=r"no labels\. Received: DCGAN"):
        arithmetic(model, "seed 1", labels=[0])
