"""What the machine can do."""

import math
import time

import tensorflow as tf


def matrix_peak(dtype: str = "float32", side: int = 2048, seconds: float = 1.0) -> float:
    """Returns the operations a second of the best of many products of two square matrices.

    Args:
        dtype: `"float32"` or `"bfloat16"`.
        side: of the matrices.
        seconds: how long to try.
    """
    a = tf.cast(tf.random.stateless_normal((side, side), (0, 0)), dtype)
    # Its sum has to be waited for, and is little beside the product.
    product = tf.function(lambda x: tf.reduce_sum(tf.cast(tf.matmul(x, x), tf.float32)))
    float(product(a))
    best, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        float(product(a))
        best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best
