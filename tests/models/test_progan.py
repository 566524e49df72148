"""ProGAN's losses in closed form, and its step against the paper's written out."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import ProGAN
from ganzoo.errors import InputError
from ganzoo.models import penalties

TINY = {
    "image_shape": (4, 4, 1), "latent_dim": 3, "filters": 4, "base": 16, "stable_images": 4,
    "fade_images": 4, "minibatch_group": 2, "seed": 3,
}  # fmt: skip


def test_the_losses_are_those_of_appendix_a():
    model = ProGAN(**TINY | {"lambda_gp": 10.0, "penalty_target": 750.0, "drift": 0.001})
    reals, fakes, norms = (tf.constant(values) for values in ([3.0, 5.0], [1.0, 2.0], [0.0, 1500]))
    distance = 4.0 - 1.5
    expected = 10.0 * np.mean([1.0, 1.0]) + 0.001 * np.mean([9.0, 25.0]) - distance
    assert float(model.discriminator_loss(reals, fakes, norms)) == pytest.approx(expected)
    assert float(model.wasserstein_distance(reals, fakes)) == pytest.approx(distance)
    assert float(model.generator_loss(fakes)) == pytest.approx(-1.5)


def test_a_step_is_an_update_of_the_discriminator_and_then_one_of_the_generator():
    model, rate = ProGAN(**TINY), 0.05
    twin = ProGAN(**TINY)
    twin.set_weights(model.get_weights())
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (2, 4, 4, 1)).astype("float32"))
    model.compile(*(keras.optimizers.SGD(rate) for _ in range(2)), run_eagerly=True)
    model.fit(images, batch_size=2, verbose=0, shuffle=False)

    levels = tf.zeros((2, 1))
    with tf.GradientTape() as tape:
        fakes = twin.generator(twin.draw_latents(2, twin.key("latents")))
        scores = [twin.discriminator([x, levels]) for x in (images, fakes)]
        norms = penalties.gradient_norms(
            lambda x: twin.discriminator([x, levels]),
            penalties.between(images, fakes, twin.key("share")),
        )
        loss = twin.discriminator_loss(*scores, norms)
    descend(tape, loss, twin.discriminator, rate)
    with tf.GradientTape() as tape:
        fakes = twin.generator(twin.draw_latents(2, twin.key("latents/generator")))
        loss = -tf.reduce_mean(twin.discriminator([fakes, levels]))
    descend(tape, loss, twin.generator, rate)
    for network in ("generator", "discriminator"):
        pairs = zip(getattr(model, network).weights, getattr(twin, network).weights, strict=True)
        for mine, theirs in pairs:
            np.testing.assert_allclose(mine, theirs, atol=1e-5, err_msg=mine.path)


def descend(tape, loss, network, rate):
    weights = network.trainable_variables
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign_sub(rate * gradient)


@pytest.mark.parametrize(
    "wrong",
    [{"latent_dim": 0}, {"penalty_target": 0.0}, {"drift": -1.0}, {"stable_images": 0}],
    ids=str,
)
def test_a_value_out_of_range_is_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        ProGAN(**TINY | wrong)
