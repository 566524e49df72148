"""Noise as a pure function of (seed, stream, step, position in the global batch).

Nothing here keeps state, so a resumed run draws the noise that the uninterrupted one would have
drawn, and a batch split over several devices gets the noise that one device would have given it.
"""

import math
import zlib

import keras
import tensorflow as tf

from ganzoo.errors import InputError


def seed_initializers(seed: int) -> None:
    """Makes the weights that are initialized from here on a function of the seed.

    Raises:
        InputError: if the seed is not in [0, 2^32), which is what NumPy takes.
    """
    if not 0 <= seed < 2**32:
        raise InputError(f"A seed must be in 0 to 2^32 - 1. Received: {seed}")
    keras.utils.set_random_seed(seed)


def key(seed: int, stream: str, step) -> tf.Tensor:
    """Returns the stateless seed, int64 `(2,)`, of one use of noise at one step.

    Args:
        seed: the model's or the pipeline's seed.
        stream: the name of the use, such as `"latents"`; two uses never share noise.
        step: int64 scalar; the training step, or whatever counts the draws.
    """
    stream_seed = zlib.crc32(f"{seed}/{stream}".encode())
    return tf.stack([tf.constant(stream_seed, tf.int64), tf.cast(step, tf.int64)])


def normal(shape, noise_key) -> tf.Tensor:
    """Returns N(0, 1) noise, float32, for this replica's part of the global batch.

    Args:
        shape: the shape of this replica's part, a tuple or a tensor; the batch comes first.
        noise_key: what `key` returned.
    """
    return _of_global_batch(_normal, shape, noise_key)


def normal_by_seed(seeds, size: int) -> tf.Tensor:
    """Returns N(0, 1) noise `(len(seeds), size)` in which a row depends on its own seed only.

    Args:
        seeds: integers `(count,)`. A seed gives the same row whatever it is asked for with.
        size: the length of a row.
    """
    return tf.map_fn(
        lambda seed: _normal([size], key(0, "by_seed", seed)),
        tf.cast(seeds, tf.int64),
        fn_output_signature=tf.float32,
    )


def uniform_by_index(seed: int, stream: str, indices) -> tf.Tensor:
    """Returns U[0, 1) noise, one value per index, each a function of (seed, stream, index)."""
    # SplitMix64 (Steele, Lea and Flood, 2014): a hash, so it takes all indices at once.
    stream_seed = zlib.crc32(f"{seed}/{stream}".encode()) << 32
    z = tf.cast(indices, tf.uint64) + tf.constant(stream_seed, tf.uint64)
    z *= tf.constant(0x9E3779B97F4A7C15, tf.uint64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        z = tf.bitwise.bitwise_xor(z, tf.bitwise.right_shift(z, tf.constant(shift, tf.uint64)))
        z *= tf.constant(factor, tf.uint64)
    high_bits = tf.bitwise.right_shift(z, tf.constant(40, tf.uint64))
    return tf.cast(high_bits, tf.float32) / 2.0**24


def shuffled(positions, size: int, noise_key) -> tf.Tensor:
    """Returns where each position of 0 .. size - 1 goes in one random order of them all, int64."""

    def order(places, count):
        # `tf.random.experimental.index_shuffle` is this with 4 rounds, and far from random: at size
        # 65,537 neighbours correlate at 0.7, and the orders of two successive epochs at 0.97.
        return tf.raw_ops.RandomIndexShuffle(
            index=places,
            seed=tf.pad(noise_key, [[0, 1]]),
            max_index=tf.constant(count - 1, tf.int64),
            rounds=16,
        )

    if (size - 1).bit_count() != 1 or (size - 1).bit_length() % 2 == 0:
        return order(positions, size)
    # At sizes one above a power of four TensorFlow 2.21 draws one example twice and one never: so
    # order one more, and give the place that the surplus one took to what stands in its own.
    drawn = order(positions, size + 1)
    return tf.where(drawn == size, order(tf.constant(size, tf.int64), size + 1), drawn)


def _normal(shape, noise_key):
    # Philox's bits are the same on every device, but what TensorFlow makes of them is not: its
    # floats differ under XLA, which Keras uses on a GPU. So they are made here, by Box and Muller.
    bits = tf.random.stateless_uniform(
        tf.concat([shape, [2]], 0), noise_key, None, None, tf.uint32, alg="philox"
    )
    uniform = (tf.cast(bits // 2**8, tf.float32) + 0.5) / 2.0**24
    radius = tf.sqrt(-2.0 * tf.math.log(uniform[..., 0]))
    return radius * tf.cos(2.0 * math.pi * uniform[..., 1])


def _of_global_batch(draw, shape, noise_key):
    replica = tf.distribute.get_replica_context()
    replicas = replica.num_replicas_in_sync
    if replicas == 1:
        return draw(shape, noise_key)
    local = shape[0]
    noise = draw(tf.concat([[local * replicas], shape[1:]], 0), noise_key)
    start = replica.replica_id_in_sync_group * local
    return noise[start : start + local]
