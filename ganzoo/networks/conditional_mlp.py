"""The fully connected pair of CGAN (Mirza and Osindero, 2014, arXiv:1411.1784, section 4.1).

Both networks work in [0, 1], and convert at the edge: images are in [-1, 1] outside. How weights
begin, which the paper does not say, is as in the authors' code of GAN.
"""

import math

import keras
from keras import layers

from ganzoo.images.ranges import to_unit
from ganzoo.layers import KeyedDropout, OneHotLabels
from ganzoo.networks.mlp import maxout, to_images, to_logits, uniform


def generator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    latent_dim: int,
    units: tuple[int, int, int],
    dtype=None,
) -> keras.Model:
    """Latents `(batch, latent_dim)`, labels and keys `(batch,)` to images in [-1, 1].

    A rectified layer for the latents, another for the label, and one for both together, each with
    dropout; then a sigmoid for every value of the image.

    Args:
        image_shape: (height, width, channels).
        num_classes: labels are 0 to num_classes - 1.
        latent_dim: length of a row of latents.
        units: of the layer for the latents, of that for the label, and of the joint one.
        dtype: what the layers but the last compute in.
    """
    latents = keras.Input((latent_dim,), name="latents")
    labels = keras.Input((), dtype="int64", name="labels")
    keys = keras.Input((), dtype="int64", name="keys")

    def rectified(x, width, stream):
        x = layers.Dense(width, "relu", kernel_initializer=uniform(0.05), dtype=dtype)(x)
        return KeyedDropout(0.5, stream, dtype=dtype)(x, keys)

    # Positive numbers alone would soon leave nearly all of the layer's units dead.
    centred = layers.Rescaling(math.sqrt(12.0), -math.sqrt(3.0), dtype=dtype)(latents)
    of_latents = rectified(centred, units[0], "latents")
    of_label = rectified(OneHotLabels(num_classes, dtype=dtype)(labels), units[1], "label")
    joint = layers.Concatenate(dtype=dtype)([of_latents, of_label])
    images = to_images(rectified(joint, units[2], "joint"), image_shape, 0.0, dtype)
    return keras.Model([latents, labels, keys], images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    maxout_units: tuple[int, int, int],
    dtype=None,
) -> keras.Model:
    """Images `(batch, height, width, channels)`, labels and keys `(batch,)` to logits `(batch, 1)`.

    Maxout layers for the image (5 pieces), for the label (5) and for both together (4), each with
    dropout.

    Args:
        image_shape, num_classes, dtype: as in `generator`.
        maxout_units: of the layer for the image, of that for the label, and of the joint one.
    """
    images = keras.Input(image_shape, name="images")
    labels = keras.Input((), dtype="int64", name="labels")
    keys = keras.Input((), dtype="int64", name="keys")

    def dropped(x, stream):
        return KeyedDropout(0.5, stream, dtype=dtype)(x, keys)

    pixels = layers.Flatten(dtype=dtype)(to_unit(images))
    of_image = dropped(maxout(pixels, maxout_units[0], 5, dtype), "image")
    label = OneHotLabels(num_classes, dtype=dtype)(labels)
    of_label = dropped(maxout(label, maxout_units[1], 5, dtype), "label")
    joint = layers.Concatenate(dtype=dtype)([of_image, of_label])
    joint = dropped(maxout(joint, maxout_units[2], 4, dtype), "joint")
    return keras.Model([images, labels, keys], to_logits(joint, dtype), name="discriminator")
