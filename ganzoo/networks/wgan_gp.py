"""The convolutional networks of WGAN-GP for MNIST and CIFAR-10.

Gulrajani et al. (2017, arXiv:1704.00028), as in the authors' code; their residual networks are in
`resnet_gan.py`.
"""

import keras
from keras import layers

from ganzoo.networks.blocks import full_precision
from ganzoo.networks.dcgan import doublings
from ganzoo.networks.resnet_gan import batch_normalisation, he_uniform


def mnist_generator(
    image_shape: tuple[int, int, int], latent_dim: int, filters: int, dtype=None
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images in [-1, 1], without normalisation.

    A dense layer to a 4x4 map, and 5x5 fractionally-strided convolutions that double the side; of
    an image whose side is 7 times a power of two the map of 8x8 is cropped to 7x7. At 28x28x1 it
    has 1,554,177 weights with 64 `filters`.
    """
    return _generator(image_shape, latent_dim, filters, lambda x: x, dtype)


def dcgan_generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """The same with batch normalisation before each ReLU.

    The dense layer's is per unit. At 32x32x3 it has 5,179,907 weights with 128 `filters`.
    """
    return _generator(
        image_shape, latent_dim, filters,
        lambda x: batch_normalisation(dtype, sync_batch_norm)(x), dtype,
    )  # fmt: skip


def _generator(image_shape, latent_dim, filters, normalise, dtype):
    widths = [filters * 2**level for level in reversed(range(_halvings(image_shape)))]
    base, _ = doublings(image_shape)
    side = 5 if base == 5 else 4
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = layers.Dense(side * side * widths[0], kernel_initializer=he_uniform(), dtype=dtype)(latents)
    x = layers.ReLU(dtype=dtype)(normalise(x))  # per unit
    x = layers.Reshape((side, side, widths[0]), dtype=dtype)(x)
    for width in widths[1:]:
        x = _cropped(_up(width, dtype)(x), base, dtype)
        x = layers.ReLU(dtype=dtype)(normalise(x))
    x = _cropped(_up(image_shape[-1], dtype)(x), base, dtype)
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model(latents, images, name="generator")


def _up(width, dtype):
    return layers.Conv2DTranspose(
        width, 5, strides=2, padding="same", kernel_initializer=he_uniform(), dtype=dtype
    )


def _cropped(x, base, dtype):
    """A map of 8x8 as one of 7x7, where the image is a multiple of that."""
    if base != 7 or x.shape[1] != 8:
        return x
    return layers.Cropping2D(((0, 1), (0, 1)), dtype=dtype)(x)


def critic(image_shape: tuple[int, int, int], filters: int, dtype=None) -> keras.Model:
    """Images to scores `(batch, 1)`: strided 5x5 convolutions, leaky ReLU of slope 0.2 after each.

    With 64 `filters` 1,030,144 weights at 28x28x1, with 128 4,114,688 at 32x32x3: each without the
    last layer's bias, which cancels in the loss.
    """
    images = x = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    for level in range(_halvings(image_shape)):
        x = layers.Conv2D(
            filters * 2**level, 5, strides=2, padding="same", kernel_initializer=he_uniform(),
            dtype=dtype,
        )(x)  # fmt: skip
        x = layers.LeakyReLU(0.2, dtype=dtype)(x)
    scores = layers.Dense(1, use_bias=False, dtype=full_precision(dtype), name="scores")
    return keras.Model(images, scores(layers.Flatten(dtype=dtype)(x)), name="discriminator")


def _halvings(image_shape):
    """How often the side is halved on its way to a 4x4 map (5x5)."""
    base, count = doublings(image_shape)
    return count + (base == 7)
