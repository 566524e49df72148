"""The networks of CAAE (Zhang, Song and Qi, 2017, arXiv:1702.08423), as in the authors' code.

Labels are one-hot vectors of -1 and 1, repeated so that they weigh as much as the latents. A class
is an age, or an age and a gender: `age * genders + gender`. 128x128 images with 10 ages and 2
genders have the paper's numbers of weights, which are below.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization, OneHotLabels
from ganzoo.networks.blocks import full_precision, normal
from ganzoo.networks.dcgan import doublings


def encoder(
    image_shape: tuple[int, int, int], latent_dim: int, filters: int, dtype=None
) -> keras.Model:
    """Images to latents in [-1, 1]: 18,234,034 weights with 50 latents and 64 `filters`."""
    _, count = doublings(image_shape)
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    x = images
    for level in range(count):
        x = layers.ReLU(dtype=dtype)(_down(filters * 2**level, dtype)(x))
    x = layers.Flatten(dtype=dtype)(x)
    latents = layers.Dense(
        latent_dim, "tanh", kernel_initializer=normal(), dtype=full_precision(dtype), name="latents"
    )(x)
    return keras.Model(images, latents, name="encoder")


def generator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    genders: int,
    latent_dim: int,
    filters: int,
    dtype=None,
) -> keras.Model:
    """Latents and labels to images in [-1, 1]: 19,948,195 weights."""
    base, count = doublings(image_shape)
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    labels = keras.Input((), dtype="int64", name="labels")
    ages = num_classes // genders
    parts = [latents]
    for one_hot, size in zip(
        _one_hots(labels, ages, genders, dtype), (ages, genders), strict=False
    ):
        parts.append(_repeated(one_hot, max(1, latent_dim // size), dtype))
    x = layers.Concatenate(dtype=dtype)(parts)
    width = filters * 2 ** (count - 1)
    x = layers.Dense(base * base * width, kernel_initializer=normal(), dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(layers.Reshape((base, base, width), dtype=dtype)(x))
    for level in range(1, count + 1):
        x = layers.ReLU(dtype=dtype)(_up(max(1, width // 2**level), 2, dtype)(x))
    x = layers.ReLU(dtype=dtype)(_up(max(1, filters // 4), 1, dtype)(x))
    x = _up(image_shape[-1], 1, dtype)(x)
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model([latents, labels], images, name="generator")


def image_discriminator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    genders: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images and labels to logits `(batch, 1)`: 8,677,137 weights with 16 `filters`.

    The label joins behind the first convolution, as maps of one value each.
    """

    def rectified(x):
        return layers.ReLU(dtype=dtype)(_normalised(x, dtype, sync_batch_norm))

    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    labels = keras.Input((), dtype="int64", name="labels")
    x = rectified(_down(filters, dtype)(images))
    _, height, width, _ = x.shape
    ages = num_classes // genders
    parts = [x]
    for one_hot, times in zip(_one_hots(labels, ages, genders, dtype), (1, 5), strict=False):
        spread = _repeated(one_hot, times, dtype)
        spread = layers.Reshape((1, 1, spread.shape[-1]), dtype=dtype)(spread)
        parts.append(layers.UpSampling2D((height, width), dtype=dtype)(spread))
    x = layers.Concatenate(dtype=dtype)(parts)
    for factor in (2, 4, 8):
        x = rectified(_down(factor * filters, dtype)(x))
    x = layers.Dense(64 * filters, kernel_initializer=normal(), dtype=dtype)(
        layers.Flatten(dtype=dtype)(x)
    )
    x = layers.LeakyReLU(0.2, dtype=dtype)(x)
    return keras.Model([images, labels], _logits(dtype)(x), name="discriminator")


def latent_discriminator(latent_dim: int, dtype=None, sync_batch_norm: bool = False) -> keras.Model:
    """Latents to logits `(batch, 1)`; positive means of the prior. 6,001 weights of 50 latents."""
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = latents
    for units in (64, 32, 16):
        x = layers.Dense(units, kernel_initializer=normal(), dtype=dtype)(x)
        x = layers.ReLU(dtype=dtype)(_normalised(x, dtype, sync_batch_norm))
    return keras.Model(latents, _logits(dtype)(x), name="latent_discriminator")


def _one_hots(labels, ages, genders, dtype):
    """Vectors of -1 and 1: of the age, and of the gender where there are any."""
    one_hot = OneHotLabels(ages * genders, dtype=dtype)(labels)
    if genders == 1:
        return [_signed(one_hot, dtype)]
    table = layers.Reshape((ages, genders), dtype=dtype)(one_hot)
    return [_signed(keras.ops.sum(table, axis=axis), dtype) for axis in (2, 1)]


def _signed(one_hot, dtype):
    return layers.Rescaling(2.0, -1.0, dtype=dtype)(one_hot)


def _repeated(x, times, dtype):
    return layers.Concatenate(dtype=dtype)([x] * times) if times > 1 else x


def _down(width, dtype):
    return layers.Conv2D(
        width, 5, strides=2, padding="same", kernel_initializer=normal(), dtype=dtype
    )


def _up(width, strides, dtype):
    return layers.Conv2DTranspose(
        width, 5, strides=strides, padding="same", kernel_initializer=normal(), dtype=dtype
    )


def _normalised(x, dtype, synchronized):
    return BatchNormalization(
        momentum=0.9, epsilon=1e-5, scale=False, synchronized=synchronized, dtype=dtype
    )(x)


def _logits(dtype):
    return layers.Dense(1, kernel_initializer=normal(), dtype=full_precision(dtype), name="logits")
