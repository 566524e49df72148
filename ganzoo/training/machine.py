"""What the machine can do, and what this process has of it."""

import math
import resource
import sys
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


def peak_memory() -> float:
    """Returns the most memory that this process ever had, in GiB; the first GPU's where one is."""
    if gpus := tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_memory_info(gpus[0].name)["peak"] / 2**30
    unit = 2**30 if sys.platform == "darwin" else 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
