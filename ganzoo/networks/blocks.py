"""What the convolutional networks have in common: how weights begin and how maps are normalised."""

import keras

from ganzoo import layers


def normal(mean: float = 0.0) -> keras.initializers.Initializer:
    """Returns a new N(mean, 0.02) initializer: one given to two layers makes identical kernels."""
    return keras.initializers.RandomNormal(mean, 0.02)


def batch_normalisation(dtype=None) -> keras.layers.Layer:
    """DCGAN's (arXiv:1511.06434): a gain from N(1, 0.02), and moving averages at inference."""
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, gamma_initializer=normal(1.0), dtype=dtype
    )
