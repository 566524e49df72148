"""Exponential moving averages of generators, which then make samples and exports.

Keras's own (`use_ema` of an optimizer, the callback `SwapEMAWeights`) averages trainable weights
alone and swaps them in and out; these are networks that are always there, with batch statistics.
"""

import keras
import tensorflow as tf

from ganzoo.errors import InputError


def check(constant: float, half_life: float | None, ramp: float | None) -> None:
    """Raises InputError for settings of `GANModel` that state no moving average, or two."""
    if not 0 <= constant < 1:
        raise InputError(f"moving_average must be in [0, 1). Received: {constant}")
    if (constant and half_life is not None) or (ramp is not None and half_life is None):
        raise InputError(
            "A moving average has either a decay (moving_average) or a half-life, and only that "
            f"has a ramp. Received: {constant}, half-life {half_life}, ramp {ramp}"
        )
    if any(value is not None and not value > 0 for value in (half_life, ramp)):
        raise InputError(
            "moving_average_half_life and moving_average_ramp must be above 0. "
            f"Received: {half_life}, {ramp}"
        )


def copies(generators: list[keras.Model]) -> list[keras.Model]:
    """Returns networks like the generators, with their weights, that are not trained."""
    averages = []
    for generator in generators:
        config = generator.get_config() | {"name": f"{generator.name}_average"}
        average = type(generator).from_config(config)
        average.set_weights(generator.get_weights())
        average.trainable = False
        averages.append(average)
    return averages


def decay(batch_size, half_life: float, ramp: float | None, step) -> tf.Tensor:
    """Returns the decay of a step: 2^(- batch_size / half-life), float64.

    With a ramp the half-life is at most that share of the images seen before this step, as in
    Karras et al. (2020, arXiv:2006.06676, appendix D), where it is 0.05.

    Args:
        batch_size: real images that a step takes, over all replicas.
        half_life: in real images.
        ramp: above 0, or None.
        step: the number of steps before this one.
    """
    batch_size = tf.cast(batch_size, tf.float64)
    half_life = tf.constant(half_life, tf.float64)
    if ramp is not None:
        half_life = tf.minimum(half_life, ramp * batch_size * tf.cast(step, tf.float64))
    # At a half-life of 0, before the first step, the average is the generator itself.
    return tf.where(half_life > 0, 2.0 ** (-batch_size / tf.maximum(half_life, 1e-8)), 0.0)


def follow(averages: list[keras.Model], generators: list[keras.Model], decay) -> None:
    """Moves each average towards its generator: m <- decay m + (1 - decay) w.

    Args:
        averages: what `copies` returned, or nothing, where none are kept.
        generators: the networks themselves, after an update.
        decay: of this step, in [0, 1).
    """
    for average, generator in zip(averages, generators, strict=False):
        for mean, weight in zip(average.weights, generator.weights, strict=True):
            # Batch statistics are moving averages already, and are copied.
            rate = 1.0 - decay if weight.trainable else 1.0
            mean.assign_add(tf.cast(rate, mean.dtype) * (weight - mean))
