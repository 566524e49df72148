"""The modulated convolution against kernels written out for each example."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import ModulatedConv2D, ScaledLeakyReLU


def of_each_example(layer, maps, styles):
    """Equations 1 and 3 of arXiv:1912.04958, an example at a time."""
    kernel = np.array(layer.kernel) * layer.gain / np.sqrt(np.prod(layer.kernel.shape[:-1]))
    outputs = []
    for image, style in zip(maps, styles, strict=True):
        modulated = kernel * style[:, None]
        if layer.demodulate:
            modulated /= np.sqrt((modulated**2).sum((0, 1, 2)) + 1e-8)
        outputs.append(tf.nn.conv2d(image[None], modulated, 1, "SAME")[0] + layer.bias)
    return np.stack(outputs)


@pytest.mark.parametrize("demodulate", [True, False])
def test_it_convolves_each_example_by_a_kernel_of_its_own(demodulate):
    generator = np.random.default_rng(0)
    maps = generator.normal(size=(3, 5, 5, 4)).astype("float32")
    styles = generator.normal(size=(3, 4)).astype("float32")
    layer = ModulatedConv2D(6, 3, demodulate)
    outputs = layer(maps, styles)
    layer.bias.assign(generator.normal(size=6))
    np.testing.assert_allclose(
        layer(maps, styles), of_each_example(layer, maps, styles), rtol=1e-4, atol=1e-5
    )
    assert outputs.shape == layer.compute_output_shape(maps.shape)


def test_demodulated_outputs_have_variance_1_whatever_the_style():
    maps = tf.random.stateless_normal((16, 32, 32, 8), (0, 0))
    styles = 5.0 * tf.random.stateless_normal((16, 8), (0, 1))
    outputs = ModulatedConv2D(16, 3)(maps, styles)[:, 1:-1, 1:-1]
    assert np.var(outputs) == pytest.approx(1.0, abs=0.05)


def test_up_and_down_are_those_of_a_convolution_by_the_same_kernel():
    maps = tf.random.stateless_normal((2, 8, 8, 3), (0, 0))
    for resampling, side in (("up", 16), ("down", 4)):
        layer = ModulatedConv2D(4, 3, demodulate=False, resampling=resampling)
        outputs = layer(maps, tf.fill((2, 3), 2.0))
        assert outputs.shape == (2, side, side, 4)
        np.testing.assert_allclose(layer(2.0 * maps, tf.ones((2, 3))), outputs, atol=1e-5)


def test_noise_is_added_times_a_strength_that_begins_at_zero():
    maps, styles = tf.ones((2, 4, 4, 3)), tf.ones((2, 3))
    noise = tf.random.stateless_normal((2, 4, 4), (0, 0))
    layer = ModulatedConv2D(5, 3, use_noise=True)
    plain = layer(maps, styles, noise)
    np.testing.assert_array_equal(plain, layer(maps, styles, tf.zeros_like(noise)))
    layer.noise_strength.assign(0.5)
    added = layer(maps, styles, noise) - plain
    np.testing.assert_allclose(added, 0.5 * noise[..., None] * np.ones(5), atol=1e-6)


def test_the_activation_is_a_leaky_relu_times_the_root_of_two():
    outputs = ScaledLeakyReLU()(tf.constant([-1.0, 2.0]))
    np.testing.assert_allclose(outputs, np.sqrt(2.0) * np.array([-0.2, 2.0]), rtol=1e-6)
