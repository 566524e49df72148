"""The residual networks of WGAN-GP, which SN-GAN and the projection GAN have too.

Gulrajani et al. (2017, arXiv:1704.00028, appendix C), as in their code. An image's side is 4, 5 or
7 times a power of two; the paper's are 32 and 64.

What differs between the papers is given as functions: `normalise(x)` in the generator's blocks, and
`convolve(filters, kernel_size)`, which makes a layer, in the discriminator. A 1x1 convolution
commutes with resizing, so that of a shortcut comes where its map is smaller; the result is the
same.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization, LayerNormalization
from ganzoo.networks.blocks import full_precision
from ganzoo.networks.dcgan import doublings

_PLAIN_FROM = 8  # the side up to which the 32x32 discriminator halves its maps


def he_uniform() -> keras.initializers.Initializer:
    """Returns a new uniform initializer of variance 2 / mean(fan in, fan out), of convolutions."""
    return keras.initializers.VarianceScaling(2.0, "fan_avg", "uniform")


def convolution(filters: int, kernel_size: int, dtype=None, use_bias: bool = True):
    """A convolution that keeps the size; those of 1x1, on shortcuts, begin at half the variance."""
    initializer = he_uniform() if kernel_size > 1 else "glorot_uniform"
    return layers.Conv2D(
        filters, kernel_size, padding="same", use_bias=use_bias, kernel_initializer=initializer,
        dtype=dtype,
    )  # fmt: skip


def batch_normalisation(dtype=None, synchronized: bool = False) -> keras.layers.Layer:
    """The generators': a gain that begins at 1, and moving averages at inference."""
    return BatchNormalization(momentum=0.9, epsilon=1e-5, synchronized=synchronized, dtype=dtype)


# Generators.


def images_of(
    latents,
    image_shape: tuple[int, int, int],
    widths: list[int],
    inner_bias: bool,
    dtype=None,
    sync_batch_norm: bool = False,
    normalise=None,
):
    """Latents to images in [-1, 1]: a dense layer, an up block for each doubling, tanh.

    Args:
        latents: symbolic, `(batch, latent_dim)`.
        image_shape: (side, side, channels).
        widths: of the dense layer's map, then of each block.
        inner_bias: whether the first convolution of a block has a bias.
        dtype: the layers' policy.
        sync_batch_norm: see `GANModel`.
        normalise: a function of a map, for the blocks; left out, batch normalisation, which also
            comes before the last convolution.
    """

    def plain(x):
        return batch_normalisation(dtype, sync_batch_norm)(x)

    base, _ = doublings(image_shape)
    x = layers.Dense(base * base * widths[0], dtype=dtype)(latents)
    x = layers.Reshape((base, base, widths[0]), dtype=dtype)(x)
    for width in widths[1:]:
        x = _up_block(x, width, normalise or plain, inner_bias, dtype)
    x = layers.ReLU(dtype=dtype)(plain(x))
    x = layers.Conv2D(
        image_shape[-1], 3, padding="same", kernel_initializer="glorot_uniform", dtype=dtype
    )(x)
    return layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)


def _up_block(x, width, normalise, inner_bias, dtype):
    """Norm, ReLU, x2, conv, norm, ReLU, conv; beside it a 1x1 convolution of x, x2."""
    shortcut = layers.UpSampling2D(dtype=dtype)(convolution(width, 1, dtype)(x))
    x = layers.ReLU(dtype=dtype)(normalise(x))
    x = layers.UpSampling2D(dtype=dtype)(x)
    x = convolution(width, 3, dtype, inner_bias)(x)
    x = layers.ReLU(dtype=dtype)(normalise(x))
    return layers.Add(dtype=dtype)([convolution(width, 3, dtype)(x), shortcut])


def generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images, all maps of the same width.

    At 32x32 it has 1,204,483 weights with 128 `filters` (WGAN-GP), 4,276,739 with 256 (SN-GAN).
    """
    _, count = doublings(image_shape)
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    images = images_of(
        latents, image_shape, [filters] * (count + 1), inner_bias=True, dtype=dtype,
        sync_batch_norm=sync_batch_norm,
    )  # fmt: skip
    return keras.Model(latents, images, name="generator")


def growing_generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images, maps the wider the smaller they are, up to 8x.

    WGAN-GP's for 64x64 images, of 8,540,483 weights with 64 `filters`.
    """
    _, count = doublings(image_shape)
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    widths = _growing_widths(filters, count)
    images = images_of(
        latents, image_shape, [widths[-1], *reversed(widths)], inner_bias=False, dtype=dtype,
        sync_batch_norm=sync_batch_norm,
    )  # fmt: skip
    return keras.Model(latents, images, name="generator")


def _growing_widths(filters, count):
    """The width of each level, the largest map first."""
    return [filters * 2 ** min(level, 3) for level in range(count)]


# Discriminators.


def features_of(images, filters: int, convolve, dtype=None):
    """Images to their last map, `(batch, side, side, filters)` behind a ReLU, side 5 to 8.

    A block that halves the image, blocks that halve maps, and two that keep the size.

    Args:
        images: symbolic, `(batch, side, side, channels)`.
        filters: the width of all maps.
        convolve: makes a convolution of `(filters, kernel_size)` that keeps the size.
        dtype: the layers' policy.
    """
    x = _first_block(images, filters, convolve, dtype)
    while x.shape[1] > _PLAIN_FROM:
        x = _down_block(x, filters, convolve, dtype)
    for _ in range(2):
        x = layers.Add(dtype=dtype)([_convolved_twice(x, filters, convolve, dtype), x])
    return layers.ReLU(dtype=dtype)(x)


def _first_block(x, width, convolve, dtype):
    """Conv, ReLU, conv, /2, without a ReLU before the image; beside it the image, /2, 1x1."""
    shortcut = convolve(width, 1)(layers.AveragePooling2D(2, dtype=dtype)(x))
    x = layers.ReLU(dtype=dtype)(convolve(width, 3)(x))
    x = layers.AveragePooling2D(2, dtype=dtype)(convolve(width, 3)(x))
    return layers.Add(dtype=dtype)([x, shortcut])


def _down_block(x, width, convolve, dtype):
    shortcut = convolve(width, 1)(layers.AveragePooling2D(2, dtype=dtype)(x))
    x = layers.AveragePooling2D(2, dtype=dtype)(_convolved_twice(x, width, convolve, dtype))
    return layers.Add(dtype=dtype)([x, shortcut])


def _convolved_twice(x, width, convolve, dtype):
    """ReLU, conv, ReLU, conv; the first keeps the width of x."""
    x = convolve(x.shape[-1], 3)(layers.ReLU(dtype=dtype)(x))
    return convolve(width, 3)(layers.ReLU(dtype=dtype)(x))


def critic(image_shape: tuple[int, int, int], filters: int, dtype=None) -> keras.Model:
    """Images to scores `(batch, 1)`, all maps of the same width, and their mean at the end.

    At 32x32 it has 1,053,824 weights with 128 `filters`, without the last layer's bias, which
    cancels in the loss.
    """
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    x = features_of(images, filters, lambda *shape: convolution(*shape, dtype=dtype), dtype)
    x = layers.GlobalAveragePooling2D(dtype=dtype)(x)
    return keras.Model(images, _scores(dtype)(x), name="discriminator")


def growing_critic(image_shape: tuple[int, int, int], filters: int, dtype=None) -> keras.Model:
    """Images to scores `(batch, 1)`, maps the wider the smaller they are, with layer normalisation.

    WGAN-GP's for 64x64 images, of 7,491,840 weights with 64 `filters`, without the last layer's
    bias, which cancels in the loss.
    """
    _, count = doublings(image_shape)
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    x = convolution(filters, 3, dtype)(images)
    widths = _growing_widths(filters, count)
    for width in (*widths[1:], widths[-1]):
        shortcut = convolution(width, 1, dtype)(layers.AveragePooling2D(2, dtype=dtype)(x))
        inner = x.shape[-1]
        x = layers.ReLU(dtype=dtype)(LayerNormalization(dtype=dtype)(x))
        x = convolution(inner, 3, dtype, use_bias=False)(x)
        x = layers.ReLU(dtype=dtype)(LayerNormalization(dtype=dtype)(x))
        x = layers.AveragePooling2D(2, dtype=dtype)(convolution(width, 3, dtype)(x))
        x = layers.Add(dtype=dtype)([x, shortcut])
    return keras.Model(images, _scores(dtype)(layers.Flatten(dtype=dtype)(x)), name="discriminator")


def _scores(dtype):
    return layers.Dense(1, use_bias=False, dtype=full_precision(dtype), name="scores")
