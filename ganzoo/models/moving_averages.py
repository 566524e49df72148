"""Exponential moving averages of generators, which then make samples and exports.

Keras's own (`use_ema` of an optimizer, the callback `SwapEMAWeights`) averages trainable weights
alone and swaps them in and out; these are networks that are always there, with batch statistics.
"""

import keras
import tensorflow as tf


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


def follow(averages: list[keras.Model], generators: list[keras.Model], decay: float) -> None:
    """Moves each average towards its generator: m <- decay m + (1 - decay) w.

    Args:
        averages: what `copies` returned, or nothing, where none are kept.
        generators: the networks themselves, after an update.
        decay: per step, in [0, 1).
    """
    for average, generator in zip(averages, generators, strict=False):
        for mean, weight in zip(average.weights, generator.weights, strict=True):
            # Batch statistics are moving averages already, and are copied.
            rate = 1.0 - decay if weight.trainable else 1.0
            mean.assign_add(tf.cast(rate, mean.dtype) * (weight - mean))
