"""Counted arithmetic against arithmetic done by hand."""

import pytest
import tensorflow as tf

from ganzoo.benchmarking import flops


def counted(function, *shapes):
    specs = [tf.TensorSpec(shape) for shape in shapes]
    return flops.count(tf.function(function).get_concrete_function(*specs))


def test_a_product_of_matrices_is_two_operations_for_each_of_its_products():
    assert counted(tf.matmul, (3, 5), (5, 7)) == 2 * 3 * 5 * 7
    assert counted(lambda a, b: tf.matmul(a, b, True, True), (5, 3), (7, 5)) == 2 * 3 * 5 * 7


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
