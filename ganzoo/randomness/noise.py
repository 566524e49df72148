"""Noise as a pure function of (seed, stream, step, position in the global batch).

Nothing here keeps state, so a resumed run draws the noise that the uninterrupted one would have
drawn, and a batch split over several devices gets the noise that one device would have given it.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.randomness.bits import (
    GOLDEN,
    box_muller,
    halves,
    hashed,
    philox,
    split_mix,
    to_uniform,
    uniform_of_bits,
)


def seed_initializers(seed: int) -> None:
    """Makes the weights that are initialized from here on a function of the seed.

    Raises:
        InputError: if the seed is not in [0, 2^32), which is what NumPy takes.
    """
    if not 0 <= seed < 2**32:
        raise InputError(f"A seed must be in 0 to 2^32 - 1. Received: {seed}")
    keras.utils.set_random_seed(seed)


def key(seed: int, stream: str, step) -> tf.Tensor:
    """Returns the stateless seed, int64 `(2,)`, of one use of noise at one step; or some, `(n, 2)`.

    Args:
        seed: the model's or the pipeline's seed.
        stream: the name of the use, such as `"latents"`; two uses never share noise.
        step: int64 `()` or `(n,)`; the training step, or whatever counts the draws.
    """
    step = tf.cast(step, tf.int64)
    stream_seed = tf.fill(tf.shape(step), tf.constant(hashed(f"{seed}/{stream}"), tf.int64))
    return tf.stack([stream_seed, step], axis=-1)


def normal(shape, noise_key) -> tf.Tensor:
    """Returns N(0, 1) noise, float32, for this replica's part of the global batch.

    Args:
        shape: the shape of this replica's part, a tuple or a tensor; the batch comes first.
        noise_key: what `key` returned.
    """
    return _of_global_batch(_normal, shape, noise_key)


def uniform(shape, noise_key) -> tf.Tensor:
    """Returns U(0, 1) noise, float32: `normal` of another distribution."""
    return _of_global_batch(_uniform, shape, noise_key)


def replicated_uniform(shape, noise_key) -> tf.Tensor:
    """Returns U(0, 1) noise, float32, that is the same on every replica."""
    return _uniform(shape, noise_key)


def example_keys(count, noise_key) -> tf.Tensor:
    """Returns a key for each example of this replica's part of the batch, int64 `(count,)`.

    Args:
        count: the number of examples, an integer or a scalar tensor.
        noise_key: what `key` returned.
    """
    return _of_global_batch(
        lambda shape, key: tf.random.stateless_uniform(
            shape, key, None, None, tf.int64, alg="philox"
        ),
        [count],
        noise_key,
    )


def normal_by_seed(seeds, size: int) -> tf.Tensor:
    """Returns N(0, 1) noise `(len(seeds), size)` in which a row depends on its own seed only.

    Args:
        seeds: integers `(count,)`. A seed gives the same row whatever it is asked for with.
        size: the length of a row.
    """
    uniforms = tf.reshape(_uniform_by_seed(seeds, 2 * size), (-1, size, 2))
    # In float32 a logarithm's last bit depends on its place among those taken at once.
    return tf.cast(box_muller(tf.cast(uniforms, tf.float64)), tf.float32)


def uniform_by_seed(seeds, size: int) -> tf.Tensor:
    """Returns U(0, 1) noise `(len(seeds), size)`, like `normal_by_seed`."""
    return _uniform_by_seed(seeds, size)


def uniform_by_key(keys, stream: str, shape) -> tf.Tensor:
    """Returns U[0, 1) noise, float32 `(count, *shape)`, each row a function of its key alone.

    It is made for dropout: a value is one of 2^16, four of which come from one hash.

    Args:
        keys: integers `(count,)`: `example_keys`, or seeds.
        stream: the name of the use; two uses of the same keys never share noise.
        shape: of one row, without unknown dimensions or as a tensor.
    """
    size = tf.reduce_prod(shape)
    start = split_mix(tf.cast(keys, tf.uint64) + tf.constant(hashed(stream), tf.uint64))
    counter = tf.cast(tf.range(1, (size + 3) // 4 + 1), tf.uint64)
    bits = split_mix(start[:, None] + counter * tf.constant(GOLDEN, tf.uint64))
    quarters = [
        tf.bitwise.bitwise_and(
            tf.bitwise.right_shift(bits, tf.constant(shift, tf.uint64)),
            tf.constant(2**16 - 1, tf.uint64),
        )
        for shift in (48, 32, 16, 0)
    ]
    noise = tf.concat([tf.cast(quarter, tf.float32) for quarter in quarters], 1) / 2.0**16
    return tf.reshape(noise[:, :size], tf.concat([tf.shape(keys), shape], 0))


def uniform_by_index(seed: int, stream: str, indices) -> tf.Tensor:
    """Returns U[0, 1) noise, one value per index, each a function of (seed, stream, index)."""
    start = tf.constant(hashed(f"{seed}/{stream}") << 32, tf.uint64)
    counter = tf.cast(indices, tf.uint64) + start
    return to_uniform(counter * tf.constant(GOLDEN, tf.uint64))


# Philox's bits are the same on every device, but what TensorFlow makes of them is not: its floats
# differ under XLA, which Keras uses on a GPU. So they are made here.


def _uniform(shape, noise_key):
    bits = tf.random.stateless_uniform(shape, noise_key, None, None, tf.uint32, alg="philox")
    return uniform_of_bits(bits)


def _normal(shape, noise_key):
    return box_muller(_uniform(tf.concat([shape, [2]], 0), noise_key))


def _uniform_by_seed(seeds, size):
    """`_uniform([size], key(0, "by_seed", seed))` for each seed, in operations on all of them.

    TensorFlow draws from one key at a time, and to do that seed by seed takes a GPU longer than to
    make the images. So its way from a key to bits is written out here.
    """
    stream = tf.cast(key(0, "by_seed", 0)[0], tf.uint64)
    words = [halves(stream), halves(tf.cast(tf.cast(seeds, tf.int64), tf.uint64))]
    counter = [word[..., None] for pair in words for word in pair]
    zero = tf.constant(0, tf.uint64)
    scrambled = philox(counter, [zero + 0x3EC8F720, zero + 0x02461E29])
    groups = tf.cast(tf.range(-(-size // 4)), tf.uint64)
    bits = philox([groups, zero, *scrambled[2:]], scrambled[:2])
    bits = tf.stack([tf.broadcast_to(word, tf.shape(bits[0])) for word in bits], axis=-1)
    return uniform_of_bits(tf.reshape(bits, (-1, 4 * (-(-size // 4))))[:, :size])


def _of_global_batch(draw, shape, noise_key):
    replica = tf.distribute.get_replica_context()
    replicas = replica.num_replicas_in_sync
    if replicas == 1:
        return draw(shape, noise_key)
    local = shape[0]
    # The rest may be empty, and then TensorFlow takes it for floats.
    noise = draw(tf.concat([[local * replicas], tf.cast(shape[1:], tf.int32)], 0), noise_key)
    start = replica.replica_id_in_sync_group * local
    return noise[start : start + local]
