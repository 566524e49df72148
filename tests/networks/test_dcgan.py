"""DCGAN's networks: shapes, widths, numbers of parameters, and how their weights begin."""

import itertools
import math
import re

import numpy as np
import pytest
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import BatchNormalization
from ganzoo.networks.dcgan import discriminator, doublings, generator

LATENT_DIM = 5


def tiny_generator(image_shape=(8, 8, 1), dtype=None):
    return generator(image_shape, LATENT_DIM, filters=2, kernel_size=4, dtype=dtype)


def tiny_discriminator(image_shape=(8, 8, 1), dtype=None):
    return discriminator(image_shape, filters=2, kernel_size=4, dtype=dtype)


def noise(*shape):
    return np.random.default_rng(0).standard_normal(shape, "float32")


def kernels(*networks):
    return [
        layer.kernel for network in networks for layer in network.layers if hasattr(layer, "kernel")
    ]


def of_type(network, kind):
    return [layer for layer in network.layers if type(layer) is kind]


def trainable_parameters(network):
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def test_at_64x64x3_the_networks_have_the_parameters_of_dcgan_torch():
    image_shape = (64, 64, 3)
    assert trainable_parameters(generator(image_shape, 100, 64, 4)) == 3_576_704
    assert trainable_parameters(discriminator(image_shape, 64, 4)) == 2_765_568


@pytest.mark.parametrize(
    ("side", "base", "count"),
    [
        (8, 4, 1),
        (10, 5, 1),
        (14, 7, 1),
        (28, 7, 2),
        (32, 4, 3),
        (40, 5, 3),
        (64, 4, 4),
        (128, 4, 5),
    ],
)
def test_a_side_is_4_5_or_7_doubled(side, base, count):
    assert doublings((side, side, 3)) == (base, count)


@pytest.mark.parametrize("side", [28, 32, 64, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_latents_become_images_and_images_one_logit_each(side, channels):
    image_shape = (side, side, channels)
    network = tiny_generator(image_shape)
    assert network.input_shape == (None, LATENT_DIM)
    assert network.output_shape == (None, *image_shape)
    assert network(noise(2, LATENT_DIM)).shape == (2, *image_shape)
    network = tiny_discriminator(image_shape)
    assert network.input_shape == (None, *image_shape)
    assert network.output_shape == (None, 1)
    assert network(noise(2, *image_shape)).shape == (2, 1)


@pytest.mark.parametrize(
    "image_shape",
    [
        (30, 30, 1), (48, 48, 3), (4, 4, 1), (7, 7, 1), (96, 96, 3), (0, 0, 1), (-8, -8, 1),
        (64, 32, 3), (64, 64, 2), (64, 64, 4), (64, 64),
    ],
)  # fmt: skip
@pytest.mark.parametrize("network", [tiny_generator, tiny_discriminator])
def test_other_shapes_are_refused_with_the_sides_that_would_do(network, image_shape):
    message = (
        "These networks make square images of side 4, 5 or 7 times a power of two (28, 32, 40, "
        f"56, 64, 128, ...) with 1 or 3 channels. Received: image_shape={image_shape}"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        network(image_shape)


def test_each_doubling_halves_the_width_and_each_halving_doubles_it():
    image_shape = (64, 64, 3)
    shapes = [tuple(kernel.shape) for kernel in kernels(tiny_generator(image_shape))]
    assert shapes == [
        (LATENT_DIM, 4 * 4 * 16),
        (4, 4, 8, 16),  # height, width, out, in
        (4, 4, 4, 8),
        (4, 4, 2, 4),
        (4, 4, 3, 2),
    ]
    shapes = [tuple(kernel.shape) for kernel in kernels(tiny_discriminator(image_shape))]
    assert shapes == [
        (4, 4, 3, 2),  # height, width, in, out
        (4, 4, 2, 4),
        (4, 4, 4, 8),
        (4, 4, 8, 16),
        (4 * 4 * 16, 1),
    ]


def test_the_kernel_size_is_that_of_every_convolution():
    networks = generator((16, 16, 1), 5, 2, 5), discriminator((16, 16, 1), 2, 5)
    sizes = {kernel.shape[:2] for kernel in kernels(*networks) if len(kernel.shape) == 4}
    assert sizes == {(5, 5)}


def test_no_convolution_and_no_dense_layer_has_a_bias():
    networks = tiny_generator((16, 16, 1)), tiny_discriminator((16, 16, 1))
    weighted = [x for network in networks for x in network.layers if hasattr(x, "kernel")]
    assert len(weighted) == 6
    assert not any(layer.use_bias for layer in weighted)


def test_all_layers_are_normalised_but_the_generators_last_and_the_discriminators_first_and_last():
    for side, count in ((8, 1), (32, 3)):
        network = tiny_generator((side, side, 1))
        assert len(of_type(network, BatchNormalization)) == count
        assert type(network.layers[-2]) is layers.Conv2DTranspose
        network = tiny_discriminator((side, side, 1))
        assert len(of_type(network, BatchNormalization)) == count - 1
        assert type(network.layers[2]) is layers.LeakyReLU


def test_the_generator_is_rectified_and_the_discriminator_leaks_a_fifth():
    assert len(of_type(tiny_generator((16, 16, 1)), layers.ReLU)) == 2
    leaky = of_type(tiny_discriminator((16, 16, 1)), layers.LeakyReLU)
    assert [layer.negative_slope for layer in leaky] == [0.2, 0.2]


def test_weights_begin_with_the_papers_deviation():
    networks = generator((32, 32, 3), 100, 16, 4), discriminator((32, 32, 3), 16, 4)
    large = [k.numpy() for k in kernels(*networks) if math.prod(k.shape) > 3000]
    assert len(large) == 5
    for kernel in large:
        # Five standard errors.
        assert abs(kernel.mean()) < 5 * 0.02 / np.sqrt(kernel.size)
        assert abs(kernel.std() - 0.02) < 5 * 0.02 / np.sqrt(2 * kernel.size)
    scales = [
        layer.gamma.numpy()
        for network in networks
        for layer in of_type(network, BatchNormalization)
    ]
    scales = np.concatenate(scales)
    assert abs(scales.mean() - 1) < 0.01
    assert abs(scales.std() - 0.02) < 0.005


def test_no_two_layers_begin_with_the_same_weights():
    # An initializer that two layers share gives both the same numbers.
    networks = tiny_generator((32, 32, 1)), tiny_discriminator((32, 32, 1))
    normalisations = [x for n in networks for x in of_type(n, BatchNormalization)]
    begin = [kernel.numpy().ravel()[:4] for kernel in kernels(*networks)]
    begin += [layer.gamma.numpy()[:4] - 1 for layer in normalisations]
    for one, other in itertools.combinations(begin, 2):
        size = min(len(one), len(other))
        assert not np.allclose(one[:size], other[:size], atol=1e-6)


def test_two_networks_begin_with_different_weights():
    for make in (tiny_generator, tiny_discriminator):
        for one, other in zip(kernels(make()), kernels(make()), strict=True):
            assert not np.isclose(one, other, atol=1e-9).all()


def test_logits_have_no_activation():
    network = tiny_discriminator((16, 16, 1))
    last = network.layers[-1]
    last.kernel.assign(1000 * last.kernel)
    x = images = 100 * noise(16, 16, 16, 1)
    for layer in network.layers[1:-1]:
        x = layer(x)
    logits = network(images).numpy()
    expected = x.numpy() @ last.kernel.numpy()
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-2)
    last.kernel.assign(-last.kernel)
    np.testing.assert_allclose(network(images).numpy(), -logits, rtol=1e-4, atol=1e-2)


@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_images_are_float32_between_minus_one_and_one(dtype):
    network = tiny_generator((16, 16, 3), dtype)
    for variable in network.trainable_variables:
        variable.assign(100 * variable)
    images = network(noise(8, LATENT_DIM)).numpy()
    assert images.dtype == np.float32
    assert np.abs(images).max() <= 1
    assert images.min() < -0.99
    assert images.max() > 0.99


def test_under_mixed_bfloat16_only_the_last_activation_and_the_logits_are_float32():
    def compute(network):
        return [layer.compute_dtype for layer in network.layers if layer.weights]

    network = tiny_generator((16, 16, 1), "mixed_bfloat16")
    assert set(compute(network)) == {"bfloat16"}
    assert network.layers[-1].compute_dtype == "float32"
    network = tiny_discriminator((16, 16, 1), "mixed_bfloat16")
    assert compute(network)[-1] == "float32"
    assert set(compute(network)[:-1]) == {"bfloat16"}
    assert network(noise(2, 16, 16, 1)).dtype == "float32"
    assert {variable.dtype for variable in network.variables} == {"float32"}


def test_the_tanh_is_float32s_own_and_not_rounded_to_bfloat16():
    images = tiny_generator((16, 16, 1), "mixed_bfloat16")(1e3 * noise(8, LATENT_DIM)).numpy()
    as_bfloat16 = images.view(np.uint32) & 0xFFFF
    assert (as_bfloat16 != 0).any()
