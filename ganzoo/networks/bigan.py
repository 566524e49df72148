"""The fully connected networks of BiGAN (Donahue et al., 2016, arXiv:1605.09782), for MNIST.

As in the authors' code: no layer has a bias, and batch normalisation has neither gain nor bias.
They work in [0, 1] and convert at the edge: images are in [-1, 1] outside.
"""

import math

import keras
from keras import layers

from ganzoo.images.ranges import from_unit, to_unit
from ganzoo.layers import BatchNormalization
from ganzoo.networks.blocks import full_precision, normal


def generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    units: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images `(batch, height, width, channels)` in [-1, 1].

    Two rectified layers, of which the second sees the latents again, then a sigmoid for every value
    of the image: 1,953,792 weights at 28x28x1 with 50 latents and 1,024 `units`.
    """
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = _normalised(_dense(units, dtype)(latents), dtype, sync_batch_norm)
    x = layers.ReLU(dtype=dtype)(x)
    x = layers.Add(dtype=dtype)([_dense(units, dtype)(x), _dense(units, dtype)(latents)])
    x = layers.ReLU(dtype=dtype)(_normalised(x, dtype, sync_batch_norm))
    pixels = _dense(math.prod(image_shape), full_precision(dtype), "sigmoid")(x)
    images = layers.Reshape(image_shape, dtype=full_precision(dtype), name="images")(pixels)
    return keras.Model(latents, from_unit(images), name="generator")


def encoder(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    units: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images to latents in [-1, 1]: 1,902,592 weights at 28x28x1 with 50 and 1,024 `units`."""
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    x = _rectified(images, units, dtype)
    x = _normalised(_dense(units, dtype)(x), dtype, sync_batch_norm)
    x = layers.LeakyReLU(0.2, dtype=dtype)(x)
    shares = _dense(latent_dim, full_precision(dtype), "sigmoid", "shares")(x)
    return keras.Model(images, from_unit(shares), name="encoder")


def discriminator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    units: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images and latents to logits `(batch, 1)`; positive means an image and its encoding.

    1,903,616 weights at 28x28x1 with 50 latents and 1,024 `units`.
    """
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = _rectified(images, units, dtype)
    x = layers.Add(dtype=dtype)([_dense(units, dtype)(x), _dense(units, dtype)(latents)])
    x = layers.LeakyReLU(0.2, dtype=dtype)(_normalised(x, dtype, sync_batch_norm))
    logits = _dense(1, full_precision(dtype), name="logits")(x)
    return keras.Model([images, latents], logits, name="discriminator")


def _rectified(images, units, dtype):
    """The first layer over an image, without normalisation."""
    x = _dense(units, dtype)(layers.Flatten(dtype=dtype)(to_unit(images)))
    return layers.LeakyReLU(0.2, dtype=dtype)(x)


def _normalised(x, dtype, synchronized):
    return BatchNormalization(
        momentum=0.9, epsilon=1e-8, center=False, scale=False, synchronized=synchronized,
        dtype=dtype,
    )(x)  # fmt: skip


def _dense(units, dtype, activation=None, name=None):
    return layers.Dense(
        units, activation, use_bias=False, kernel_initializer=normal(), dtype=dtype, name=name
    )
