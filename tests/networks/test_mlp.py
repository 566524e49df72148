"""The fully connected pairs of GAN and CGAN: sizes, how weights begin, dropout, and ranges."""

import math

import numpy as np
import pytest
from keras import layers

from ganzoo.layers import KeyedDropout, Maxout
from ganzoo.networks import conditional_mlp, mlp


def parameters(network):
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def noise(*shape):
    return np.random.default_rng(0).standard_normal(shape, "float32")


def tiny_pair(dtype=None):
    generator = mlp.generator((4, 6, 3), 5, 8, 0.0, dtype)
    return generator, mlp.discriminator((4, 6, 3), 4, 2, dtype)


def tiny_conditional_pair(dtype=None):
    generator = conditional_mlp.generator((4, 6, 3), 3, 5, (3, 5, 8), dtype)
    return generator, conditional_mlp.discriminator((4, 6, 3), 3, (4, 2, 4), dtype)


pairs = pytest.mark.parametrize("pair", [tiny_pair, tiny_conditional_pair])


def inputs_of(network, count):
    values = [
        noise(count, *input.shape[1:]) if input.dtype == "float32" else np.arange(count) % 3
        for input in network.inputs
    ]
    return values if len(values) > 1 else values[0]


def test_gans_pair_has_the_parameters_of_the_authors_code():
    assert parameters(mlp.generator((28, 28, 1), 100, 1200, 0.0)) == 2_503_984
    assert parameters(mlp.discriminator((28, 28, 1), 240, 5)) == 1_231_441


def test_cgans_pair_has_the_papers_layers():
    network = conditional_mlp.generator((28, 28, 1), 10, 100, (200, 1000, 1200))
    of_z, of_label, joint, pixels = 100 * 200 + 200, 10 * 1000 + 1000, 1200 * 1201, 1201 * 784
    assert parameters(network) == of_z + of_label + joint + pixels == 2_413_984
    network = conditional_mlp.discriminator((28, 28, 1), 10, (240, 50, 240))
    of_x, of_label, joint, logit = 785 * 1200, 11 * 250, 291 * 960, 241
    assert parameters(network) == of_x + of_label + joint + logit == 1_224_351
    pieces = [layer.pieces for layer in network.layers if isinstance(layer, Maxout)]
    assert sorted(pieces) == [4, 5, 5]


@pytest.mark.parametrize(
    ("network", "limit"),
    [
        (mlp.generator((8, 8, 1), 50, 60, 0.0), 0.05),
        (mlp.discriminator((8, 8, 1), 30, 2), 0.005),
        (conditional_mlp.generator((8, 8, 1), 3, 50, (60, 60, 60)), 0.05),
        (conditional_mlp.discriminator((8, 8, 1), 3, (30, 30, 30)), 0.005),
    ],
    ids=["gan_g", "gan_d", "cgan_g", "cgan_d"],
)
def test_weights_begin_uniform_within_the_authors_limits_and_biases_at_zero(network, limit):
    dense = [layer for layer in network.layers if isinstance(layer, layers.Dense)]
    begin = [layer.kernel.numpy().ravel() for layer in dense]
    for kernel in begin:
        assert np.abs(kernel).max() <= limit
        assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.25)
    assert len({kernel[0] for kernel in begin}) == len(begin)
    assert not any(np.any(layer.bias.numpy()) for layer in dense)


def test_cgans_generator_moves_its_latents_to_mean_0_and_variance_1():
    (layer,) = (x for x in tiny_conditional_pair()[0].layers if isinstance(x, layers.Rescaling))
    moved = layer(np.random.default_rng(0).uniform(0, 1, (1000, 5))).numpy()
    assert moved.mean() == pytest.approx(0, abs=0.07)  # 5 standard errors
    assert moved.var() == pytest.approx(1, abs=0.07)


def test_dropout_is_a_fifth_of_the_image_and_half_of_what_is_hidden():
    rates = [x.rate for x in tiny_pair()[1].layers if isinstance(x, KeyedDropout)]
    assert rates == [0.2, 0.5, 0.5]
    for network in tiny_conditional_pair():
        rates = [x.rate for x in network.layers if isinstance(x, KeyedDropout)]
        assert rates == [0.5, 0.5, 0.5]


@pairs
def test_layers_with_dropout_have_streams_of_their_own(pair):
    for network in pair():
        streams = [x.stream for x in network.layers if isinstance(x, KeyedDropout)]
        assert len(set(streams)) == len(streams)


@pairs
def test_masks_come_from_the_keys_and_only_in_training(pair):
    *_, network = pair()
    for variable in network.trainable_variables:
        variable.assign(20.0 * variable)
    *inputs, _ = inputs_of(network, 6)

    def logits(first_key, training):
        return network([*inputs, np.arange(6) + first_key], training=training).numpy()

    np.testing.assert_array_equal(logits(0, True), logits(0, True))
    assert not np.array_equal(logits(0, True), logits(9, True))
    np.testing.assert_array_equal(logits(0, False), logits(9, False))


@pairs
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_images_are_float32_in_minus_one_to_one_and_logits_unbounded(pair, dtype):
    generator, discriminator = pair(dtype)
    for variable in [*generator.trainable_variables, *discriminator.trainable_variables]:
        variable.assign(1000.0 * variable)
    images = generator(inputs_of(generator, 50)).numpy()
    assert images.shape == (50, 4, 6, 3)
    assert images.dtype == np.float32
    assert -1 <= images.min() < -0.99
    assert 0.99 < images.max() <= 1
    logits = discriminator(inputs_of(discriminator, 50)).numpy()
    assert logits.shape == (50, 1)
    assert logits.dtype == np.float32
    assert np.abs(logits).max() > 2


@pairs
def test_under_mixed_bfloat16_only_the_last_layers_compute_in_float32(pair):
    for network in pair("mixed_bfloat16"):
        *others, last = (layer.compute_dtype for layer in network.layers if layer.weights)
        assert set(others) == {"bfloat16"}
        assert last == "float32"
