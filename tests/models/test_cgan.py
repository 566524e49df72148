"""CGAN and CDCGAN: their losses, their step written out, and what a label does."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import CDCGAN, CGAN, randomness
from ganzoo.errors import InputError
from ganzoo.optimizers.momentum_sgd import GrowingMomentumSGD

TINY = {"image_shape": (8, 8, 1), "num_classes": 3, "latent_dim": 4}
MLP = TINY | {"generator_units": (3, 5, 8), "maxout_units": (4, 2, 4)}
REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.0], [4.0]], np.float32)
LABELS = np.array([0, 1, 2, 2, 1, 0], np.int32)


def cgan():
    return CGAN(**MLP)


def cdcgan():
    return CDCGAN(**TINY, filters=2)


both_models = pytest.mark.parametrize("new", [cgan, cdcgan])


def images():
    return np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 1)).astype(np.float32)


def scaled_up(model):
    """The model with weights so large that labels and updates make a difference."""
    for variable in model.trainable_variables:
        variable.assign(20.0 * variable)
    return model


def log_sigmoid(logits):
    return -np.log1p(np.exp(-logits.astype(np.float64)))


@both_models
def test_the_losses_are_the_papers(new):
    model = new()
    expected = -0.5 * (log_sigmoid(REAL).mean() + log_sigmoid(-FAKE).mean())
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-6)
    expected = -log_sigmoid(FAKE).mean()
    assert float(model.generator_loss(FAKE)) == pytest.approx(expected, rel=1e-6)


@both_models
def test_an_undecided_discriminator_costs_log_2(new):
    model, zeros = new(), np.zeros((5, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(np.log(2))
    assert float(model.generator_loss(zeros)) == pytest.approx(np.log(2))


@both_models
def test_a_step_updates_both_networks_from_one_pass(new):
    # The step again, written out in eager mode with plain SGD.
    rate = 0.5
    model = scaled_up(new())
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    generator, discriminator = (
        type(network).from_config(network.get_config())
        for network in (model.generator, model.discriminator)
    )
    generator.set_weights(model.generator.get_weights())
    discriminator.set_weights(model.discriminator.get_weights())
    latents, labels = randomness.uniform((6, 4), model.key("latents")), tf.constant(LABELS)

    def keys(whose):  # of dropout, which CDCGAN has none of
        if isinstance(model, CDCGAN):
            return []
        return [randomness.example_keys(6, model.key(f"dropout/{whose}"))]

    with tf.GradientTape(persistent=True) as tape:
        fakes = generator([latents, labels, *keys("generator")], training=True)
        reals = tf.constant(images())
        real = discriminator([reals, labels, *keys("reals")], training=True)
        fake = discriminator([fakes, labels, *keys("fakes")], training=True)
        d_loss = (tf.reduce_mean(tf.nn.softplus(-real)) + tf.reduce_mean(tf.nn.softplus(fake))) / 2
        g_loss = tf.reduce_mean(tf.nn.softplus(-fake))
    networks = [(generator, g_loss), (discriminator, d_loss)]
    gradients = [tape.gradient(loss, network.trainable_variables) for network, loss in networks]
    for (network, _), of_network in zip(networks, gradients, strict=True):
        for variable, gradient in zip(network.trainable_variables, of_network, strict=True):
            variable.assign_sub(rate * gradient)

    logs = model.train_on_batch(images(), LABELS, return_dict=True)
    assert float(logs["discriminator_loss"]) == pytest.approx(float(d_loss), rel=1e-5)
    assert float(logs["generator_loss"]) == pytest.approx(float(g_loss), rel=1e-5)
    for ours, plain in ((model.generator, generator), (model.discriminator, discriminator)):
        for mine, right in zip(ours.weights, plain.weights, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-5)


# Labels.


@both_models
def test_the_label_changes_the_image_and_the_judgement(new):
    model = scaled_up(new())
    latents = model.latents_of_seeds(np.zeros(3, int))
    made = model.predict((latents, np.arange(3)), verbose=0)
    same = np.repeat(images()[:1], 3, axis=0)
    keys = [np.zeros(3)] * (len(model.discriminator.inputs) - 2)
    logits = model.discriminator([same, np.arange(3), *keys]).numpy()
    for one, other in ((0, 1), (1, 2)):
        assert np.abs(made[one] - made[other]).max() > 1e-3
        assert np.abs(logits[one] - logits[other]).max() > 1e-5


@both_models
@pytest.mark.parametrize("wrong", [-1, 3])
def test_labels_outside_the_classes_are_named_in_a_graph_and_in_eager_mode(new, wrong):
    model = new()
    model.compile()
    labels = np.array([0, 1, wrong, 2, 1, 0])
    message = rf"num_classes - 1, 2\. Received:\]? \[?{wrong}"
    with pytest.raises(InputError, match=message):
        model((np.zeros((6, 4), np.float32), labels))
    with pytest.raises(InputError, match=message):
        model.predict((np.zeros((6, 4)), labels), verbose=0)
    with pytest.raises(InputError, match=message):
        model.fit(images(), labels, verbose=0)
    model.compile(jit_compile=False)
    dataset = tf.data.Dataset.from_tensors((images(), labels))
    with pytest.raises(InputError, match=message):
        model.fit(dataset, shuffle=False, verbose=0)


@pytest.mark.slow
@pytest.mark.parametrize("new", [cgan, pytest.param(cdcgan, marks=pytest.mark.slow)])
def test_under_xla_a_label_outside_the_classes_gives_nan_where_no_dataset_is_read(new):
    model = new()
    model.compile(jit_compile=True)
    assert np.isfinite(model.train_on_batch(images(), LABELS)).all()
    with pytest.raises(InputError, match=r"num_classes - 1, 2\. Received: 3"):
        model.predict((np.zeros((2, 4)), np.array([0, 3])), verbose=0)
    assert np.isnan(model.train_on_batch(images(), LABELS + 1)).all()


def test_labels_that_are_no_integers_are_refused():
    model = cgan()
    model.compile()
    with pytest.raises(InputError, match=r"Labels are integers\. Received: float32"):
        model.fit(images(), LABELS.astype(np.float32), verbose=0)


@pytest.mark.eager
@pytest.mark.parametrize("dtype", [np.uint8, np.int64])
def test_labels_of_every_integer_type_do(dtype):
    model = cgan()
    model.compile()
    model.fit(images(), LABELS.astype(dtype), verbose=0)
    model.predict((np.zeros((6, 4)), LABELS.astype(dtype)), verbose=0)


# Samples.


@pytest.mark.parametrize("count", [9, 16, 25])
def test_in_the_samples_a_row_is_a_class_and_a_column_one_latent_vector(count):
    model, side = scaled_up(cgan()), int(count**0.5)
    batch = np.zeros((count, 8, 8, 1), np.float32), np.zeros(count, np.int32)
    grid = model.sample_images(batch)["samples"].numpy().reshape(side, side, 8, 8, 1)
    for row in range(side):
        # Classes come again after the third row, with other latents.
        seeds = np.arange(side) + row // 3 * side
        expected = model((model.latents_of_seeds(seeds), np.full(side, row % 3)))
        np.testing.assert_allclose(grid[row], expected, atol=1e-6)


def test_dropout_is_for_training_alone():
    model = scaled_up(cgan())
    latents = model.latents_of_seeds(np.arange(6))
    calm, again, dropped = (model((latents, LABELS), training=t) for t in (False, False, True))
    np.testing.assert_array_equal(calm, again)
    assert not np.allclose(calm, dropped, atol=1e-3)


# The paper's numbers.


def test_cgan_is_trained_by_sgd():
    model = cgan()
    model.compile()
    optimizer = model.generator_optimizer
    assert isinstance(optimizer, GrowingMomentumSGD)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    optimizer.iterations.assign(25_000)
    assert float(optimizer.learning_rate) == pytest.approx(0.1 * np.exp(-1), rel=1e-4)


def test_cdcgan_is_trained_by_adam():
    model = cdcgan()
    model.compile()
    optimizer = model.discriminator_optimizer
    assert isinstance(optimizer, keras.optimizers.Adam)
    assert float(optimizer.learning_rate) == pytest.approx(2e-4)
    assert optimizer.beta_1 == 0.5


@pytest.mark.parametrize("model_class", [CGAN, CDCGAN])
def test_a_given_rate_replaces_the_papers(model_class):
    first, second = model_class.default_optimizers(learning_rate=0.03)
    assert float(first.learning_rate) == float(second.learning_rate) == pytest.approx(0.03)
    with pytest.raises(InputError, match=r"Received: 0\.0"):
        model_class.default_optimizers(learning_rate=0.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"num_classes": 0},
        {"networks": "convolutional"},
        {"generator_units": (3, 0, 8)},
        {"image_shape": (8, 8, 2)},
        {"moving_average": 1.0},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        CGAN(**(MLP | wrong))


@pytest.mark.parametrize("wrong", [{"filters": 0}, {"image_shape": (8, 12, 1)}], ids=str)
def test_values_out_of_cdcgans_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        CDCGAN(**(TINY | wrong))
