"""WGAN-GP's losses in closed form, and its step against algorithm 1 written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import WGANGP, randomness
from ganzoo.errors import InputError
from ganzoo.images.ranges import dequantized, from_uint8

TINY = {
    "image_shape": (8, 8, 1), "latent_dim": 4, "networks": "mnist", "filters": 2,
    "critic_steps": 3,
}  # fmt: skip


def images(count):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype(np.float32)


def test_the_losses_are_the_papers():
    model, distance = WGANGP(**TINY), tf.constant(0.75)
    norms = tf.constant([1.0, 3.0, 0.0])
    expected = -0.75 + 10.0 * (0 + 4 + 1) / 3
    assert float(model.discriminator_loss(distance, norms)) == pytest.approx(expected)
    real, fake = tf.constant([[1.0], [2.5]]), tf.constant([[-1.0], [3.0]])
    assert float(model.wasserstein_distance(real, fake)) == pytest.approx(1.75 - 1.0)
    assert float(model.generator_loss(fake)) == pytest.approx(-1.0)


def algorithm_1(model, batch, rate):
    """One step by plain SGD, in eager mode, on copies of the networks: returns these and D's loss.

    Generators without batch normalisation alone, for they are called more often here.
    """
    generator = keras.models.clone_model(model.generator)
    generator.set_weights(model.generator.get_weights())
    critic = keras.models.clone_model(model.discriminator)
    critic.set_weights(model.discriminator.get_weights())

    def sgd(network, tape, loss):
        gradients = tape.gradient(loss, network.trainable_variables)
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
            variable.assign_sub(rate * gradient)

    count = len(batch) // 3
    for update in range(3):
        reals = tf.constant(batch[update * count : (update + 1) * count])
        latents = randomness.normal((count, 4), model.key(f"latents/{update}"))
        share = randomness.uniform((count, 1, 1, 1), model.key(f"share/{update}"))
        fakes = generator(latents)
        between = share * fakes + (1 - share) * reals
        with tf.GradientTape() as tape:
            with tf.GradientTape() as inner:
                inner.watch(between)
                scores = critic(between)
            gradients = tf.reshape(inner.gradient(scores, between), (count, -1))
            penalty = tf.reduce_mean((tf.norm(gradients, axis=1) - 1) ** 2)
            loss = tf.reduce_mean(critic(fakes)) - tf.reduce_mean(critic(reals)) + 10 * penalty
        sgd(critic, tape, loss)
    with tf.GradientTape() as tape:
        fakes = generator(randomness.normal((count, 4), model.key("latents/generator")))
        generator_loss = -tf.reduce_mean(critic(fakes))
    sgd(generator, tape, generator_loss)
    return generator, critic, loss, generator_loss


@pytest.mark.eager  # that a compiled step is the same is a law of every model
def test_a_step_is_algorithm_1_on_the_parts_of_its_batch_in_order():
    keras.utils.set_random_seed(1)
    model, rate = WGANGP(**TINY), 0.05
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    batch = images(6)
    generator, critic, loss, generator_loss = algorithm_1(model, batch, rate)
    logs = model.train_on_batch(batch, return_dict=True)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(loss), rel=1e-5)
    assert float(logs["generator_loss"]) == pytest.approx(float(generator_loss), rel=1e-5)
    for ours, plain in ((model.generator, generator), (model.discriminator, critic)):
        for mine, right in zip(ours.trainable_variables, plain.trainable_variables, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-6)
    assert int(model.discriminator_optimizer.iterations) == 3
    assert int(model.generator_optimizer.iterations) == 1


@pytest.mark.eager
def test_the_generators_update_takes_as_many_batches_of_latents_as_it_is_told(monkeypatch):
    model = WGANGP(**TINY | {"generator_batches": 2})
    model.compile()
    drawn, draw = [], model.draw_latents
    monkeypatch.setattr(
        model, "draw_latents", lambda count, key: drawn.append(int(count)) or draw(count, key)
    )
    model.train_on_batch(images(6))
    assert drawn == [2, 2, 2, 4]


@pytest.mark.eager
def test_levels_are_dequantised_before_the_critic_sees_them():
    levels = from_uint8(np.arange(256, dtype=np.uint8))
    drawn = np.array([dequantized(levels, randomness.key(0, "levels", n)) for n in range(64)])
    above = 128 * (drawn + 1) - np.arange(256)
    assert above.min() > -1e-4 and above.max() < 1 + 1e-4 and drawn.max() < 1
    assert above.min() < 0.01 and above.max() > 0.99 and abs(above.mean() - 0.5) < 0.01
    seen = WGANGP(**TINY | {"dequantize": True}).forward_pass(tf.zeros((2, 8, 8, 1)), 0)[1]
    plain = WGANGP(**TINY).forward_pass(tf.zeros((2, 8, 8, 1)), 0)[1]
    assert np.ptp(seen["images"].reals) > 0 == np.ptp(plain["images"].reals)


def test_the_critics_rate_falls_over_its_own_updates_as_the_generators_over_its():
    generators, critics = WGANGP(**TINY).paper_optimizers(decay_steps=100)
    rates = [
        optimizer.get_config()["learning_rate"]["config"] for optimizer in (generators, critics)
    ]
    assert [rate["decay_steps"] for rate in rates] == [100, 300]
    assert (generators.beta_1, generators.beta_2) == (0.0, 0.9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"critic_steps": 0},
        {"lambda_gp": -0.1},
        {"generator_batches": 0},
        {"networks": "vgg"},
        {"image_shape": (8, 16, 1)},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        WGANGP(**(TINY | wrong))
