"""GAN's losses against numpy, and both of its steps against the same steps written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import GAN, randomness
from ganzoo.errors import InputError
from ganzoo.images.ranges import to_unit

TINY = {"image_shape": (4, 6, 1), "latent_dim": 3, "generator_units": 8, "maxout_units": 4}
REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.0], [4.0]], np.float32)
RATE = 0.5


def images(count=6, shape=(4, 6, 1)):
    return np.random.default_rng(0).uniform(-1, 1, (count, *shape)).astype(np.float32)


def log_sigmoid(logits):
    return -np.log1p(np.exp(-logits.astype(np.float64)))


def test_the_losses_are_the_papers():
    model = GAN(**TINY)
    expected = -0.5 * (log_sigmoid(REAL).mean() + log_sigmoid(-FAKE).mean())
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    expected = -log_sigmoid(FAKE).mean()
    assert float(model.generator_loss(FAKE)) == pytest.approx(expected, rel=1e-6)


def test_minimax_minimises_the_objective_itself():
    expected = log_sigmoid(-FAKE).mean()
    loss = GAN(**TINY, minimax=True).generator_loss(FAKE)
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_an_undecided_discriminator_costs_log_2():
    model, zeros = GAN(**TINY), np.zeros((5, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(np.log(2))
    assert float(model.generator_loss(zeros)) == pytest.approx(np.log(2))


def test_latents_are_uniform_with_variance_1():
    latents = GAN(**TINY | {"latent_dim": 1000}).latents_of_seeds(np.arange(20)).numpy()
    assert np.abs(latents).max() < np.sqrt(3)
    assert latents.max() > 1.7 and latents.min() < -1.7
    assert latents.mean() == pytest.approx(0, abs=0.03)
    assert latents.var() == pytest.approx(1, abs=0.03)


# The steps again, written out in eager mode with plain SGD.


class Plain:
    """Copies of a model's networks, its noise, and a step of gradient descent."""

    def __init__(self, model):
        self.model = model
        self.generator, self.discriminator = (
            type(network).from_config(network.get_config())
            for network in (model.generator, model.discriminator)
        )
        self.generator.set_weights(model.generator.get_weights())
        self.discriminator.set_weights(model.discriminator.get_weights())

    def fakes(self, update):
        noise = randomness.uniform((6, 3), self.model.key(f"latents/{update}"))
        return self.generator(np.sqrt(3) * (2 * noise.numpy() - 1), training=True)

    def logits(self, x, whose, update):
        keys = randomness.example_keys(6, self.model.key(f"dropout/{whose}/{update}"))
        return self.discriminator([tf.convert_to_tensor(x), keys], training=True)

    def d_loss(self, real, fake):
        return (tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))) / 2

    def gradients(self, tape, loss, network):
        return tape.gradient(loss, network.trainable_variables)

    def descend(self, network, gradients):
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
            variable.assign_sub(RATE * gradient)

    def compare(self, losses, d_loss, g_loss):
        assert float(losses["discriminator_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
        assert float(losses["generator_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
        for name in ("generator", "discriminator"):
            ours, plain = getattr(self.model, name), getattr(self, name)
            for mine, right in zip(ours.weights, plain.weights, strict=True):
                np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-6)


def scaled_up(model):
    """The model with weights so large that either network's update moves the other's gradient."""
    for variable in model.trainable_variables:
        variable.assign(20.0 * variable)
    model.compile(keras.optimizers.SGD(RATE), keras.optimizers.SGD(RATE))
    return model


def test_a_step_updates_both_networks_from_one_pass():
    plain = Plain(scaled_up(GAN(**TINY)))
    with tf.GradientTape(persistent=True) as tape:
        fakes = plain.fakes(0)
        fake = plain.logits(fakes, "fakes", 0)
        d_loss = plain.d_loss(plain.logits(images(), "reals", 0), fake)
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake))
    of_d = plain.gradients(tape, d_loss, plain.discriminator)
    of_g = plain.gradients(tape, g_loss, plain.generator)
    plain.descend(plain.discriminator, of_d)
    plain.descend(plain.generator, of_g)
    plain.compare(plain.model.train_on_batch(images(), return_dict=True), d_loss, g_loss)


@pytest.mark.parametrize("minimax", [False, True])
def test_algorithm_1_updates_d_k_times_with_fresh_noise_and_then_g_against_the_new_d(minimax):
    plain = Plain(scaled_up(GAN(**TINY, discriminator_steps=3, minimax=minimax)))
    for update in range(3):
        with tf.GradientTape() as tape:
            fake = plain.logits(plain.fakes(update), "fakes", update)
            d_loss = plain.d_loss(plain.logits(images(), "reals", update), fake)
        plain.descend(plain.discriminator, plain.gradients(tape, d_loss, plain.discriminator))
    with tf.GradientTape() as tape:
        fake = plain.logits(plain.fakes(3), "fakes", 3)
        g_loss = tf.reduce_mean(-tf.nn.softplus(fake) if minimax else tf.nn.softplus(-fake))
    plain.descend(plain.generator, plain.gradients(tape, g_loss, plain.generator))
    plain.compare(plain.model.train_on_batch(images(), return_dict=True), d_loss, g_loss)


def test_reals_and_fakes_and_updates_have_noise_of_their_own():
    model = GAN(**TINY)
    streams = ["latents/0", "latents/1", "dropout/reals/0", "dropout/fakes/0", "dropout/fakes/1"]
    assert len({tuple(model.key(stream).numpy()) for stream in streams}) == len(streams)


# Output biases.


@pytest.mark.parametrize("moving_average", [0.0, 0.5])
def test_adapted_zero_weights_show_the_mean_image(moving_average):
    model = GAN(**TINY, moving_average=moving_average)
    data = images(20)
    data[:, 0, 0] = -1.0  # black in all
    model.adapt(tf.data.Dataset.from_tensor_slices(data).batch(6))
    for network in (model.generator, *model.generator_averages):
        for layer in network.layers:
            if hasattr(layer, "kernel"):
                layer.kernel.assign(tf.zeros_like(layer.kernel))
    shown = model.predict(np.ones((2, 3)), verbose=0)
    np.testing.assert_allclose(shown[0], data.mean(0), atol=1e-6)
    np.testing.assert_array_equal(shown[0], shown[1])


def test_the_largest_output_bias_is_the_logit_of_a_ten_millionth():
    model = GAN(**TINY)
    model.adapt(tf.data.Dataset.from_tensors(np.full((2, 4, 6, 1), -1, np.float32)))
    expected = np.log(1e-7 / (1 - 1e-7))
    np.testing.assert_allclose(model.generator.get_layer("pixels").bias, expected, rtol=1e-6)


def test_an_output_bias_can_be_a_constant_of_the_preset():
    model = GAN(**TINY, output_bias=-2.0)
    np.testing.assert_array_equal(model.generator.get_layer("pixels").bias, -2.0)


def test_only_images_can_be_adapted_to():
    with pytest.raises(InputError, match="A batch of format 'images'"):
        GAN(**TINY).adapt(tf.data.Dataset.from_tensors(images(shape=(6, 4, 1))))


def test_images_of_the_unit_range_are_what_the_discriminator_sees_inside():
    model = GAN(**TINY)
    x = images()
    flat = model.discriminator.get_layer(index=-1)  # the logits'
    assert flat.name == "logits"
    inside = keras.Model(model.discriminator.inputs, _flattened(model.discriminator))
    seen = inside([x, np.zeros(6)])
    np.testing.assert_allclose(seen, to_unit(x).reshape(6, -1), atol=1e-6)


def _flattened(network):
    (layer,) = (layer for layer in network.layers if isinstance(layer, keras.layers.Flatten))
    return layer.output


# The paper's numbers.


def test_the_papers_optimizers_are_the_default():
    model = GAN(**TINY)
    model.compile()
    for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(0.1)
        assert float(optimizer.current_momentum()) == pytest.approx(0.5)
        optimizer.iterations.assign(125_000)
        assert float(optimizer.current_momentum()) == pytest.approx(0.7)
        assert float(optimizer.learning_rate) == pytest.approx(0.1 * np.exp(-0.5), rel=1e-4)


@pytest.mark.parametrize(
    "wrong",
    [
        {"latent_dim": 0},
        {"discriminator_steps": 0},
        {"image_shape": (8, 8, 2)},
        {"image_shape": (0, 8, 1)},
        {"image_shape": (8, 8)},
        {"moving_average": 1.0},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        GAN(**(TINY | wrong))


@pytest.mark.parametrize(
    "wrong",
    [
        {"learning_rate": 0.0}, {"rate_divisor": 0.9}, {"minimum_rate": 0.2}, {"momentum": 0.0},
        {"final_momentum": 0.4}, {"final_momentum": 1.0}, {"momentum_end": 500},
        {"momentum_start": -1},
    ],
    ids=str,
)  # fmt: skip
def test_optimizer_settings_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        GAN.default_optimizers(**wrong)
