"""The fully connected pair of DRAGAN (Kodali et al., 2017, arXiv:1705.07215), from its MNIST code.

Both networks work in [0, 1], and convert at the edge: images are in [-1, 1] outside.
"""

import math

import keras
from keras import layers

from ganzoo.images.ranges import from_unit, to_unit
from ganzoo.networks.blocks import full_precision


def generator(
    image_shape: tuple[int, int, int], latent_dim: int, units: int, dtype=None
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images `(batch, height, width, channels)` in [-1, 1].

    A rectified layer, then a sigmoid for every value of the image.
    """
    latents = keras.Input((latent_dim,), name="latents")
    x = _dense(units, dtype, "relu")(latents)
    pixels = _dense(math.prod(image_shape), full_precision(dtype), "sigmoid")(x)
    images = layers.Reshape(image_shape, dtype=full_precision(dtype), name="images")(pixels)
    return keras.Model(latents, from_unit(images), name="generator")


def discriminator(image_shape: tuple[int, int, int], units: int, dtype=None) -> keras.Model:
    """Images `(batch, height, width, channels)` to logits `(batch, 1)`; positive means real.

    A rectified layer, then one unit.
    """
    images = keras.Input(image_shape, name="images")
    x = layers.Flatten(dtype=dtype)(to_unit(images))
    x = _dense(units, dtype, "relu")(x)
    logits = _dense(1, full_precision(dtype), name="logits")(x)
    return keras.Model(images, logits, name="discriminator")


def _dense(units, dtype, activation=None, name=None):
    """A dense layer whose weights begin as N(0, 2 / inputs)."""
    initializer = keras.initializers.VarianceScaling(2.0, "fan_in", "untruncated_normal")
    return layers.Dense(units, activation, kernel_initializer=initializer, dtype=dtype, name=name)
