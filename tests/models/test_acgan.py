"""ACGAN's losses in closed form, its networks, and its step written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import ACGAN, randomness
from ganzoo.errors import InputError

TINY = {
    "image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4, "generator_filters": 2,
    "discriminator_filters": 2,
}  # fmt: skip


def test_the_losses_are_the_papers():
    model = ACGAN(**TINY)
    logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]], np.float32))
    labels = np.array([0, 2], np.int32)
    expected = -(np.log(0.5) + np.log(0.1)) / 2
    assert float(model.class_loss(logits, labels)) == pytest.approx(expected, rel=1e-5)
    real, fake = np.float32([[0.0], [2.0]]), np.float32([[-1.0], [1.0]])
    source = np.mean(np.log1p(np.exp(-real))) + np.mean(np.log1p(np.exp(fake)))
    assert float(model.source_loss(real, fake)) == pytest.approx(source, rel=1e-5)
    assert model.discriminator_loss(1.0, 2.0, 4.0) == 7.0, "the classes of fakes count too"
    generator = np.mean(np.log1p(np.exp(-fake))) + 4.0
    assert float(model.generator_loss(fake, 4.0)) == pytest.approx(generator, rel=1e-5)


def test_a_discriminator_that_knows_nothing_costs_log_2_twice_and_log_classes_twice():
    model = ACGAN(**TINY)
    model.discriminator.set_weights([np.zeros_like(w) for w in model.discriminator.get_weights()])
    batch = tf.zeros((4, 8, 8, 1)), tf.constant([0, 1, 2, 0])
    losses, _ = model.forward_pass(batch, 0)
    expected = 2 * np.log(2) + 2 * np.log(3)
    assert float(losses["discriminator_loss"]) == pytest.approx(expected)
    assert float(losses["generator_loss"]) == pytest.approx(np.log(2) + np.log(3))


def test_networks_for_cifar_have_the_widths_of_the_appendix():
    model = ACGAN()
    maps = [layer.output.shape[1:] for layer in model.discriminator.layers if "conv" in layer.name]
    assert maps == [
        (16, 16, 16), (16, 16, 32), (8, 8, 64), (8, 8, 128), (4, 4, 256), (4, 4, 512)
    ]  # fmt: skip
    maps = [layer.output.shape[1:] for layer in model.generator.layers if "conv" in layer.name]
    assert maps == [(8, 8, 192), (16, 16, 96), (32, 32, 3)]
    assert next(x for x in model.generator.layers if "dense" in x.name).input.shape[1:] == (110,)
    counts = [
        sum(v.numpy().size for v in network.trainable_variables)
        for network in (model.generator, model.discriminator)
    ]
    assert counts == [2_994_051, 1_664_875]  # of these layers; the paper states none


@pytest.mark.eager  # that a compiled step is the same is a law of every model
def test_a_step_updates_both_networks_from_one_pass_with_classes_on_both_halves():
    keras.utils.set_random_seed(1)
    model = ACGAN(**TINY)
    before, rate = [v.numpy() for v in model.variables], 0.1
    images = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 1)).astype(np.float32)
    labels = np.array([0, 1, 2, 2, 1, 0], np.int32)

    def keys(whose):
        return randomness.example_keys(6, model.key(f"dropout/{whose}"))

    def entropy(logits, classes):
        return -tf.reduce_mean(tf.gather(tf.nn.log_softmax(logits), classes, batch_dims=1))

    with tf.GradientTape(persistent=True) as tape:
        classes = tf.cast(3 * randomness.uniform((6,), model.key("labels")), tf.int32)
        latents = randomness.normal((6, 4), model.key("latents"))
        fakes = model.generator([latents, classes], training=True)
        real, of_real = model.discriminator([tf.constant(images), keys("reals")], training=True)
        fake, of_fake = model.discriminator([fakes, keys("fakes")], training=True)
        both = entropy(of_real, labels) + entropy(of_fake, classes)
        d_loss = tf.reduce_mean(tf.math.softplus(-real) + tf.math.softplus(fake)) + both
        g_loss = tf.reduce_mean(tf.math.softplus(-fake)) + entropy(of_fake, classes)
    right = []
    for network, loss in ((model.discriminator, d_loss), (model.generator, g_loss)):
        gradients = tape.gradient(loss, network.trainable_variables)
        pairs = zip(network.trainable_variables, gradients, strict=True)
        right += [(v, v.numpy() - rate * g.numpy()) for v, g in pairs]

    for variable, value in zip(model.variables, before, strict=True):
        variable.assign(value)
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    logs = model.train_on_batch(images, labels, return_dict=True)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
    assert float(logs["generator_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
    for variable, value in right:
        np.testing.assert_allclose(variable.numpy(), value, atol=1e-5, err_msg=variable.path)


@pytest.mark.parametrize(
    "wrong",
    [
        {"generator_filters": 0},
        {"num_classes": 0},
        {"dropout": 1.0},
        {"image_shape": (8, 16, 1)},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        ACGAN(**(TINY | wrong))
