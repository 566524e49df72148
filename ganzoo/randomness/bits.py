"""Uniform numbers and normal ones from bits: Philox, SplitMix64, Box and Muller."""

import math
import zlib

import tensorflow as tf


def hashed(text: str) -> int:
    return zlib.crc32(text.encode())


GOLDEN = 0x9E3779B97F4A7C15


def split_mix(z):
    """SplitMix64's output function (Steele, Lea and Flood, 2014): a hash of all values at once."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 1)):
        z = tf.bitwise.bitwise_xor(z, tf.bitwise.right_shift(z, tf.constant(shift, tf.uint64)))
        z *= tf.constant(factor, tf.uint64)
    return z


def to_uniform(counter):
    high_bits = tf.bitwise.right_shift(split_mix(counter), tf.constant(40, tf.uint64))
    return tf.cast(high_bits, tf.float32) / 2.0**24


def uniform_of_bits(bits):
    # Beside the largest bits float32 has no place for the half, which is rounded up: to 1 itself.
    return tf.minimum((tf.cast(bits // 2**8, tf.float32) + 0.5) / 2.0**24, 1.0 - 2.0**-24)


def box_muller(u):
    """Two uniforms each, in the last dimension, to a normal (Box and Muller, 1958)."""
    return tf.sqrt(-2.0 * tf.math.log(u[..., 0])) * tf.cos(2.0 * math.pi * u[..., 1])


def philox(counter, noise_key):
    """Philox4x32-10 (Salmon et al., 2011) of four words and two, each below 2^32 in a uint64."""
    a, b, c, d = counter
    low, high = noise_key
    for _ in range(10):
        (first, first_carry), (second, second_carry) = (
            halves(word * tf.constant(factor, tf.uint64))
            for word, factor in ((a, 0xD2511F53), (c, 0xCD9E8D57))
        )
        a, b, c, d = (
            tf.bitwise.bitwise_xor(tf.bitwise.bitwise_xor(second_carry, b), low),
            second,
            tf.bitwise.bitwise_xor(tf.bitwise.bitwise_xor(first_carry, d), high),
            first,
        )
        low, _ = halves(low + tf.constant(0x9E3779B9, tf.uint64))
        high, _ = halves(high + tf.constant(0xBB67AE85, tf.uint64))
    return [a, b, c, d]


def halves(words):
    """The lower and the upper 32 bits of each uint64."""
    lower = tf.bitwise.bitwise_and(words, tf.constant(2**32 - 1, tf.uint64))
    return lower, tf.bitwise.right_shift(words, tf.constant(32, tf.uint64))
