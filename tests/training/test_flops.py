"""Counted arithmetic against arithmetic done by hand."""

import keras
import pytest
import tensorflow as tf

from ganzoo.training.flops import count_flops, count_forward_flops


def counted(function, *shapes):
    specs = [tf.TensorSpec(shape) for shape in shapes]
    return count_flops(tf.function(function).get_concrete_function(*specs))


def test_a_product_of_matrices_is_two_operations_for_each_of_its_products():
    assert counted(tf.matmul, (3, 5), (5, 7)) == 2 * 3 * 5 * 7
    assert counted(lambda a, b: tf.matmul(a, b, True, True), (5, 3), (7, 5)) == 2 * 3 * 5 * 7
    assert counted(tf.matmul, (2, 3, 5), (2, 5, 7)) == 2 * 2 * 3 * 5 * 7
    assert counted(lambda a, b: tf.einsum("...ij,jk->...ik", a, b), (2, 3, 5), (5, 7)) == 420


def test_a_convolution_and_both_of_its_gradients_cost_the_same():
    forward = 2 * (2 * 4 * 4 * 6) * (3 * 3 * 5)  # every output meets every weight of its filter

    def convolved(x, kernel):
        return tf.nn.conv2d(x, kernel, 2, "SAME")

    def gradients(x, kernel):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            loss = tf.reduce_sum(convolved(x, kernel))
        return tape.gradient(loss, [x, kernel])

    shapes = (2, 8, 8, 5), (3, 3, 5, 6)
    assert counted(convolved, *shapes) == forward
    # The value itself is not asked for, and a sum's gradient does not need it.
    assert counted(gradients, *shapes) == 2 * forward


def test_a_transposed_convolution_costs_what_its_convolution_does():
    def transposed(x, kernel):
        return tf.nn.conv2d_transpose(x, kernel, (2, 8, 8, 5), 2)

    assert counted(transposed, (2, 4, 4, 6), (3, 3, 5, 6)) == 2 * (2 * 4 * 4 * 6) * (3 * 3 * 5)


def test_a_free_dimension_is_refused():
    with pytest.raises(ValueError, match="must be known"):
        counted(tf.matmul, (None, 5), (5, 7))


def test_a_convolution_of_volumes_and_both_of_its_gradients_cost_the_same():
    def gradients(x, kernel):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            loss = tf.reduce_sum(tf.nn.conv3d(x, kernel, [1, 2, 2, 2, 1], "SAME") ** 2)
        return tape.gradient(loss, [x, kernel])

    forward = 2 * (4 * 4 * 4 * 6) * (3 * 3 * 3 * 5)
    assert counted(gradients, (1, 8, 8, 8, 5), (3, 3, 3, 5, 6)) == 3 * forward


def test_a_depthwise_convolution_reads_one_channel_for_each_output():
    def depthwise(x, kernel):
        return tf.nn.depthwise_conv2d(x, kernel, [1, 2, 2, 1], "SAME")

    def gradients(x, kernel):
        with tf.GradientTape() as tape:
            tape.watch([x, kernel])
            loss = tf.reduce_sum(depthwise(x, kernel) ** 2)
        return tape.gradient(loss, [x, kernel])

    shapes, forward = ((2, 8, 8, 5), (3, 3, 5, 2)), 2 * (2 * 4 * 4 * 10) * (3 * 3)
    assert counted(depthwise, *shapes) == forward
    assert counted(gradients, *shapes) == 3 * forward


@pytest.mark.parametrize(
    ("layer", "shape", "operations"),
    [
        (keras.layers.Dense(7), (5,), 2 * 5 * 7),
        (keras.layers.EinsumDense("...a,ab->...b", 7), (3, 5), 2 * 3 * 5 * 7),
        (keras.layers.Conv2D(6, 3, 2, "same"), (8, 8, 5), 2 * (4 * 4 * 6) * (3 * 3 * 5)),
        (keras.layers.Conv2DTranspose(5, 3, 2, "same"), (4, 4, 6), 2 * (4 * 4 * 6) * (3 * 3 * 5)),
        (keras.layers.SeparableConv2D(7, 3), (5, 5, 4), 2 * 9 * (4 * 9) + 2 * 9 * (4 * 7)),
        (keras.layers.Conv3D(2, 3), (4, 4, 4, 3), 2 * (2 * 2 * 2 * 2) * (27 * 3)),
        (keras.layers.Flatten(), (4, 4), 0),
    ],
)  # fmt: skip
def test_a_forward_pass_is_that_of_one_example_whatever_the_layer_calls_its_weights(
    layer, shape, operations
):
    network = keras.Sequential([keras.layers.Input(shape), layer])
    assert count_forward_flops(network, (32, 32, 3)) == operations


def test_inputs_of_any_size_and_length_are_of_the_models_images():
    clip, image = keras.Input((None, None, None, 3)), keras.Input((None, None, 1))
    outputs = keras.layers.Conv3D(2, 1)(clip), keras.layers.Conv2D(4, 1)(image)
    network = keras.Model([clip, image], outputs)
    expected = 2 * (6 * 8 * 2) * 3 + 2 * (6 * 8 * 4) * 1
    assert count_forward_flops(network, (6, 8, 3)) == expected
