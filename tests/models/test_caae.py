"""CAAE: counts, losses in closed form, the step written out, and who learns of what."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import CAAE, randomness
from ganzoo.errors import InputError

TINY = {
    "image_shape": (8, 8, 1), "num_classes": 6, "genders": 2, "latent_dim": 4, "filters": 4,
    "discriminator_filters": 2,
}  # fmt: skip
LABELS = np.array([0, 3, 5, 2])


def images(count=4):
    return np.random.default_rng(0).uniform(-1, 1, (count, 8, 8, 1)).astype(np.float32)


def test_the_networks_have_the_weights_of_the_authors_code():
    model = CAAE(num_classes=20, genders=2)
    networks = model.encoder, model.generator, *model.discriminator_side
    counts = [sum(int(np.prod(w.shape)) for w in n.trainable_variables) for n in networks]
    assert counts == [18_234_034, 19_948_195, 8_677_137, 6_001]


def test_labels_are_ages_and_genders_of_minus_1_and_1_that_weigh_as_much_as_latents():
    model = CAAE(**TINY | {"latent_dim": 6})
    joined = next(x for x in model.generator.layers if isinstance(x, keras.layers.Concatenate))
    while joined.output.shape[-1] != 6 + 2 * 3 + 3 * 2:  # three ages twice, two genders three times
        joined = next(
            node.operation for node in joined._outbound_nodes
            if isinstance(node.operation, keras.layers.Concatenate)
        )  # fmt: skip
    seen = keras.Model(model.generator.inputs, joined.output)
    (row,) = seen([tf.zeros((1, 6)), tf.constant([5])])  # the last age, the second gender
    np.testing.assert_array_equal(row, [0] * 6 + [-1, -1, 1] * 2 + [-1, 1] * 3)


def test_the_losses_are_the_papers():
    model = CAAE(**TINY)
    real, fake = tf.constant([[2.0], [-1.0]]), tf.constant([[0.5], [1.0]])
    softplus = np.log1p(np.exp([[-2.0, 1.0], [0.5, 1.0], [-0.5, -1.0]])).mean(axis=1)
    for loss in (model.discriminator_loss, model.latent_discriminator_loss):
        assert float(loss(real, fake)) == pytest.approx(softplus[0] + softplus[1])
    for loss in (model.generator_loss, model.encoder_loss):
        assert float(loss(fake)) == pytest.approx(softplus[2])
    one, other = tf.zeros((2, 2, 2, 1)), tf.fill((2, 2, 2, 1), -0.5)
    assert float(model.reconstruction_loss(one, other)) == 0.25
    assert float(CAAE(**TINY, reconstruction="l1").reconstruction_loss(one, other)) == 0.5
    ramp = tf.constant([[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]])[None, ..., None]  # 3 down, 1 across
    assert float(model.total_variation(ramp)) == 4.0


def test_the_discriminators_learn_of_their_own_games_alone():
    model = CAAE(**TINY)
    with tf.GradientTape(persistent=True) as tape:
        found, _ = model.forward_pass((images(), LABELS), 0)
        losses = dict(found)

    def learns(network, loss):
        gradients = tape.gradient(losses[loss], network.trainable_variables)
        return any(g is not None and np.abs(g).max() > 0 for g in gradients)

    assert learns(model.discriminator, "discriminator_loss")
    assert not learns(model.latent_discriminator, "discriminator_loss")
    assert learns(model.latent_discriminator, "latent_discriminator_loss")
    assert not learns(model.discriminator, "latent_discriminator_loss")
    assert learns(model.encoder, "encoder_loss") and not learns(model.generator, "encoder_loss")


def written_out(model, batch, labels, rate):
    """One step by plain SGD in eager mode: both updates from one forward pass."""
    latents = 2.0 * randomness.uniform((len(batch), 4), model.key("latents")) - 1.0
    sides = {
        "d": model.discriminator.trainable_variables
        + model.latent_discriminator.trainable_variables,
        "g": model.generator.trainable_variables + model.encoder.trainable_variables,
    }
    softplus = tf.nn.softplus
    with tf.GradientTape(persistent=True) as tape:
        encoded = model.encoder(batch, training=True)
        made = model.generator([encoded, labels], training=True)
        real = model.discriminator([batch, labels], training=True)
        fake = model.discriminator([made, labels], training=True)
        prior = model.latent_discriminator(latents, training=True)
        of_codes = model.latent_discriminator(encoded, training=True)
        rows, columns = made[:, 1:] - made[:, :-1], made[:, :, 1:] - made[:, :, :-1]
        objectives = {
            "d": tf.reduce_mean(softplus(-real) + softplus(fake))
            + tf.reduce_mean(softplus(-prior) + softplus(of_codes)),
            "g": 3.0 * tf.reduce_mean((batch - made) ** 2)
            + 0.5 * (tf.reduce_mean(tf.abs(rows)) + tf.reduce_mean(tf.abs(columns)))
            + 0.7 * tf.reduce_mean(softplus(-fake))
            + 0.9 * tf.reduce_mean(softplus(-of_codes)),
        }
    gradients = {side: tape.gradient(objectives[side], sides[side]) for side in sides}
    for side, weights in sides.items():
        for weight, gradient in zip(weights, gradients[side], strict=True):
            weight.assign_sub(rate * gradient)
    model.step.assign_add(1)


@pytest.mark.slow
def test_the_compiled_step_is_the_step_written_out():
    keras.utils.set_random_seed(0)
    weights = {"lambda_l": 3.0, "lambda_tv": 0.5, "lambda_image": 0.7, "lambda_latent": 0.9}
    ours, theirs = CAAE(**TINY, **weights), CAAE(**TINY, **weights)
    for weight in (w for w in ours.trainable_variables if w.name == "kernel"):
        weight.assign(5.0 * weight)
    begin = ours.get_weights()
    theirs.set_weights(begin)
    ours.compile(*(keras.optimizers.SGD(0.05) for _ in range(2)))
    step = tf.function(ours.train_step)
    for number in range(6):
        batch = tf.constant(images(4 + number % 2))  # of two sizes: two traces
        labels = tf.constant(np.arange(4 + number % 2) % 6)
        written_out(theirs, batch, labels, 0.05)
        step((batch, labels))
    moved = [np.abs(new - old).max() for new, old in zip(ours.get_weights(), begin, strict=True)]
    assert min(m for m, w in zip(moved, ours.weights, strict=True) if w.name == "kernel") > 1e-3
    for mine, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4)


def test_a_row_of_samples_is_an_image_and_itself_as_each_class():
    model = CAAE(**TINY)
    (strips,) = model.sample_images((images(), LABELS)).values()
    assert strips.shape == (4, 8, 8 * 7, 1)
    np.testing.assert_array_equal(strips[:, :, :8], images())
    as_last = model.reconstruct(images(), np.full(4, 5))
    np.testing.assert_allclose(strips[:, :, -8:], as_last, atol=1e-6)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"num_classes": 5}, "a multiple of genders.*5 classes, 2 genders"),
        ({"lambda_tv": -1.0}, "lambda_latent at least 0"),
        ({"filters": 0}, "at least 1"),
        ({"reconstruction": "l3"}, "did you mean"),
        ({"image_shape": (8, 9, 1)}, "image_shape"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        CAAE(**TINY | arguments)
