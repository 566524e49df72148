"""Arithmetic: how much a training step does, and how much the machine can do."""

import math
import time

import tensorflow as tf

_SIDE = 2048
_SECONDS = 1.0


def count(function: tf.types.experimental.ConcreteFunction) -> int:
    """Returns the floating-point operations of a function's convolutions and matrix products.

    A multiplication and an addition are two. What the function computes and nobody asks for, such
    as the gradient of an input, is pruned before it runs and is not counted.

    Args:
        function: traced with shapes that are known, the batch too.

    Raises:
        ValueError: if a shape is not.
    """
    graph = function.graph
    wanted = [x.op for x in graph.outputs] + list(graph.control_outputs)
    wanted += [op for op in graph.get_operations() if op.op_def.is_stateful]
    seen = set()
    while wanted:
        op = wanted.pop()
        if op not in seen:
            seen.add(op)
            wanted += [x.op for x in op.inputs] + list(op.control_inputs)
    return sum(_of_operation(op) for op in seen)


def _of_operation(op):
    if op.type in ("Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter"):
        # Each value of the small side of a convolution meets each of the filter's, whichever of
        # the three is computed from the other two.
        small = op.outputs[0] if op.type == "Conv2D" else op.inputs[2]
        kernel = op.outputs[0] if op.type == "Conv2DBackpropFilter" else op.inputs[1]
        return 2 * _size(small, op) * _size(kernel, op) // small.shape[-1]
    if op.type == "MatMul":
        inner = op.inputs[0].shape[0 if op.get_attr("transpose_a") else 1]
        return 2 * _size(op.outputs[0], op) * inner
    return 0


def _size(tensor, op):
    if not tensor.shape.is_fully_defined():
        raise ValueError(f"The shape of {op.name} must be known. Received: {tensor.shape}")
    return math.prod(tensor.shape)


def matrix_peak(dtype: str) -> float:
    """Returns the operations a second of the best of many products of two square matrices.

    Args:
        dtype: `"float32"` or `"bfloat16"`.
    """
    a = tf.cast(tf.random.stateless_normal((_SIDE, _SIDE), (0, 0)), dtype)
    # Its sum has to be waited for, and is little beside the product.
    product = tf.function(lambda x: tf.reduce_sum(tf.cast(tf.matmul(x, x), tf.float32)))
    float(product(a))
    best, end = math.inf, time.perf_counter() + _SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        float(product(a))
        best = min(best, time.perf_counter() - start)
    return 2 * _SIDE**3 / best
