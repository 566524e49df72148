"""Health: training that diverges stops, and a network that fails is reported, once."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import DCGAN, GAN
from ganzoo.callbacks import Checkpoints, EverySteps, Health, newest_checkpoint
from ganzoo.callbacks.health import PATIENCE
from ganzoo.callbacks.health_figures import figures
from ganzoo.errors import DivergenceError
from ganzoo.models.outputs import AdversarialOutputs

pytestmark = pytest.mark.slow

SHAPE = (8, 8, 1)
BATCH = 16


@pytest.fixture(scope="module")
def images():
    """Soft blobs in different places: real enough for D to learn, and not all alike."""
    x, y = np.random.default_rng(0).uniform(1, 6, (2, 64, 1, 1))
    rows, columns = np.mgrid[:8, :8]
    blobs = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 4)
    return (1.6 * blobs - 0.8)[..., None].astype("float32")


def trained(model, images, steps, **settings):
    """The callback after so many steps of training with it."""
    health = Health(images[:32], **settings)
    data = tf.data.Dataset.from_tensor_slices(images).repeat().batch(BATCH)
    model.fit(data, steps_per_epoch=steps, callbacks=[health], verbose=0, shuffle=False)
    return health


def gan(**settings):
    return GAN(image_shape=SHAPE, latent_dim=4, generator_units=16, maxout_units=16, **settings)


def test_a_discriminator_that_dominates_a_generator_that_is_not_trained_is_reported(
    images, tmp_path, caplog
):
    model = gan()
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.Adam(0.01))
    trained(model, images, 120, every_steps=5, path=tmp_path / "health.json")
    written = json.loads((tmp_path / "health.json").read_text())
    found = [(verdict["verdict"], verdict["pair"]) for verdict in written["verdicts"]]
    assert ("discriminator_dominates", "images") in found
    assert written["figures"]["images/fake_accuracy"] == 1.0
    reported = [record.message for record in caplog.records if "overpowers" in record.message]
    assert len(reported) == 1
    assert "images, step " in reported[0] and "What usually helps" in reported[0]


@pytest.mark.parametrize("stated", ["decision_threshold", "discriminator_loss_at_chance"])
def test_of_a_critic_it_is_never_said_that_it_dominates(stated, images):
    model = gan()
    setattr(model, stated, None)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.Adam(0.02))  # as above
    health = trained(model, images, 80, every_steps=5)
    assert "discriminator_dominates" not in [verdict["verdict"] for verdict in health.verdicts]


@pytest.mark.parametrize("new", [gan, lambda: DCGAN(image_shape=SHAPE, latent_dim=4, filters=2)])
def test_a_generator_whose_images_do_not_depend_on_its_latents_has_collapsed(new, images):
    model = new()
    first = next(layer for layer in model.generator.layers if layer.weights)
    first.kernel.assign(tf.zeros_like(first.kernel))
    first.trainable = False
    model.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.001))
    health = trained(model, images, 60, every_steps=5)
    assert "collapsed" in [verdict["verdict"] for verdict in health.get_state()["verdicts"]]


@pytest.mark.eager
def test_outputs_at_the_ends_of_their_range_are_saturated(images):
    model = gan(output_bias=20.0)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    verdicts = trained(model, images, 2 * PATIENCE, every_steps=2).get_state()["verdicts"]
    assert "saturated" in [verdict["verdict"] for verdict in verdicts]


@pytest.mark.eager
def test_a_nan_in_one_batch_stops_training_at_its_step_and_reaches_no_checkpoint(images, tmp_path):
    batches = np.tile(images[:BATCH], (10, 1, 1, 1))
    batches[7 * BATCH + 3] = np.nan  # all of it: dropout takes single pixels away
    model = gan()
    model.checks_values = False  # `fit` would refuse the NaN before the first step
    model.compile()
    callbacks = [
        Health(images, path=tmp_path / "health.json", checkpoints=tmp_path / "saved"),
        Checkpoints(tmp_path / "saved", every_steps=3),
    ]
    message = r"discriminator_loss is nan at step 8, .* last good checkpoint is .*step-00000006\. W"
    with pytest.raises(DivergenceError, match=message):
        model.fit(batches, batch_size=BATCH, shuffle=False, callbacks=callbacks, verbose=0)
    (verdict,) = json.loads((tmp_path / "health.json").read_text())["verdicts"]
    assert (verdict["verdict"], verdict["step"]) == ("diverged", 8)
    newest = newest_checkpoint(tmp_path / "saved")
    assert newest.name == "step-00000006"
    restored = gan()
    restored.load_weights(newest / "model.weights.h5")
    assert all(np.isfinite(weight).all() for weight in restored.get_weights())


@pytest.mark.eager
def test_weights_that_are_not_finite_are_never_saved(images, tmp_path):
    model = gan()
    model.compile()
    kernel = model.generator.trainable_weights[0]
    kernel.assign(kernel * np.inf)
    data = [Checkpoints(tmp_path / "saved")]
    with pytest.raises(DivergenceError, match=r"Weights have become NaN or infinite by step 1\. "):
        model.fit(images[:BATCH], batch_size=BATCH, callbacks=data, verbose=0)
    assert newest_checkpoint(tmp_path / "saved") is None


def test_what_was_reported_is_not_reported_again_after_a_resume(images, caplog):
    model = gan(output_bias=20.0)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    first = trained(model, images, 2 * PATIENCE, every_steps=2)
    again = Health(images[:32], every_steps=2)
    again.set_state(json.loads(json.dumps(first.get_state())))
    caplog.clear()
    model.fit(images, batch_size=BATCH, epochs=2 * PATIENCE, callbacks=[again], verbose=0)
    assert again.get_state()["verdicts"] == first.get_state()["verdicts"] != []
    assert "saturated" not in caplog.text


def test_a_state_of_an_earlier_version_goes_on_in_the_words_of_this_one():
    health = Health(None)
    window = EverySteps(1).get_state()
    earlier = {
        "looks": {"images/won": 6, "images/collapsed": 2},
        "most": {"images": 0.9},
        "first": {"images": [[0.0]]},
        "verdicts": [{"step": 50, "verdict": "won", "play": "images", "message": "It has won."}],
    }
    present = {
        "consecutive": {"images/discriminator_dominates": 6, "images/collapsed": 2},
        "highest_diversity": {"images": 0.9},
        "first_thumbnails": {"images": [[0.0]]},
        "verdicts": [
            {
                "step": 50,
                "verdict": "discriminator_dominates",
                "pair": "images",
                "message": "It has won.",
            }
        ],
    }
    for state in (earlier, present):
        health.set_state(window | state)
        assert health.get_state() == window | present


def test_figures_are_what_their_definitions_say():
    reals = np.zeros((4, 2, 2, 1), np.float32)
    reals[::2] = 1.0
    fakes = np.arange(4, dtype=np.float32).reshape(4, 1, 1, 1) / 4 * np.ones_like(reals)
    scores = np.array([-1.0, 0.5, 2.0, 0.1]), np.array([[-1.0, 0.0], [1.0, 1.0]])
    found = figures(AdversarialOutputs(reals, fakes, *scores), 0.0)
    assert found["real_accuracy"] == 0.75 and found["fake_accuracy"] == 0.5
    assert found["saturation"] == 0.0 - 0.5
    pairs = [0.25] * 3 + [0.5] * 2 + [0.75]
    assert found["diversity"] == pytest.approx(np.mean(pairs) / (4 / 6))


def test_the_diversity_is_that_within_a_label_and_left_out_where_there_is_none():
    reals = np.linspace(-1, 1, 4, dtype=np.float32).reshape(4, 1, 1, 1)
    labels = np.array([0, 0, 1, 1])
    fakes = np.array([0.0, 0.0, 0.5, 0.5], np.float32).reshape(4, 1, 1, 1)
    zeros = np.zeros(4)

    def diversity(reals, labels=None):
        return figures(AdversarialOutputs(reals, fakes, zeros, zeros, labels), 0.0).get("diversity")

    assert diversity(reals, labels) == 0.0
    attributes = np.array([[0.0, 1.0], [0.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
    assert diversity(reals, attributes) == 0.0  # equal vectors are one label
    assert diversity(reals, np.arange(4)) is None
    assert diversity(np.zeros_like(reals)) is None


def test_a_critic_has_no_accuracy_but_a_difference_of_its_scores():
    images = np.linspace(-1, 1, 4, dtype=np.float32).reshape(4, 1, 1, 1)
    outputs = AdversarialOutputs(images, images, np.full(4, -7.0), np.full((4, 1), -9.5))
    found = figures(outputs, None)
    assert found["score_difference"] == 2.5
    assert not {"real_accuracy", "fake_accuracy"} & found.keys()
    assert figures(outputs, -8.0)["real_accuracy"] == figures(outputs, -8.0)["fake_accuracy"] == 1.0
