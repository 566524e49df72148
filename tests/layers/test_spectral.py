"""Spectral normalisation against numpy's singular values, and its gradient against differences."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.layers import SpectralConv2D, SpectralDense

pytestmark = pytest.mark.eager


def built(layer, *shape):
    keras.utils.set_random_seed(5)
    layer.build((None, *shape))
    return layer


def dense():
    return built(SpectralDense(4, dtype="float64"), 6)


def converge(layer):
    for _ in range(50):
        layer.normalised_kernel(training=True)


@pytest.mark.parametrize(
    "layer", [SpectralDense(4), SpectralConv2D(3, kernel_size=3)], ids=["dense", "convolution"]
)
def test_after_iterations_the_kernel_is_divided_by_its_largest_singular_value(layer):
    built(layer, *((6,) if isinstance(layer, SpectralDense) else (8, 8, 2)))
    converge(layer)
    kernel = layer.kernel.numpy()
    largest = np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0]
    np.testing.assert_allclose(layer.normalised_kernel(False), kernel / largest, rtol=1e-4)


def test_a_pass_in_training_iterates_once_and_any_other_pass_keeps_nothing():
    layer, inputs = dense(), np.ones((2, 6))
    u, kernel = layer.u.numpy(), layer.kernel.numpy()
    layer(inputs, training=False)
    np.testing.assert_array_equal(layer.u.numpy(), u)
    layer(inputs, training=True)
    v = u @ kernel.T
    right = (v / np.linalg.norm(v)) @ kernel
    np.testing.assert_allclose(layer.u.numpy(), right / np.linalg.norm(right))
    np.testing.assert_array_equal(layer.kernel.numpy(), kernel, "the kernel itself stays")


def test_the_gradient_goes_through_the_singular_value_with_its_vectors_constant():
    layer, inputs = dense(), np.random.default_rng(0).normal(size=(3, 6))
    kernel, u = layer.kernel.numpy(), layer.u.numpy()
    v = u @ kernel.T
    v /= np.linalg.norm(v)
    u = v @ kernel
    u /= np.linalg.norm(u)

    def loss(weights):
        return np.sum((inputs @ (weights / (v @ weights @ u.T)[0, 0])) ** 2)

    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer(inputs) ** 2)
    assert float(value) == pytest.approx(loss(kernel))
    direction = np.random.default_rng(1).normal(size=kernel.shape)
    step = 1e-6
    difference = (loss(kernel + step * direction) - loss(kernel - step * direction)) / (2 * step)
    slope = float(tf.reduce_sum(tape.gradient(value, layer.kernel) * direction))
    assert slope == pytest.approx(difference, rel=1e-6)


def test_a_convolution_is_that_of_the_normalised_kernel_with_its_stride_and_bias():
    layer = built(SpectralConv2D(3, kernel_size=4, strides=2), 8, 8, 2)
    layer.bias.assign([1.0, 2.0, 3.0])
    images = np.random.default_rng(0).normal(size=(2, 8, 8, 2)).astype(np.float32)
    right = tf.nn.conv2d(images, layer.normalised_kernel(False), 2, "SAME").numpy()
    np.testing.assert_allclose(layer(images), right + np.float32([1, 2, 3]), atol=1e-6)
    assert layer.compute_output_shape((None, 7, 7, 2)) == (None, 4, 4, 3)


def test_a_kernel_of_zeros_stays_one_of_zeros():
    layer = dense()
    layer.kernel.assign(np.zeros((6, 4)))
    np.testing.assert_array_equal(layer.normalised_kernel(True), np.zeros((6, 4)))


def test_in_bfloat16_the_iteration_is_in_float32():
    layer = built(SpectralDense(4, dtype="mixed_bfloat16"), 6)
    outputs = layer(np.ones((2, 6), np.float32))
    assert outputs.dtype == tf.bfloat16 and layer.u.dtype == layer.kernel.dtype == "float32"
    converge(layer)
    largest = np.linalg.svd(layer.kernel.numpy(), compute_uv=False)[0]
    sigma = layer.kernel.numpy() / np.float32(layer.normalised_kernel(False))
    np.testing.assert_allclose(sigma, np.full_like(sigma, largest), rtol=0.01)


def test_a_layer_comes_back_from_its_config():
    layer = SpectralConv2D(3, 4, 2, use_bias=False, kernel_initializer="he_normal")
    again = SpectralConv2D.from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
