"""The VAE and the autoencoder: the bound in closed form, steps written out, no discriminator."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import ALI, VAE, Autoencoder, randomness
from ganzoo.errors import InputError

TINY = {"image_shape": (28, 28, 1), "latent_dim": 3, "filters": 2}


def images(count):
    return np.random.default_rng(0).uniform(-1, 1, (count, 28, 28, 1)).astype(np.float32)


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_variables)


def test_their_networks_are_those_of_ali_without_a_discriminator():
    ali, vae, plain = ALI(**TINY), VAE(**TINY), Autoencoder(**TINY)
    assert count(vae.encoder) == count(ali.encoder)
    assert count(plain.encoder) == count(ali.encoder) - (32 * 3 + 3)  # no deviations
    for model in (vae, plain):
        assert count(model.generator) == count(ali.generator)
        assert model.discriminators == model.discriminator_variables == []
        assert model.sides == ("generator",) and ali.sides == ("generator", "discriminator")


def test_the_divergence_is_that_of_normal_distributions():
    mean, log_deviation = tf.constant([[0.5, -1.0], [0.0, 2.0]]), tf.constant([[0.3, -0.7]] * 2)
    found = float(VAE(**TINY).kl_divergence(mean, log_deviation))
    assert float(VAE(**TINY).kl_divergence(tf.zeros((4, 2)), tf.zeros((4, 2)))) == 0.0
    # By what it is the expectation of, log q(z) - log p(z), over many z.
    noise = np.random.default_rng(0).normal(size=(400_000, 1, 2))
    m, s = mean.numpy(), np.exp(log_deviation.numpy())
    z = m + s * noise
    ratio = (-np.log(s) - 0.5 * noise**2 + 0.5 * z**2).sum(-1).mean()
    assert found == pytest.approx(ratio, rel=0.01)


def test_the_likelihoods_are_bernoullis_and_gausses_in_nats_for_an_image():
    x = tf.constant([[0.0, 1.0, 0.25]])[..., None, None]  # an image of three rows
    mean = tf.constant([[0.1, 0.8, 0.5]])[..., None, None]
    nats = -(np.log(0.9) + np.log(0.8) + np.log(0.5))
    loss = VAE(**TINY).reconstruction_loss(2 * x - 1, 2 * mean - 1)
    assert float(loss) == pytest.approx(nats, rel=1e-5)
    squares = (0.1**2 + 0.2**2 + 0.25**2) / (2 * 0.5**2)
    nats = squares + 3 * (np.log(0.5) + 0.5 * np.log(2 * np.pi))
    gaussian = VAE(**TINY, likelihood="gaussian", deviation=0.5)
    assert float(gaussian.reconstruction_loss(2 * x - 1, 2 * mean - 1)) == pytest.approx(nats)
    black = -tf.ones((1, 28, 28, 1))  # certain and right, or certain and wrong: both are finite
    assert np.isfinite(VAE(**TINY).reconstruction_loss(black, -black))
    assert float(VAE(**TINY).reconstruction_loss(black, black)) == pytest.approx(0.0, abs=1e-2)


def test_the_loss_is_the_negative_bound():
    found, outputs = VAE(**TINY).forward_pass(images(4), 0)
    bound = found["reconstruction_loss"] + found["kl_divergence"]
    assert float(found["generator_loss"]) == pytest.approx(float(bound))
    assert outputs == {}


def written_out(model, batch, rate):
    """One step by plain SGD in eager mode."""
    weights = model.generator.trainable_variables + model.encoder.trainable_variables
    x = batch / 2 + 0.5
    with tf.GradientTape() as tape:
        encoded = model.encoder(batch, training=True)
        if isinstance(model, VAE):
            mean, log_deviation = encoded
            encoded = mean + tf.exp(log_deviation) * randomness.normal(
                (len(batch), 3), model.key("encodings")
            )
        made = model.generator(encoded, training=True)
        if isinstance(model, VAE):
            p = tf.clip_by_value(made / 2 + 0.5, 1e-6, 1 - 1e-6)
            entropies = -x * tf.math.log(p) - (1 - x) * tf.math.log(1 - p)
            divergences = (mean**2 + tf.exp(2 * log_deviation) - 1) / 2 - log_deviation
            loss = (tf.reduce_sum(entropies) + tf.reduce_sum(divergences)) / len(batch)
        else:
            loss = tf.reduce_mean((batch - made) ** 2)
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign_sub(rate * gradient)
    model.step.assign_add(1)


@pytest.mark.slow
@pytest.mark.parametrize(("model_class", "rate"), [(VAE, 1e-4), (Autoencoder, 0.1)])
def test_the_compiled_step_is_the_step_written_out(model_class, rate):
    keras.utils.set_random_seed(0)
    ours, theirs = model_class(**TINY), model_class(**TINY)
    for weight in (w for w in ours.trainable_variables if w.name == "kernel"):
        weight.assign(20.0 * weight)
    begin = ours.get_weights()
    theirs.set_weights(begin)
    ours.compile(*(keras.optimizers.SGD(rate) for _ in range(2)))
    step = tf.function(ours.train_step)
    for number in range(6):
        batch = tf.constant(images(4 + number % 2))  # of two sizes: two traces
        written_out(theirs, batch, rate)
        step(batch)
    moved = [np.abs(new - old).max() for new, old in zip(ours.get_weights(), begin, strict=True)]
    assert min(m for m, w in zip(moved, ours.weights, strict=True) if w.name == "kernel") > 1e-4
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("new", "message"),
    [
        (lambda: VAE(**TINY, deviation=0.0), "deviation above 0"),
        (lambda: VAE(**TINY, likelihood="gauss"), "did you mean 'gaussian'"),
        (lambda: VAE((30, 30, 1)), "squares of 32 or 28 pixels"),
        (lambda: VAE(networks="celebra"), "did you mean 'celeba'"),
        (lambda: Autoencoder(**TINY | {"filters": 0}), "must be at least 1"),
        (lambda: Autoencoder(networks="mnist"), "networks"),
    ],
)
def test_arguments_out_of_range_are_refused(new, message):
    with pytest.raises(InputError, match=message):
        new()
