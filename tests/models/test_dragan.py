"""DRAGAN: its losses and its penalty against closed forms, and its step written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import DRAGAN, AnimeGAN, randomness
from ganzoo.errors import InputError
from ganzoo.models import penalties

MLP = {"image_shape": (8, 8, 1), "latent_dim": 4, "units": 8}
CONVOLUTIONAL = {"image_shape": (16, 16, 1), "networks": "dcgan", "latent_dim": 4, "filters": 2}
ANIME = {
    "image_shape": (8, 8, 1), "attributes": ("red", "round"), "latent_dim": 4, "filters": 2,
    "blocks": 1, "shuffles": 1, "discriminator_filters": 2, "discriminator_blocks": 1,
}  # fmt: skip
REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.0], [4.0]], np.float32)


def images(count=6, side=8):
    return np.random.default_rng(0).uniform(-1, 1, (count, side, side, 1)).astype(np.float32)


def key(stream):
    return randomness.key(0, stream, 0)


def log_sigmoid(logits):
    return -np.log1p(np.exp(-logits.astype(np.float64)))


def test_the_losses_are_the_papers():
    model = DRAGAN(**MLP)
    expected = -log_sigmoid(REAL).mean() - log_sigmoid(-FAKE).mean()
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    expected = -log_sigmoid(FAKE).mean()
    assert float(model.generator_loss(FAKE)) == pytest.approx(expected, rel=1e-6)
    norms = np.array([1.0, 3.0, 0.5], np.float32)
    assert float(model.gradient_penalty(norms)) == pytest.approx(10 * (0 + 4 + 0.25) / 3)


def test_at_chance_the_adversarial_loss_is_twice_log_2():
    model, zeros = DRAGAN(**MLP), np.zeros((5, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(2 * np.log(2))
    assert float(model.generator_loss(zeros)) == pytest.approx(np.log(2))


def test_noise_goes_up_to_half_a_deviation_of_the_whole_batch_and_only_upwards():
    x = images()
    x[0] *= 0.1  # an image of little contrast gets as much noise as the others
    moved = (penalties.shaken(x, 0.5, key("u")).numpy() - x) / (0.5 * x.std())
    assert moved.min() > -1e-6 and moved.max() < 1
    np.testing.assert_allclose(moved, randomness.uniform(x.shape, key("u")), atol=1e-5)
    assert abs(moved[0].mean() - 0.5) < 0.15


def test_a_constant_batch_has_no_deviation_and_its_points_are_its_images():
    seen = []
    constant = np.full((3, 4, 4, 1), 0.25, np.float32)
    penalties.norms_near(lambda x: seen.append(x) or tf.reduce_sum(x), constant, 0.5, key)
    np.testing.assert_array_equal(seen[0], constant)


def test_points_lie_on_the_way_from_an_image_to_its_noisy_neighbour_each_with_its_own_share():
    x, seen = images(), []
    penalties.norms_near(lambda p: seen.append(p) or tf.reduce_sum(p**2), x, 0.5, key)
    share = randomness.uniform((6, 1, 1, 1), key("share")).numpy()
    noise = randomness.uniform(x.shape, key("perturbation")).numpy()
    assert len(np.unique(share)) == 6
    np.testing.assert_allclose(seen[0], x + share * 0.5 * x.std() * noise, atol=1e-6)


def test_a_linear_discriminators_penalty_is_of_its_slope_wherever_it_is_taken():
    slope = np.random.default_rng(1).normal(size=64).astype(np.float32)
    norms = penalties.norms_near(
        lambda x: tf.linalg.matvec(tf.reshape(x, (-1, 64)), slope), images(), 0.5, key
    )
    expected = (np.linalg.norm(slope) - 1) ** 2
    assert float(penalties.unit_norm_penalty(norms)) == pytest.approx(expected, rel=1e-5)


def test_a_quadratic_discriminators_penalty_is_the_mean_over_images_of_their_own():
    # The norm over a batch, or the square of a mean, would pass with a linear one.
    x, seen = images(), []
    norms = penalties.norms_near(
        lambda p: seen.append(p) or 0.5 * tf.reduce_sum(p**2, (1, 2, 3)), x, 0.5, key
    )
    lengths = np.linalg.norm(np.array(seen[0]).reshape(6, -1), axis=1)
    np.testing.assert_allclose(norms, lengths, rtol=1e-5)
    expected = ((lengths - 1) ** 2).mean()
    assert float(penalties.unit_norm_penalty(norms)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("arguments", [MLP, CONVOLUTIONAL], ids=["mlp", "dcgan"])
def test_no_fake_enters_the_penalty(arguments):
    model = DRAGAN(**arguments)
    x = tf.constant(images(side=model.image_shape[0]))
    before, _ = model.forward_pass(x, 0)
    for variable in model.generator.trainable_variables:
        variable.assign(3.0 * variable + 0.1)
    after, _ = model.forward_pass(x, 0)
    assert float(after["gradient_norm"]) == float(before["gradient_norm"])
    assert float(after["generator_loss"]) != float(before["generator_loss"])


@pytest.mark.parametrize("arguments", [MLP, CONVOLUTIONAL], ids=["mlp", "dcgan"])
def test_a_score_and_its_slope_are_of_one_image_alone(arguments):
    model = DRAGAN(**arguments)
    x = tf.constant(images(side=model.image_shape[0]))
    whole = model.discriminator(x, training=True)
    np.testing.assert_allclose(model.discriminator(x[:1], training=True), whole[:1], rtol=1e-4)


@pytest.mark.parametrize(
    ("model_class", "arguments"),
    [(DRAGAN, MLP), (DRAGAN, CONVOLUTIONAL), (AnimeGAN, ANIME)],
    ids=["mlp", "dcgan", "anime"],
)
def test_the_penaltys_gradient_is_its_finite_difference(model_class, arguments):
    # Some operations quietly have no gradient of second order.
    model = model_class(**arguments, dtype="float64")
    variables = model.discriminator.trainable_variables
    for variable in variables:
        variable.assign(4.0 * variable)
    x = tf.constant(images(4, model.image_shape[0]), tf.float64)

    def penalty():
        return model.gradient_penalty(model._norms_near(x, model.key, training=True))

    with tf.GradientTape() as tape:
        value = penalty()
    gradients = tape.gradient(value, variables)
    assert any(gradient is not None for gradient in gradients)
    gradients = [
        tf.zeros_like(v) if g is None else g for v, g in zip(variables, gradients, strict=True)
    ]
    noise = np.random.default_rng(0)
    for _ in range(3):
        direction = [noise.normal(size=v.shape) * np.std(v) + 1e-3 for v in variables]
        along = sum(float(tf.reduce_sum(g * d)) for g, d in zip(gradients, direction, strict=True))
        step, values = 1e-4, []
        for share in (step, -2 * step):  # there, and back to the other side
            for variable, way in zip(variables, direction, strict=True):
                variable.assign_add(share * way)
            values.append(float(penalty()))
        for variable, way in zip(variables, direction, strict=True):
            variable.assign_add(step * way)
        difference = (values[0] - values[1]) / (2 * step)
        assert difference == pytest.approx(along, rel=1e-3)
        assert abs(along) > 1e-3


def copied(network):
    copy = keras.models.clone_model(network)
    copy.set_weights(network.get_weights())
    return copy


def sgd(network, tape, loss, rate):
    gradients = tape.gradient(loss, network.trainable_variables)
    for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
        variable.assign_sub(rate * gradient)


def test_a_compiled_step_updates_d_with_its_penalty_and_then_g_against_the_new_d():
    # The step again, written out in eager mode with plain SGD.
    model, rate, x = DRAGAN(**MLP), 0.1, images()
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    generator, discriminator = copied(model.generator), copied(model.discriminator)
    latents = 2 * randomness.uniform((6, 4), model.key("latents")) - 1
    noise = randomness.uniform(x.shape, model.key("perturbation"))
    points = x + randomness.uniform((6, 1, 1, 1), model.key("share")) * 0.5 * x.std() * noise

    with tf.GradientTape() as tape:
        real_loss = tf.reduce_mean(tf.math.softplus(-discriminator(x)))
        fake_loss = tf.reduce_mean(tf.math.softplus(discriminator(generator(latents))))
        with tf.GradientTape() as inner:
            inner.watch(points)
            scores = discriminator(points)
        norms = tf.norm(tf.reshape(inner.gradient(scores, points), (6, -1)), axis=1)
        objective = real_loss + fake_loss + 10 * tf.reduce_mean((norms - 1) ** 2)
    sgd(discriminator, tape, objective, rate)
    with tf.GradientTape() as tape:
        g_loss = tf.reduce_mean(tf.math.softplus(-discriminator(generator(latents))))
    sgd(generator, tape, g_loss, rate)

    logs = model.train_on_batch(x, return_dict=True)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(real_loss + fake_loss), 1e-5)
    assert float(logs["generator_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
    assert float(logs["gradient_norm"]) == pytest.approx(float(tf.reduce_mean(norms)), rel=1e-5)
    for ours, plain in ((model.generator, generator), (model.discriminator, discriminator)):
        for mine, right in zip(ours.trainable_variables, plain.trainable_variables, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-5)


def test_the_optimizers_are_those_of_the_authors_code():
    for optimizer in DRAGAN(**MLP).paper_optimizers():
        assert (optimizer.beta_1, optimizer.beta_2, optimizer.epsilon) == (0.5, 0.9, 1e-8)
        assert float(optimizer.learning_rate) == pytest.approx(1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": 0}, {"lambda_gp": -1.0}, {"perturbation": -0.5}, {"networks": "resnet"},
        {"image_shape": (8, 8, 2)}, {"networks": "dcgan", "image_shape": (8, 16, 1)},
    ],
    ids=str,
)  # fmt: skip
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        DRAGAN(**(MLP | wrong))
