"""CycleGAN's losses against numpy, its step against the authors' order, and both directions."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import CycleGAN
from ganzoo.errors import InputError
from ganzoo.optimizers.schedules import HoldThenLinearDecay

TINY = {"image_shape": (24, 24, 1), "filters": 2, "blocks": 1, "pool_size": 4}
NOISE = np.random.default_rng(0)


def images(count, *shape):
    return NOISE.uniform(-1, 1, (count, *(shape or TINY["image_shape"]))).astype(np.float32)


def test_the_losses_are_the_papers():
    model = CycleGAN(**TINY)
    real, fake = NOISE.normal(size=(2, 2, 3, 3, 1)).astype(np.float32)
    expected = 0.5 * (np.mean((real - 1) ** 2) + np.mean(fake**2))
    assert float(model.discriminator_loss(real, fake)) == pytest.approx(expected, rel=1e-5)
    expected = np.mean((fake - 1) ** 2)
    assert float(model.adversarial_loss(fake)) == pytest.approx(expected, rel=1e-5)
    assert model.generator_loss(2.0, 3.0, 4.0) == 2 + 10 * 3 + 10 * 0.5 * 4


def test_identity_generators_have_no_cycle_and_no_identity_loss():
    model, batch = CycleGAN(**TINY), images(2)
    assert float(model.cycle_loss(batch, batch)) == 0
    assert float(model.identity_loss(batch, batch)) == 0
    assert float(model.cycle_loss(batch, batch + 0.25)) == pytest.approx(0.25)
    model.generator_ab = model.generator_ba = keras.layers.Identity()
    model.compile()
    losses = model.evaluate(batch, images(2), verbose=0, return_dict=True)
    assert losses["cycle_loss"] == losses["identity_loss"] == 0
    assert losses["adversarial_loss"] > 0


@pytest.mark.parametrize("lambda_identity", [0.5, pytest.param(0.0, marks=pytest.mark.slow)])
def test_a_step_updates_both_gs_first_and_then_both_ds_with_the_same_fakes(lambda_identity):
    keras.utils.set_random_seed(1)
    model, rate = CycleGAN(**TINY, lambda_identity=lambda_identity), 0.01
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    a, b = images(2), images(2)
    g_ab, g_ba, d_a, d_b = (
        type(network).from_config(network.get_config())
        for network in (*model.generators, *model.discriminators)
    )
    for copy, network in zip(
        (g_ab, g_ba, d_a, d_b), (*model.generators, *model.discriminators), strict=True
    ):
        copy.set_weights(network.get_weights())

    def l1(x, y):
        return tf.reduce_mean(tf.abs(x - y))

    with tf.GradientTape(persistent=True) as tape:
        fake_a, fake_b = g_ba(b), g_ab(a)
        g_loss = (
            tf.reduce_mean((d_b(fake_b) - 1) ** 2)
            + tf.reduce_mean((d_a(fake_a) - 1) ** 2)
            + 10 * (l1(g_ba(fake_b), a) + l1(g_ab(fake_a), b))
            + 10 * lambda_identity * (l1(g_ab(b), b) + l1(g_ba(a), a))
        )
        d_loss = sum(
            0.5 * (tf.reduce_mean((d(real) - 1) ** 2) + tf.reduce_mean(d(fake) ** 2))
            for d, real, fake in ((d_a, a, fake_a), (d_b, b, fake_b))
        )
    for loss, networks in ((g_loss, (g_ab, g_ba)), (d_loss, (d_a, d_b))):
        for network in networks:
            gradients = tape.gradient(loss, network.trainable_variables)
            for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
                variable.assign_sub(rate * gradient)

    # The pool hands out what it is filled with, so the fakes are the same.
    reported = model.train_on_batch(a, b, return_dict=True)
    assert reported["generator_loss"] == pytest.approx(float(g_loss), rel=1e-4)
    assert reported["discriminator_loss"] == pytest.approx(float(d_loss), rel=1e-4)
    for ours, theirs in zip(
        (*model.generators, *model.discriminators), (g_ab, g_ba, d_a, d_b), strict=True
    ):
        for mine, right in zip(ours.weights, theirs.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=2e-4)


@pytest.mark.eager
def test_a_step_puts_its_fakes_into_the_pools_and_evaluation_does_not():
    model = CycleGAN(**TINY)
    model.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    a, b = images(2), images(2)
    model.evaluate(a, b, batch_size=2, verbose=0)
    assert int(model.pool_a.count) == int(model.pool_b.count) == 0
    model.train_on_batch(a, b)
    np.testing.assert_allclose(model.pool_b.images[:2], model.generator_ab(a), atol=1e-4)
    np.testing.assert_allclose(model.pool_a.images[:2], model.generator_ba(b), atol=1e-4)
    assert int(model.pool_a.count) == 2


def test_without_a_pool_there_is_none():
    assert not hasattr(CycleGAN(**TINY | {"pool_size": 0}), "pool_a")


def test_a_batch_that_the_pool_cannot_hold_is_refused():
    model = CycleGAN(**TINY | {"pool_size": 1})
    model.compile(run_eagerly=True)
    with pytest.raises(InputError, match=r"of size 1, must hold a whole batch.*a batch of 2"):
        model.train_on_batch(images(2), images(2))


@pytest.mark.parametrize(("side", "blocks"), [(255 // 4 * 4, 6), (256, 9)])
def test_nine_blocks_from_256_pixels_on(side, blocks):
    model = CycleGAN(image_shape=(side, side, 3), filters=1, pool_size=0)
    additions = [x for x in model.generator_ab.layers if isinstance(x, keras.layers.Add)]
    assert len(additions) == blocks


def test_each_direction_has_its_generator():
    model, batch = CycleGAN(**TINY), images(1)
    np.testing.assert_allclose(model.translate(batch), model.generator_ab(batch), atol=1e-6)
    np.testing.assert_allclose(model.translate(batch, "ba"), model.generator_ba(batch), atol=1e-6)
    with pytest.raises(InputError, match=r"Unknown direction.*Received: 'abba'"):
        model.translate(batch, "abba")


def test_images_of_any_size_are_translated_and_keep_their_size():
    model = CycleGAN(**TINY)
    for height, width in ((1, 1), (5, 13), (8, 8), (17, 33)):
        batch = images(1, height, width, 1)
        assert model.translate(batch, "ba").shape == batch.shape


def test_samples_show_the_image_its_translation_and_the_way_back():
    model, a, b = CycleGAN(**TINY), images(2), images(2)
    strips = model.sample_images((a, b))
    fakes = model.generator_ba(b)
    expected = np.concatenate([b, fakes, model.generator_ab(fakes)], axis=2)
    np.testing.assert_allclose(strips["b-to-a-to-b"], expected, atol=1e-6)
    assert strips["a-to-b-to-a"].shape == (2, 24, 72, 1)


# The learning rate.


def test_the_rate_stays_and_then_falls_linearly_to_zero():
    schedule = HoldThenLinearDecay(0.2, hold_steps=10, decay_steps=20)
    for step, rate in ((0, 0.2), (10, 0.2), (15, 0.15), (20, 0.1), (29, 0.01), (30, 0), (99, 0)):
        assert float(schedule(step)) == pytest.approx(rate, abs=1e-7)


def test_epochs_become_steps_where_the_data_is_known():
    for optimizer in CycleGAN.default_optimizers(
        1.0, constant_epochs=2, decay_epochs=2, steps_per_epoch=5
    ):
        optimizer.build([keras.Variable(0.0)])
        optimizer.iterations.assign(15)
        assert float(optimizer.learning_rate) == pytest.approx(0.5)


def test_without_the_data_or_without_a_decay_the_rate_stays():
    for settings in ({}, {"steps_per_epoch": 5, "constant_epochs": 1, "decay_epochs": 0}):
        for optimizer in CycleGAN.default_optimizers(**settings):
            optimizer.build([keras.Variable(0.0)])
            optimizer.iterations.assign(10**6)
            assert float(optimizer.learning_rate) == pytest.approx(2e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"image_shape": (30, 32, 3)}, "sides that are multiples of 4"),
        ({"image_shape": (20, 32, 3)}, "images of at least 24 pixels a side"),
        ({"image_shape": (24, 24, 4)}, "Images have 1 or 3 channels"),
        ({"filters": 0}, "filters must be at least 1"),
        ({"lambda_cycle": -1.0}, "lambda_cycle and lambda_identity at least 0"),
    ],
)
def test_what_the_networks_cannot_take_is_refused(settings, message):
    with pytest.raises(InputError, match=message + ".*Received: "):
        CycleGAN(**TINY | settings)


def test_a_schedule_out_of_range_is_refused():
    for settings in ({"learning_rate": 0.0}, {"constant_epochs": -1}, {"decay_epochs": -1}):
        with pytest.raises(InputError, match="learning_rate must be above 0"):
            CycleGAN.default_optimizers(**settings, steps_per_epoch=5)
