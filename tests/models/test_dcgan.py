"""DCGAN's losses against numpy, and its step against the paper's order of updates."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import DCGAN, randomness
from ganzoo.errors import InputError

TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.0], [4.0]], np.float32)


def log_sigmoid(logits):
    return -np.log1p(np.exp(-logits.astype(np.float64)))


def test_the_losses_are_the_papers():
    model = DCGAN(**TINY)
    expected = -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean()
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    expected = -log_sigmoid(FAKE).mean()
    assert float(model.generator_loss(FAKE)) == pytest.approx(expected, rel=1e-6)


def test_an_undecided_discriminator_costs_log_2_a_term():
    model, zeros = DCGAN(**TINY), np.zeros((5, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(2 * np.log(2))
    assert float(model.generator_loss(zeros)) == pytest.approx(np.log(2))


def test_label_smoothing_is_one_sided():
    model = DCGAN(**TINY, label_smoothing=0.1)
    real = -(0.9 * log_sigmoid(REAL) + 0.1 * log_sigmoid(-REAL)).mean()
    fake = -log_sigmoid(-FAKE).mean()
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(real + fake, rel=1e-6)


def test_a_step_updates_d_first_and_then_g_against_the_new_d_with_the_same_fakes():
    # The step again, written out in eager mode with plain SGD.
    keras.utils.set_random_seed(1)
    model = DCGAN(**TINY)
    rate = 0.5
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    images = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 1)).astype(np.float32)

    generator = keras.models.clone_model(model.generator)
    generator.set_weights(model.generator.get_weights())
    discriminator = keras.models.clone_model(model.discriminator)
    discriminator.set_weights(model.discriminator.get_weights())
    latents = randomness.normal((6, 4), model.key("latents"))

    def sgd(network, tape, loss):
        gradients = tape.gradient(loss, network.trainable_variables)
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
            variable.assign_sub(rate * gradient)

    with tf.GradientTape() as tape:
        real_logits = discriminator(images, training=True)
        fake_logits = discriminator(generator(latents, training=True), training=True)
        d_loss = tf.reduce_mean(tf.math.softplus(-real_logits)) + tf.reduce_mean(
            tf.math.softplus(fake_logits)
        )
    sgd(discriminator, tape, d_loss)
    # A second pass of the same G would move its batch statistics twice; they are not compared.
    with tf.GradientTape() as tape:
        fake_logits = discriminator(generator(latents, training=True), training=True)
        g_loss = tf.reduce_mean(tf.math.softplus(-fake_logits))
    sgd(generator, tape, g_loss)

    logs = model.train_on_batch(images, return_dict=True)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
    assert float(logs["generator_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
    for ours, plain in ((model.generator, generator), (model.discriminator, discriminator)):
        for mine, right in zip(ours.trainable_variables, plain.trainable_variables, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-5)


def test_reals_and_fakes_are_normalised_by_statistics_of_their_own():
    # After one step from zero, a moving mean m' = 0.1 (0.9 (0.9 r + f) + f2) of the batches' means
    # r (reals), f and f2 (fakes, before and after D's update); one joint batch would give another.
    model = DCGAN(image_shape=(16, 16, 1), latent_dim=4, filters=2)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    images = np.random.default_rng(0).uniform(0, 1, (4, 16, 16, 1)).astype(np.float32)
    first, activation, second, normalisation = model.discriminator.layers[1:5]
    assert isinstance(normalisation, keras.layers.BatchNormalization)
    fakes = model.generator(randomness.normal((4, 4), model.key("latents")), training=True)

    def mean(batch):
        return tf.reduce_mean(second(activation(first(batch))), (0, 1, 2)).numpy()

    model.train_on_batch(images)
    expected = 0.1 * (0.9 * (0.9 * mean(images) + mean(fakes)) + mean(fakes))
    np.testing.assert_allclose(normalisation.moving_mean.numpy(), expected, atol=1e-6)


def test_instance_noise_reaches_the_discriminator_only_where_it_is_asked_for():
    images = np.zeros((4, 8, 8, 1), np.float32)
    assert DCGAN(**TINY)._noisy(images, "real") is images
    noisy = DCGAN(**TINY, instance_noise=0.5)._noisy(images, "real")
    assert 0.3 < float(np.std(noisy)) < 0.7


def test_latents_change_with_the_step_and_the_seed():
    model, other = DCGAN(**TINY), DCGAN(**TINY, seed=1)
    first = randomness.normal((2, 4), model.key("latents"))
    assert not np.array_equal(first, randomness.normal((2, 4), other.key("latents")))
    model.step.assign_add(1)
    assert not np.array_equal(first, randomness.normal((2, 4), model.key("latents")))
    model.step.assign(0)
    np.testing.assert_array_equal(first, randomness.normal((2, 4), model.key("latents")))


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": 0},
        {"label_smoothing": 1.0},
        {"instance_noise": -0.1},
        {"moving_average": 1.0},
        {"image_shape": (8, 16, 1)},
        {"image_shape": (8, 8, 2)},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        DCGAN(**(TINY | wrong))
