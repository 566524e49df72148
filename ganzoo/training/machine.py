"""The machine's speed at matrix products, and the memory that this process took."""

import math
import resource
import sys
import time

import tensorflow as tf


def matmul_speed(dtype: str = "float32", side: int = 2048, seconds: float = 1.0) -> float:
    """Returns the floating-point operations a second of the fastest of many matrix products.

    Args:
        dtype: `"float32"` or `"bfloat16"`.
        side: of the two square matrices.
        seconds: how long to repeat the product.
    """
    a = tf.cast(tf.random.stateless_normal((side, side), (0, 0)), dtype)
    # To wait for the sum is to wait for the product, and adding up takes little time.
    product = tf.function(lambda x: tf.reduce_sum(tf.cast(tf.matmul(x, x), tf.float32)))
    float(product(a))
    best, end = math.inf, time.perf_counter() + seconds
    while time.perf_counter() < end:
        start = time.perf_counter()
        float(product(a))
        best = min(best, time.perf_counter() - start)
    return 2 * side**3 / best


def peak_memory() -> float:
    """Returns this process's peak memory in GiB; where there is a GPU, that of the first one."""
    if gpus := tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_memory_info(gpus[0].name)["peak"] / 2**30
    unit = 2**30 if sys.platform == "darwin" else 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
