"""U-Net, ResNet generator and PatchGAN against the papers' counts, maps and receptive fields."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.layers import InstanceNormalization, SingleBatchNormalization
from ganzoo.networks import patchgan, resnet, unet

NOISE = np.random.default_rng(0)


def patch(receptive_field=70, channels=(3, 3), filters=64, normalisation=SingleBatchNormalization):
    return patchgan.discriminator(channels, receptive_field, filters, normalisation, use_bias=False)


def images(*shape):
    return NOISE.uniform(-1, 1, shape).astype(np.float32)


# Counts.


def test_pix2pixs_networks_have_the_published_numbers_of_weights():
    assert unet.generator(3, 3, depth=8, filters=64, dropout=0.5).count_params() == 54_413_955
    assert patch().count_params() == 2_768_705


@pytest.mark.parametrize(("blocks", "count"), [(9, 11_378_179), (6, 7_837_699)])
def test_cyclegans_generators_have_the_published_numbers_of_weights(blocks, count):
    assert resnet.generator(3, 64, blocks).count_params() == count


def test_cyclegans_discriminator_has_the_published_number_of_weights():
    network = patchgan.discriminator((3,), 70, 64, InstanceNormalization, use_bias=True)
    assert network.count_params() == 2_764_737


# PatchGAN.


def test_256_pixels_and_a_field_of_70_make_30_by_30_logits():
    assert patch(filters=1).compute_output_shape([(2, 256, 256, 3)] * 2) == (2, 30, 30, 1)
    two = [images(2, 256, 256, 3)] * 2
    assert patch(filters=1)(two).shape == (2, 30, 30, 1)


@pytest.mark.parametrize("field", patchgan.STRIDED_LAYERS)
def test_a_logit_sees_as_many_pixels_as_its_receptive_field_says(field):
    side = field + 2 ** (patchgan.STRIDED_LAYERS[field] + 2)
    network = patch(field, (1,), 2, lambda: keras.layers.Activation("linear"))
    for weight in network.weights:
        weight.assign(tf.fill(weight.shape, 0.1))  # nothing cancels, and every unit is active
    image = tf.ones((1, side, side, 1))
    with tf.GradientTape() as tape:
        tape.watch(image)
        logits = network(image)
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    seen = tape.gradient(middle, image)[0, ..., 0].numpy() != 0
    for axis in (0, 1):
        places = np.flatnonzero(seen.any(axis))
        assert places[-1] - places[0] + 1 == field
        assert places[0] > 0 and places[-1] < side - 1  # it is the field that ends, not the image


@pytest.mark.parametrize(
    ("field", "smallest"), [(1, 1), (16, 6), (34, 12), (70, 24), (142, 48), (286, 96)]
)
def test_the_smallest_image_of_a_field_makes_one_logit(field, smallest):
    patchgan.check((smallest, smallest, 3), field)
    two = [images(1, smallest, smallest, 3)] * 2
    assert patch(field, filters=1)(two).shape == (1, 1, 1, 1)
    if smallest > 1:
        with pytest.raises(InputError, match=f"images of at least {smallest} pixels a side"):
            patchgan.check((512, smallest - 1, 3), field)


def test_an_unknown_field_is_refused():
    with pytest.raises(InputError, match=r"one of 1, 16, 34, 70, 142, 286\. Received: 71"):
        patchgan.check((256, 256, 3), 71)


# U-Net.


@pytest.mark.parametrize(
    ("height", "width", "depth"), [(256, 256, 8), (512, 512, 8), (128, 384, 7), (64, 32, 5)]
)
def test_depth_follows_the_shorter_side(height, width, depth):
    assert unet.default_depth((height, width, 3)) == depth
    unet.check((height, width, 3), depth)


@pytest.mark.parametrize("shape", [(256, 384, 3), (96, 96, 3), (4, 6, 1)])
def test_sides_that_cannot_be_halved_so_often_are_refused(shape):
    with pytest.raises(InputError, match=r"needs sides that are multiples of .* Received: image"):
        unet.check(shape, unet.default_depth(shape))


def test_a_refusal_names_the_depth_that_fits():
    with pytest.raises(InputError, match="multiples of 64, or depth=5"):
        unet.check((96, 96, 3), 6)


def test_a_unet_keeps_the_size_and_takes_any_multiple():
    network = unet.generator(1, 3, depth=3, filters=2, dropout=0.5)
    keys = np.arange(2)
    for height, width in ((8, 8), (16, 24)):
        assert network([images(2, height, width, 1), keys]).shape == (2, height, width, 3)


def test_dropout_is_the_noise_at_inference_too_and_belongs_to_the_image():
    network = unet.generator(1, 1, depth=4, filters=8, dropout=0.5)
    inputs = images(3, 16, 16, 1)
    one = network([inputs, np.array([1, 2, 1])], training=False).numpy()
    again = network([inputs[[2, 0, 0]], np.array([1, 1, 2])], training=False).numpy()
    np.testing.assert_allclose(one[[2, 0]], again[:2], atol=1e-5)
    assert np.abs(one[0] - again[2]).max() > 1e-3  # the same image with another key


def test_skip_connections_carry_what_does_not_pass_the_bottleneck():
    network = unet.generator(1, 1, depth=3, filters=2, dropout=0.0)
    innermost = next(x for x in reversed(network.layers) if isinstance(x, keras.layers.Conv2D))
    innermost.kernel.assign(tf.zeros_like(innermost.kernel))
    outputs = [network([images(1, 8, 8, 1), np.zeros(1)]).numpy() for _ in range(2)]
    assert np.abs(outputs[0] - outputs[1]).max() > 0


# ResNet.


def test_a_resnet_keeps_the_size():
    network = resnet.generator(1, filters=2, blocks=1)
    for height, width in ((8, 8), (12, 20)):
        assert network(images(2, height, width, 1)).shape == (2, height, width, 1)


def test_instance_normalisation_makes_a_concatenated_call_exact():
    network = resnet.generator(3, filters=4, blocks=1)
    one, other = images(2, 16, 16, 3), images(2, 16, 16, 3)
    together = network(np.concatenate([one, other]), training=True)
    apart = np.concatenate([network(one, training=True), network(other, training=True)])
    np.testing.assert_allclose(together, apart, atol=1e-5)


@pytest.mark.parametrize("shape", [(30, 32, 3), (4, 32, 3), (32, 32, 2)])
def test_sizes_and_colours_that_a_resnet_cannot_take_are_refused(shape):
    with pytest.raises(InputError, match=r"Received: image_shape=\("):
        resnet.check(shape)
