"""The steps that tutorials teach: the same networks as ours, and steps that learn."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import CDCGAN, CGAN, DCGAN, GAN, LSGAN, CycleGAN, Pix2Pix, registry
from ganzoo.benchmarking.tutorials.steps import TUTORIALS, tutorial_steps
from ganzoo.errors import InputError

OURS = {
    "gan": (lambda: GAN(image_shape=(8, 8, 1), generator_units=4, maxout_units=2), 1),
    "cgan": (
        lambda: CGAN(image_shape=(8, 8, 1), num_classes=3, generator_units=(2, 2, 4)),
        "labels",
    ),
    "dcgan": (lambda: DCGAN(image_shape=(8, 8, 1), filters=2), 1),
    "lsgan": (lambda: LSGAN(image_shape=(8, 8, 1), filters=2), 1),
    "cdcgan": (lambda: CDCGAN(image_shape=(8, 8, 1), num_classes=3, filters=2), "labels"),
    "pix2pix": (
        lambda: Pix2Pix(
            image_shape=(8, 8, 1), input_channels=1, filters=2, receptive_field=16
        ),
        2,
    ),
    "cyclegan": (
        lambda: CycleGAN(image_shape=(24, 24, 1), filters=2, blocks=1),
        2,
    ),
}  # fmt: skip


def batch_of(parts, image_shape):
    images = tf.random.stateless_uniform((4, *image_shape), (0, 0), -1.0, 1.0)
    return (images, tf.constant([0, 1, 2, 0])) if parts == "labels" else (images,) * parts


@pytest.mark.parametrize("name", OURS)
def test_every_way_updates_as_many_weights_as_the_model_has(name):
    new, parts = OURS[name]
    model = new()
    model.compile()
    makers = []

    def optimizer():
        makers.append(keras.optimizers.SGD(0.1))
        return makers[-1]

    steps = tutorial_steps(model, optimizer)
    assert len(steps) == (3 if name in ("dcgan", "lsgan") else 2)
    before = [weight.numpy() for weight in model.weights]
    for step in steps.values():
        losses = step(batch_of(parts, model.image_shape))
        assert all(np.isfinite(loss) for loss in losses)
    updated = sum(sum(int(np.prod(v.shape)) for v in o._trainable_variables) for o in makers)
    ours = model.generator_variables + model.discriminator_variables
    assert updated == sum(int(np.prod(v.shape)) for v in ours)
    for weight, was in zip(model.weights, before, strict=True):
        np.testing.assert_array_equal(weight, was)  # the copies learned, the model did not


def test_every_built_in_model_whose_step_tutorials_write_has_one():
    built_in = {name for name, at in registry._targets.items() if str(at).startswith("ganzoo.")}
    # Several updates of D in a step, a penalty, a second head, an encoder, or growth.
    of_other_steps = {
        "wgan_gp", "sngan", "projection_gan", "acgan", "dragan", "anime_gan", "bigan", "ali",
        "caae", "vae", "autoencoder", "progan", "stylegan", "stylegan2",
    }  # fmt: skip
    assert set(TUTORIALS) == {registry.model_class(name) for name in built_in - of_other_steps}


def test_a_model_without_a_tutorial_is_named():
    class Another(DCGAN):
        pass

    with pytest.raises(InputError, match=r"are GAN, CGAN, DCGAN, .*\. Received: Another"):
        tutorial_steps(Another(image_shape=(8, 8, 1), filters=2), keras.optimizers.Adam)
