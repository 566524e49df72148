"""What the convolutional networks have in common: how weights begin and how maps are normalised."""

import keras

from ganzoo import layers


def full_precision(dtype=None) -> str:
    """Returns what a network's last layer computes in: float32, or float64 where all is in that."""
    return keras.dtype_policies.get(dtype).variable_dtype


def normal(mean: float = 0.0, deviation: float = 0.02) -> keras.initializers.Initializer:
    """Returns a new normal initializer: one given to two layers makes identical kernels."""
    return keras.initializers.RandomNormal(mean, deviation)


def batch_normalisation(dtype=None, synchronized: bool = False) -> keras.layers.Layer:
    """DCGAN's (arXiv:1511.06434): a gain from N(1, 0.02), and moving averages at inference.

    Args:
        dtype: the layer's policy.
        synchronized: whether the batch is the global one, where training has several replicas.
    """
    return layers.BatchNormalization(
        momentum=0.9, epsilon=1e-5, gamma_initializer=normal(1.0), dtype=dtype,
        synchronized=synchronized,
    )  # fmt: skip


def layer_normalisation(dtype=None) -> keras.layers.Layer:
    """Layer normalisation of maps (arXiv:1607.06450), with a gain and a bias for each channel.

    The mean and the variance are of one image alone: what a penalty on an image's gradient needs.

    Args:
        dtype: the layer's policy.
    """
    return layers.LayerNormalization(gamma_initializer=normal(1.0), dtype=dtype)


def single_batch_normalisation(dtype=None, synchronized: bool = False) -> keras.layers.Layer:
    """Pix2Pix's (arXiv:1611.07004): a gain from N(1, 0.02), and no averages at inference either.

    Args:
        dtype, synchronized: as in `batch_normalisation`.
    """
    return layers.SingleBatchNormalization(
        gamma_initializer=normal(1.0), synchronized=synchronized, dtype=dtype
    )
