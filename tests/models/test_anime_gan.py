"""AnimeGAN: its losses against numpy, its step written out, and where tags go."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import AnimeGAN, randomness
from ganzoo.errors import InputError

TINY = {
    "image_shape": (8, 8, 1), "attributes": ("red", "round"), "latent_dim": 4, "filters": 2,
    "blocks": 1, "shuffles": 1, "discriminator_filters": 2, "discriminator_blocks": 1,
}  # fmt: skip
TAGS = np.array([[0, 1], [1, 1], [0, 0], [1, 0]], np.float32)
LOGITS = np.array([[2.0, -1.0], [0.5, 0.0], [-3.0, 1.0], [4.0, 0.2]], np.float32)


def images():
    return np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype(np.float32)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits.astype(np.float64)))


def test_the_tags_loss_is_the_sum_over_tags_and_the_mean_over_images():
    p = sigmoid(LOGITS)
    expected = -(TAGS * np.log(p) + (1 - TAGS) * np.log(1 - p)).sum(1).mean()
    assert float(AnimeGAN(**TINY).tags_loss(TAGS, LOGITS)) == pytest.approx(expected, rel=1e-6)


def test_a_class_is_a_tag_that_is_1_among_tags_that_are_0():
    model = AnimeGAN(**TINY | {"attributes": (), "num_classes": 2})
    classes = np.array([1, 0, 0, 1])
    one_hot = np.eye(2, dtype=np.float32)[classes]
    of_tags = AnimeGAN(**TINY).tags_loss(one_hot, LOGITS)
    assert float(model.tags_loss(classes, LOGITS)) == pytest.approx(float(of_tags), rel=1e-6)


def test_at_chance_the_adversarial_losses_are_log_2_a_term():
    model, zeros = AnimeGAN(**TINY), np.zeros((5, 1), np.float32)
    assert float(model.discriminator_loss(zeros, zeros)) == pytest.approx(2 * np.log(2))
    assert float(model.generator_loss(zeros)) == pytest.approx(np.log(2))


def new_networks(model):
    copies = []
    for network in (model.generator, model.discriminator):
        copies.append(type(network).from_config(network.get_config()))
        copies[-1].set_weights(network.get_weights())
    return copies


@pytest.mark.parametrize("lambda_adv", [None, 0.7])
def test_a_compiled_step_is_the_papers_written_out(lambda_adv):
    # In eager mode, with plain SGD; by default the adversarial losses weigh as much as tags are.
    model, rate, x = AnimeGAN(**TINY, lambda_adv=lambda_adv), 0.1, images()
    weight = 2 if lambda_adv is None else lambda_adv
    for variable in model.trainable_variables:
        variable.assign(4.0 * variable)
    model.compile(keras.optimizers.SGD(rate), keras.optimizers.SGD(rate))
    generator, discriminator = new_networks(model)
    latents, tags = randomness.normal((4, 4), model.key("latents")), tf.constant(TAGS)
    noise = randomness.uniform(x.shape, model.key("perturbation"))
    points = x + randomness.uniform((4, 1, 1, 1), model.key("share")) * 0.5 * x.std() * noise

    def softplus(logits):
        return tf.reduce_mean(tf.math.softplus(logits))

    def entropy(logits):
        signs = 1 - 2 * tags
        return tf.reduce_mean(tf.reduce_sum(tf.math.softplus(signs * logits), 1))

    def update(network, tape, loss):
        gradients = tape.gradient(loss, network.trainable_variables)
        for variable, gradient in zip(network.trainable_variables, gradients, strict=True):
            variable.assign_sub(rate * gradient)

    with tf.GradientTape() as tape:
        real, real_tags = discriminator(x)
        fake, _ = discriminator(generator([latents, tags], training=True))
        with tf.GradientTape() as inner:
            inner.watch(points)
            scores, _ = discriminator(points)
        norms = tf.norm(tf.reshape(inner.gradient(scores, points), (4, -1)), axis=1)
        d_loss, real_tags_loss = softplus(-real) + softplus(fake), entropy(real_tags)
        penalty = 0.5 * tf.reduce_mean((norms - 1) ** 2)
        objective = weight * d_loss + real_tags_loss + penalty
    update(discriminator, tape, objective)
    with tf.GradientTape() as tape:
        fake, fake_tags = discriminator(generator([latents, tags], training=True))
        g_loss, fake_tags_loss = softplus(-fake), entropy(fake_tags)
        objective = weight * g_loss + fake_tags_loss
    update(generator, tape, objective)

    logs = model.train_on_batch(x, TAGS, return_dict=True)
    expected = {
        "discriminator_loss": d_loss, "generator_loss": g_loss, "real_tags_loss": real_tags_loss,
        "fake_tags_loss": fake_tags_loss, "gradient_norm": tf.reduce_mean(norms),
    }  # fmt: skip
    for name, value in expected.items():
        assert float(logs[name]) == pytest.approx(float(value), rel=1e-4), name
    for ours, plain in ((model.generator, generator), (model.discriminator, discriminator)):
        for mine, right in zip(ours.trainable_variables, plain.trainable_variables, strict=True):
            np.testing.assert_allclose(mine.numpy(), right.numpy(), atol=1e-5)


def test_the_discriminator_sees_no_tag_and_names_all():
    model = AnimeGAN(**TINY)
    (images_input,) = model.discriminator.inputs
    assert images_input.shape == (None, 8, 8, 1)
    logits, tags = model.discriminator(images())
    assert (logits.shape, tags.shape) == ((4, 1), (4, 2))


def test_what_is_generated_depends_on_the_tags(varied):
    model = varied(AnimeGAN(**TINY))
    latents = np.zeros((2, 4), np.float32)
    one, other = model.predict((latents, TAGS[:2]), verbose=0)
    assert np.abs(one - other).max() > 1e-3


def test_a_rate_falls_to_a_tenth_every_50_000_steps():
    for optimizer in AnimeGAN(**TINY).paper_optimizers():
        rate = optimizer.get_config()["learning_rate"]["config"]
        schedule = keras.optimizers.schedules.ExponentialDecay.from_config(rate)
        for step, right in ((0, 2e-4), (49_999, 2e-4), (50_000, 2e-5), (100_000, 2e-6)):
            assert float(schedule(step)) == pytest.approx(right, rel=1e-5)
        assert (optimizer.beta_1, optimizer.beta_2) == (0.5, 0.999)


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": 0}, {"blocks": 0}, {"shuffles": 0}, {"shuffles": 4}, {"lambda_gp": -1.0},
        {"lambda_adv": -1.0}, {"image_shape": (8, 16, 1)}, {"image_shape": (8, 8, 2)},
    ],
    ids=str,
)  # fmt: skip
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        AnimeGAN(**(TINY | wrong))
