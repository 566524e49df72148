"""Pix2Pix's losses against numpy, its step against the paper's order, and its independence."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import Pix2Pix, randomness
from ganzoo.errors import InputError

TINY = {"image_shape": (8, 8, 3), "input_channels": 1, "filters": 2, "receptive_field": 16}
NOISE = np.random.default_rng(0)
REAL = NOISE.normal(size=(2, 3, 3, 1)).astype(np.float32)
FAKE = NOISE.normal(size=(2, 3, 3, 1)).astype(np.float32)


def images(count, *shape):
    return NOISE.uniform(-1, 1, (count, *shape)).astype(np.float32)


def log_sigmoid(logits):
    return -np.log1p(np.exp(-logits.astype(np.float64)))


def test_the_losses_are_the_papers():
    model = Pix2Pix(**TINY)
    expected = -0.5 * (log_sigmoid(REAL).mean() + log_sigmoid(-FAKE).mean())
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    adversarial = -log_sigmoid(FAKE).mean()
    assert float(model.adversarial_loss(FAKE)) == pytest.approx(adversarial, rel=1e-6)
    targets, fakes = images(2, 4, 4, 3), images(2, 4, 4, 3)
    l1 = np.abs(targets - fakes).mean()
    assert float(model.l1_loss(targets, fakes)) == pytest.approx(l1, rel=1e-5)
    assert model.generator_loss(2.0, 3.0) == 302.0


def test_an_undecided_discriminator_costs_log_2():
    model, zeros = Pix2Pix(**TINY), np.zeros((2, 3, 3, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(np.log(2))
    assert float(model.adversarial_loss(zeros)) == pytest.approx(np.log(2))


def test_a_step_updates_d_first_and_then_g_against_the_new_d_with_the_same_fakes():
    keras.utils.set_random_seed(1)
    model, rate = Pix2Pix(**TINY, lambda_l1=7.0), 0.1
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    inputs, targets = tf.constant(images(3, 8, 8, 1)), tf.constant(images(3, 8, 8, 3))
    generator, discriminator = (
        type(network).from_config(network.get_config())
        for network in (model.generator, model.discriminator)
    )
    generator.set_weights(model.generator.get_weights())
    discriminator.set_weights(model.discriminator.get_weights())

    keys = randomness.example_keys(3, model.key("dropout"))
    with tf.GradientTape() as tape:
        fakes = generator([inputs, keys], training=True)
        d_loss = model.discriminator_loss(
            discriminator([inputs, targets], training=True),
            discriminator([inputs, fakes], training=True),
        )
    gradients = tape.gradient(d_loss, discriminator.trainable_variables)
    for variable, gradient in zip(discriminator.trainable_variables, gradients, strict=True):
        variable.assign_sub(rate * gradient)
    with tf.GradientTape() as tape:
        fakes = generator([inputs, keys], training=True)
        logits = discriminator([inputs, fakes], training=True)
        g_loss = model.adversarial_loss(logits) + 7.0 * tf.reduce_mean(tf.abs(targets - fakes))
    gradients = tape.gradient(g_loss, generator.trainable_variables)
    for variable, gradient in zip(generator.trainable_variables, gradients, strict=True):
        variable.assign_sub(rate * gradient)

    model.fit(inputs, targets, batch_size=3, verbose=0, shuffle=False)
    for ours, theirs in ((model.generator, generator), (model.discriminator, discriminator)):
        for mine, right in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=2e-5)


def test_an_images_translation_does_not_depend_on_its_neighbours():
    model = Pix2Pix(**TINY)
    inputs = images(4, 8, 8, 1)
    together = model.predict(inputs, verbose=0)
    np.testing.assert_allclose(model.predict(inputs[2:3], verbose=0), together[2:3], atol=1e-5)


def test_another_seed_is_another_noise():
    model = Pix2Pix(**TINY | {"filters": 8})
    inputs = images(1, 8, 8, 1)
    one, other = model.translate(inputs, seed=1), model.translate(inputs, seed=2)
    assert np.abs(one - other).max() > 1e-4
    np.testing.assert_array_equal(one, model.translate(inputs, seed=1))


def test_images_of_any_size_are_translated_and_keep_their_size():
    model = Pix2Pix(**TINY)
    for height, width in ((1, 1), (5, 13), (8, 8), (17, 9)):
        assert model.translate(images(1, height, width, 1)).shape == (1, height, width, 3)


def test_samples_show_input_output_and_target_side_by_side():
    model = Pix2Pix(**TINY)
    inputs, targets = images(2, 8, 8, 1), images(2, 8, 8, 3)
    (strip,) = model.sample_images((inputs, targets)).values()
    np.testing.assert_array_equal(strip[:, :, :8], np.repeat(inputs, 3, -1))
    np.testing.assert_array_equal(strip[:, :, 8:16], model(inputs))
    np.testing.assert_array_equal(strip[:, :, 16:], targets)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image_shape": (12, 8, 3)}, "needs sides that are multiples of 8, or depth=2"),
        ({"image_shape": (8, 8, 2)}, "Images have 1 or 3 channels"),
        ({"input_channels": 4}, "Images have 1 or 3 channels"),
        ({"receptive_field": 70}, "images of at least 24 pixels a side"),
        ({"receptive_field": 20}, "The receptive field must be one of"),
        ({"depth": 1}, "depth must be at least 2"),
        ({"filters": 0}, "filters must be at least 1"),
        ({"lambda_l1": -1.0}, "lambda_l1 at least 0"),
        ({"dropout": 1.0}, r"A dropout rate must be in \[0, 1\)"),
    ],
)
def test_what_the_networks_cannot_take_is_refused(settings, message):
    with pytest.raises(InputError, match=message + ".*Received: "):
        Pix2Pix(**TINY | settings)


def test_a_batch_with_another_number_of_colours_is_refused():
    model = Pix2Pix(**TINY)
    model.compile()
    with pytest.raises(InputError, match=r"inputs \(batch, 8, 8, 1\).*Received: \(2, 8, 8, 3\)"):
        model.train_on_batch(images(2, 8, 8, 3), images(2, 8, 8, 3))
