"""Directions: what is found, what is kept, how it is applied, and what is refused."""

import re

import keras
import numpy as np
import pytest

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.inference.attribute_classifiers import classify
from ganzoo.inference.directions import METHODS, RIDGE
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import create_from_config

SAMPLES = 400


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run's folder as if it had been trained, which would take longer."""
    run = Run(tmp_path_factory.mktemp("run"))
    config = ganzoo.load_config("dcgan", image_size=8, batch_size=2000, filters=2, latent_dim=4)
    run.write_config(config)
    create_from_config(config).save(run.model_path)
    return run.folder


@pytest.fixture(scope="module")
def latents(run):
    return ganzoo.load_run(run).latents_of_seeds(range(SAMPLES)).numpy()


@pytest.mark.parametrize("method", METHODS)
def test_the_direction_that_decides_is_found_and_kept(method, run, latents):
    normal = np.array([2.0, -1.0, 0.5, 0.0])
    scores = latents @ normal - 1.0
    found = ganzoo.find_direction(run, f"planted-{method}", scores, method=method, source="me")
    cosine = found.vector @ normal / np.linalg.norm(found.vector) / np.linalg.norm(normal)
    assert cosine > (0.99 if method == "logistic" else 0.97)
    assert found.accuracy > (0.97 if method == "logistic" else 0.85)
    # One strength is one standard deviation of the latents along the way.
    length = np.linalg.norm(found.vector)
    assert length == pytest.approx((latents @ found.vector / length).std(), rel=1e-4)
    assert (found.samples, found.positives) == (SAMPLES, (scores > 0).mean())
    (kept,) = [d for d in ganzoo.list_directions(run) if d.name == f"planted-{method}"]
    np.testing.assert_array_equal(kept.vector, found.vector)
    assert (kept.method, kept.source, kept.accuracy) == (method, "me", found.accuracy)


def test_logistic_regression_is_at_its_minimum(run, latents):
    noise = np.random.default_rng(0).normal(size=SAMPLES)
    scores = latents[:, 0] + noise
    vector = ganzoo.find_direction(run, "noisy", scores).vector
    targets, inputs, w = scores > 0, np.c_[latents, np.ones(SAMPLES)], np.zeros(5)
    for _ in range(3000):  # gradient descent comes to the same plane
        error = 1 / (1 + np.exp(-inputs @ w)) - targets
        w -= inputs.T @ error / SAMPLES + RIDGE * np.append(w[:4], 0)
    assert vector @ w[:4] / np.linalg.norm(vector) / np.linalg.norm(w[:4]) > 0.999999


def test_a_direction_is_applied_with_a_strength_by_name(run, latents):
    found = ganzoo.find_direction(run, "first", latents[:, 0])
    result = ganzoo.arithmetic(run, "seeds 3-5 - 2.5 direction first")
    np.testing.assert_allclose(result.latents, latents[3:6] - 2.5 * found.vector, atol=1e-5)
    plain = ganzoo.arithmetic(run, "seeds 3-5")
    assert result.figure.shape[1] > plain.figure.shape[1]  # for it says "-2.5 first"
    with pytest.raises(InputError, match=r"did you mean 'first'\?.*Received: 'frist'"):
        ganzoo.arithmetic(run, "seed 1 + direction frist")


def test_classifiers_of_all_kinds_say_the_same(run, tmp_path):
    def brightness(images):
        return np.asarray(images).mean((1, 2, 3)) - middle

    model = ganzoo.load_run(run)
    images = model.predict(model.latents_of_seeds(range(100)), verbose=0)
    middle = float(np.median(images.mean((1, 2, 3))))
    inputs = keras.Input((8, 8, 3))  # grey images become what it takes
    bright = keras.layers.Flatten()(keras.layers.GlobalAveragePooling2D(keepdims=True)(inputs))
    bright = keras.ops.mean(bright, 1, keepdims=True) - middle
    network = keras.Model(inputs, bright)
    network.save(tmp_path / "bright.keras")
    classes = keras.Model(inputs, keras.ops.concatenate([-bright, bright, bright - 9], 1))
    np.save(tmp_path / "labels.npy", brightness(images) > 0)
    np.testing.assert_allclose(classify(network, images)[:, 0], brightness(images), atol=1e-6)
    vectors = [
        ganzoo.find_direction(run, "bright", scores, samples=100, **settings).vector
        for scores, settings in [
            (brightness, {}),
            (network, {}),
            (tmp_path / "bright.keras", {}),
            (tmp_path / "labels.npy", {"threshold": 0.5}),
            (classes, {"of_class": 1}),
        ]
    ]
    for vector in vectors[1:]:
        np.testing.assert_allclose(vector, vectors[0], rtol=1e-3, atol=1e-4)


def test_an_attribute_stands_for_a_classifier_trained_on_the_runs_data(run, caplog):
    with (
        caplog.at_level("INFO", "ganzoo"),
        pytest.raises(InputError, match=r"others not.* Received: 10 positives of 10"),
    ):
        ganzoo.find_direction(run, "wrong", attribute="1", samples=10, threshold=-1e9)
    assert re.search(r"A classifier of 1: accuracy 0\.\d+ on what was held out", caplog.text)


@pytest.mark.parametrize("given", [{}, {"scores": np.arange(10), "attribute": "1"}])
def test_scores_and_an_attribute_are_not_given_together_nor_left_out(run, given):
    with pytest.raises(InputError, match=r"or by an attribute\. Received: (neither|both)"):
        ganzoo.find_direction(run, "wrong", **given)


@pytest.mark.parametrize(
    ("scores", "settings", "message"),
    [
        (np.ones(10), {}, "others not.* Received: 10 positives of 10"),
        (np.zeros((10, 3)), {}, r"choose one \(of_class\)\. Received: scores \(10, 3\)"),
        (np.zeros((10, 3)), {"of_class": 3}, "of_class=3"),
        (np.full(10, np.nan), {}, "finite"),
        (np.arange(10), {"method": "logistics"}, "did you mean 'logistic'"),
        (np.arange(10), {"seed": -1}, "from 0 on. Received: 10, -1"),
        (np.arange(10), {"labels": [0]}, "has no labels. Received: DCGAN"),
        ("nothing.keras", {}, r"is a \.keras file\. Received: 'nothing\.keras'"),
    ],
)
def test_scores_and_settings_that_are_wrong_are_refused(run, scores, settings, message):
    with pytest.raises(InputError, match=message):
        ganzoo.find_direction(run, "wrong", scores, **settings)
    assert "wrong" not in [direction.name for direction in ganzoo.list_directions(run)]


@pytest.mark.parametrize("name", ["../up", "", "two words", ".hidden"])
def test_a_name_that_is_no_word_is_refused(run, name):
    with pytest.raises(InputError, match=r"A direction's name has letters"):
        ganzoo.find_direction(run, name, np.arange(10))


def test_files_that_are_damaged_or_missing_are_named(run, tmp_path):
    (tmp_path / "text.npy").write_text("text")
    with pytest.raises(ResourceError, match=r"numbers in a \.npy file\. Received: '.*text\.npy'"):
        ganzoo.find_direction(run, "wrong", tmp_path / "text.npy")
    (tmp_path / "directions").mkdir()
    (tmp_path / "directions/broken.npz").write_text("text")
    with pytest.raises(ResourceError, match=r"Not what ganzoo wrote: .*broken\.npz"):
        ganzoo.list_directions(tmp_path)
    with pytest.raises(ResourceError, match=r"no such run folder.*nowhere"):
        ganzoo.list_directions(tmp_path / "nowhere")
