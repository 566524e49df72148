"""The fully connected pair of GAN (Goodfellow et al., 2014, arXiv:1406.2661).

The paper names the kinds of layer, and the authors' code for MNIST has their sizes. Both networks
work in [0, 1], and convert at the edge: images are in [-1, 1] outside.
"""

import math

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.images.ranges import from_unit, to_unit
from ganzoo.layers import KeyedDropout, Maxout
from ganzoo.networks.blocks import full_precision


def check_image_shape(image_shape: tuple[int, int, int]) -> None:
    """Raises InputError if it is not (height, width, 1 or 3)."""
    is_shape = isinstance(image_shape, (tuple, list)) and len(image_shape) == 3
    if not is_shape or min(image_shape) < 1 or image_shape[-1] not in (1, 3):
        raise InputError(
            "An image's shape is (height, width, channels), channels 1 or 3. "
            f"Received: image_shape={image_shape}"
        )


def generator(
    image_shape: tuple[int, int, int], latent_dim: int, units: int, output_bias: float, dtype=None
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images `(batch, height, width, channels)` in [-1, 1].

    Two rectified layers, then a sigmoid for every value of the image. The layer of these is named
    `"pixels"`, and its biases begin at `output_bias`.
    """
    latents = keras.Input((latent_dim,), name="latents")
    x = latents
    for _ in range(2):
        x = layers.Dense(units, "relu", kernel_initializer=uniform(0.05), dtype=dtype)(x)
    return keras.Model(latents, to_images(x, image_shape, output_bias, dtype), name="generator")


def discriminator(
    image_shape: tuple[int, int, int], maxout_units: int, maxout_pieces: int, dtype=None
) -> keras.Model:
    """Images `(batch, height, width, channels)` and keys `(batch,)` to logits `(batch, 1)`.

    Two layers of maxout units, with dropout on the image (0.2) and after each layer (0.5). An
    image's key, int64, is what its dropout is drawn from in training.
    """
    images = keras.Input(image_shape, name="images")
    keys = keras.Input((), dtype="int64", name="keys")
    x = layers.Flatten(dtype=dtype)(to_unit(images))
    x = KeyedDropout(0.2, "pixels", dtype=dtype)(x, keys)
    for stream in ("first", "second"):
        x = maxout(x, maxout_units, maxout_pieces, dtype)
        x = KeyedDropout(0.5, stream, dtype=dtype)(x, keys)
    return keras.Model([images, keys], to_logits(x, dtype), name="discriminator")


def uniform(limit: float) -> keras.initializers.Initializer:
    """Returns a new U(-limit, limit) initializer: one given to two layers makes equal kernels."""
    return keras.initializers.RandomUniform(-limit, limit)


def maxout(x: keras.KerasTensor, units: int, pieces: int, dtype) -> keras.KerasTensor:
    """A layer of maxout units that are the maximum of `pieces` linear ones each."""
    x = layers.Dense(units * pieces, kernel_initializer=uniform(0.005), dtype=dtype)(x)
    return Maxout(pieces, dtype=dtype)(x)


def to_images(
    x: keras.KerasTensor, image_shape: tuple[int, int, int], output_bias: float, dtype
) -> keras.KerasTensor:
    """A generator's last layer, in full precision: a sigmoid for every value of the image."""
    dtype = full_precision(dtype)
    pixels = layers.Dense(
        math.prod(image_shape), "sigmoid", kernel_initializer=uniform(0.05),
        bias_initializer=keras.initializers.Constant(output_bias), dtype=dtype, name="pixels",
    )(x)  # fmt: skip
    return from_unit(layers.Reshape(image_shape, dtype=dtype, name="images")(pixels))


def to_logits(x: keras.KerasTensor, dtype) -> keras.KerasTensor:
    """A discriminator's last layer, in full precision."""
    return layers.Dense(
        1, kernel_initializer=uniform(0.005), dtype=full_precision(dtype), name="logits"
    )(x)
