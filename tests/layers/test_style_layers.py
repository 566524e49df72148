"""The layers of ProGAN and of the StyleGANs against numpy, and against closed forms."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import layers
from ganzoo.errors import InputError
from ganzoo.layers import equalized, fir

pytestmark = pytest.mark.eager


def normal(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def test_after_adams_first_step_every_used_weight_has_moved_by_the_rate_times_its_scale():
    layer = layers.EqualizedDense(3, gain=2**0.5, lr_multiplier=0.01, dtype="float64")
    layer.build((None, 7))
    before = layer.scaled_kernel().numpy()
    optimizer = keras.optimizers.Adam(0.1, epsilon=1e-12)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(normal(4, 7)) ** 3)
    optimizer.apply(tape.gradient(loss, layer.trainable_variables), layer.trainable_variables)
    moved = np.abs(layer.scaled_kernel().numpy() - before)
    np.testing.assert_allclose(moved, 0.1 * (2 / 7) ** 0.5 * 0.01, rtol=1e-5)
    np.testing.assert_allclose(np.abs(layer.bias.numpy()), 0.1, rtol=1e-5)


def test_an_equalised_layer_begins_at_hes_deviation_whatever_its_multiplier():
    for multiplier in (0.01, 1.0):
        layer = layers.EqualizedConv2D(64, 3, gain=2**0.5, lr_multiplier=multiplier, bias=1.0)
        layer.build((None, 8, 8, 32))
        assert np.std(layer.scaled_kernel()) == pytest.approx((2 / (9 * 32)) ** 0.5, rel=0.03)
        np.testing.assert_allclose(layer.scaled_bias(), 1.0, rtol=1e-6)


def inserted(maps):
    zeros = np.zeros((maps.shape[0], 2 * maps.shape[1], 2 * maps.shape[2], maps.shape[3]))
    zeros[:, ::2, ::2] = maps
    return zeros


def filtered_in_numpy(maps, taps, before, after, gain=1.0):
    kernel = np.outer(taps, taps) / np.sum(taps) ** 2 * gain
    padded = np.pad(maps, [(0, 0), (before, after), (before, after), (0, 0)])
    height, width = (side - len(taps) + 1 for side in padded.shape[1:3])
    return sum(
        kernel[i, j] * padded[:, i : i + height, j : j + width]
        for i in range(len(taps))
        for j in range(len(taps))
    )


@pytest.mark.parametrize(
    ("taps", "up", "down"),
    [((1, 3, 3, 1), (2, 1), (1, 1)), ((1, 2, 1), (2, 0), (1, 0)), ((1, 1), (1, 0), (0, 0))],
    ids=["1331", "121", "11"],
)
def test_up_and_down_are_the_filter_of_numpy(taps, up, down):
    maps = normal(2, 6, 4, 3)
    expected = filtered_in_numpy(inserted(maps), taps, *up, gain=4.0)
    np.testing.assert_allclose(layers.FIRUpsampling2D(taps, dtype="float64")(maps), expected)
    expected = filtered_in_numpy(maps, taps, *down)[:, ::2, ::2]
    np.testing.assert_allclose(layers.FIRDownsampling2D(taps, dtype="float64")(maps), expected)


def test_two_equal_taps_repeat_pixels_and_take_their_means():
    maps = normal(1, 4, 4, 2)
    np.testing.assert_allclose(fir.upsampled(maps, (1, 1)), maps.repeat(2, 1).repeat(2, 2))
    means = maps.reshape(1, 2, 2, 2, 2, 2).mean((2, 4))
    np.testing.assert_allclose(fir.downsampled(maps, (1, 1)), means)


def test_a_constant_stays_constant_off_the_border():
    ones = np.ones((1, 8, 8, 1))
    for layer in (layers.FIRUpsampling2D(), layers.FIRDownsampling2D(), layers.FIRBlur2D()):
        np.testing.assert_allclose(np.asarray(layer(ones))[:, 1:-1, 1:-1], 1.0, rtol=1e-6)


def test_an_odd_side_cannot_be_halved():
    maps = np.zeros((1, 5, 4, 1), "float32")
    for layer in (layers.FIRDownsampling2D(), layers.EqualizedConv2D(1, 3, resampling="down")):
        with pytest.raises(InputError, match="Only even sides"):
            layer(maps)


def convolved_in_numpy(padded, kernel, stride=1):
    side = kernel.shape[0]
    height, width = ((length - side) // stride + 1 for length in padded.shape[1:3])
    return sum(
        padded[:, i : i + stride * height : stride, j : j + stride * width : stride] @ kernel[i, j]
        for i in range(side)
        for j in range(side)
    )


@pytest.mark.parametrize("side", [1, 3])
def test_a_resampling_convolution_is_a_filter_and_a_convolution(side):
    maps, kernel, taps = normal(2, 6, 4, 3), normal(side, side, 3, 5, seed=1), (1, 3, 3, 1)
    reach = side - 1
    around = [(0, 0), (reach, reach), (reach, reach), (0, 0)]
    zeros = np.pad(inserted(maps)[:, :-1, :-1], around)  # as a transposed convolution has them
    wide = (1, 1) if side == 3 else (2, 2)
    expected = filtered_in_numpy(convolved_in_numpy(zeros, kernel), taps, *wide, gain=4.0)
    np.testing.assert_allclose(equalized.convolved(maps, kernel, "up"), expected, atol=1e-12)
    pad = 2 if side == 3 else 1
    expected = convolved_in_numpy(filtered_in_numpy(maps, taps, pad, pad), kernel, 2)
    np.testing.assert_allclose(equalized.convolved(maps, kernel, "down"), expected, atol=1e-12)


def penalty_of(layer, maps):
    with tf.GradientTape() as tape:
        tape.watch(maps)
        outputs = tf.reduce_sum(layer(maps) ** 3)
    return tf.reduce_sum(tape.gradient(outputs, maps) ** 2)


@pytest.mark.parametrize(
    "layer",
    [
        layers.FIRUpsampling2D(dtype="float64"),
        layers.FIRDownsampling2D(dtype="float64"),
        layers.FIRBlur2D(dtype="float64"),
        layers.EqualizedConv2D(2, 3, resampling="up", dtype="float64"),
        layers.EqualizedConv2D(2, 3, resampling="down", dtype="float64"),
        layers.PixelNormalization(dtype="float64"),
        layers.MinibatchDeviation(2, dtype="float64"),
    ],
    ids=lambda layer: layer.name,
)
def test_a_penalty_on_the_gradient_has_the_gradient_of_a_finite_difference(layer):
    maps, direction = tf.constant(normal(2, 4, 4, 2)), normal(2, 4, 4, 2, seed=1)
    with tf.GradientTape() as tape:
        tape.watch(maps)
        penalty = penalty_of(layer, maps)
    slope = tf.reduce_sum(tape.gradient(penalty, maps) * direction)
    ahead, behind = (penalty_of(layer, maps + step * direction) for step in (1e-5, -1e-5))
    assert float(slope) == pytest.approx(float(ahead - behind) / 2e-5, rel=1e-5)


def test_pixel_normalisation_makes_mean_squares_one():
    for shape in ((3, 8), (2, 4, 4, 8)):
        outputs = layers.PixelNormalization()(normal(*shape).astype("float32"))
        np.testing.assert_allclose(np.mean(np.square(outputs), -1), 1.0, rtol=1e-5)


def test_the_minibatch_deviation_is_numpys_for_each_group():
    maps = normal(8, 4, 4, 3)
    outputs = layers.MinibatchDeviation(4, dtype="float64")(maps, training=True).numpy()
    np.testing.assert_array_equal(outputs[..., :3], maps)
    for start in (0, 4):
        group = maps[start : start + 4]
        expected = np.sqrt(group.var(0) + 1e-8).mean()
        np.testing.assert_allclose(outputs[start : start + 4, ..., 3], expected)


def test_of_identical_images_it_is_the_root_of_its_epsilon():
    maps = np.ones((4, 2, 2, 1), "float32")
    np.testing.assert_allclose(layers.MinibatchDeviation(4)(maps)[..., 1], 1e-4, rtol=1e-5)


def test_half_of_a_batch_has_the_deviations_that_it_has_in_the_whole_one():
    layer, maps = layers.MinibatchDeviation(4), normal(8, 2, 2, 3).astype("float32")
    halves = [layer(half, training=True) for half in (maps[:4], maps[4:])]  # of two replicas
    np.testing.assert_array_equal(layer(maps, training=True), np.concatenate(halves))


def test_a_batch_that_groups_do_not_divide_is_refused_in_training_alone():
    layer, maps = layers.MinibatchDeviation(4), normal(6, 2, 2, 1).astype("float32")
    with pytest.raises(InputError, match=r"multiple of 4\. Received: 6"):
        layer(maps, training=True)
    pairs = layers.MinibatchDeviation(2)(maps, training=True)
    np.testing.assert_array_equal(layer(maps, training=False), pairs)
    free = tf.function(layer, input_signature=[tf.TensorSpec((None, 2, 2, 1))])
    np.testing.assert_allclose(free(maps), pairs, rtol=1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        layers.EqualizedDense(3, 2.0, 0.5, bias=1.0),
        layers.EqualizedConv2D(3, 3, 2.0, resampling="down", taps=(1, 2, 1)),
        layers.FIRBlur2D(),
        layers.MinibatchDeviation(2),
        layers.PixelNormalization(),
    ],
    ids=lambda layer: layer.name,
)
def test_a_layer_computes_in_bfloat16_and_comes_back_from_its_config(layer):
    config = keras.saving.serialize_keras_object(layer) | {}
    config["config"] = config["config"] | {"dtype": "mixed_bfloat16"}
    restored = keras.saving.deserialize_keras_object(config)
    maps = normal(2, 4, 4, 2).astype("float32")
    inputs = maps.reshape(2, -1) if isinstance(layer, layers.EqualizedDense) else maps
    outputs = restored(inputs)
    assert outputs.dtype == "bfloat16"
    assert tuple(outputs.shape) == tuple(layer.compute_output_shape(inputs.shape))
    assert restored.get_config() | {"dtype": 0} == layer.get_config() | {"dtype": 0}
