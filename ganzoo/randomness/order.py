"""A random order of examples, place by place."""

import tensorflow as tf


def shuffled(positions, size: int, noise_key) -> tf.Tensor:
    """Returns where positions of 0 .. size - 1 go in a random order of them all, int64 `(count,)`.

    Args:
        positions: int64 `(count,)`.
        size: how many there are to order.
        noise_key: what `key` returned, of the one order or of each position's.
    """

    def order(places, count):
        # `tf.random.experimental.index_shuffle` is this with 4 rounds, and far from random: at size
        # 65,537 neighbours correlate at 0.7, and the orders of two successive epochs at 0.97.
        return tf.raw_ops.RandomIndexShuffle(
            index=places,
            seed=tf.concat([noise_key, tf.zeros_like(noise_key[..., :1])], -1),
            max_index=tf.constant(count - 1, tf.int64),
            rounds=16,
        )

    if (size - 1).bit_count() != 1 or (size - 1).bit_length() % 2 == 0:
        return order(positions, size)
    # At sizes one above a power of four TensorFlow 2.21 draws one example twice and one never: so
    # order one more, and give the place that the surplus one took to what stands in its own.
    drawn = order(positions, size + 1)
    of_surplus = order(tf.fill(tf.shape(positions), tf.constant(size, tf.int64)), size + 1)
    return tf.where(drawn == size, of_surplus, drawn)
