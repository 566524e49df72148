"""The networks of AnimeGAN (Jin et al., 2017, arXiv:1708.05509, figures 4 and 5).

An SRResNet generator, and a discriminator of residual blocks without normalisation that ends in a
score and a logit for each tag.
"""

import math

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import PixelShuffle
from ganzoo.networks.blocks import batch_normalisation, full_precision, normal
from ganzoo.networks.conditional_dcgan import label_input


def check(image_shape: tuple[int, int, int], shuffles: int) -> None:
    """Raises InputError for images that the generator cannot make."""
    is_shape = isinstance(image_shape, (tuple, list)) and len(image_shape) == 3
    height, width, channels = image_shape if is_shape else (0, 0, 0)
    is_square = height == width and height >= 4
    if not is_square or shuffles < 1 or height % 2**shuffles or channels not in (1, 3):
        raise InputError(
            "These networks make square images with 1 or 3 channels, whose side is at least 4 and "
            "can be halved as often as there are shuffles, at least once. "
            f"Received: image_shape={image_shape}, shuffles={shuffles}"
        )


def generator(
    image_shape: tuple[int, int, int],
    label_size: int,
    has_classes: bool,
    latent_dim: int,
    filters: int,
    blocks: int,
    shuffles: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` and labels to images in [-1, 1].

    A dense layer to a small map, residual blocks, and a skip around all of them; then convolutions
    whose channels become pixels, and a 9x9 convolution and tanh.

    Args:
        image_shape, latent_dim, filters, blocks, shuffles, dtype, sync_batch_norm: as in
            `AnimeGAN`.
        label_size: the number of classes, or of attributes.
        has_classes: whether labels are classes, integers `(batch,)`, and not vectors of attributes,
            floats `(batch, label_size)`.
    """
    check(image_shape, shuffles)
    base = image_shape[0] // 2**shuffles

    def normalised(x):
        return batch_normalisation(dtype, sync_batch_norm)(x)

    def rectified(x):
        return layers.ReLU(dtype=dtype)(normalised(x))

    def convolved(x, width, side=3):
        return _convolution(width, side, 1, 0.02, dtype)(x)

    latents = keras.Input((latent_dim,), name="latents")
    labels, tags = label_input(label_size, has_classes, dtype)
    x = layers.Concatenate(dtype=dtype)([latents, tags])
    x = layers.Dense(base * base * filters, kernel_initializer=normal(), dtype=dtype)(x)
    x = first = rectified(layers.Reshape((base, base, filters), dtype=dtype)(x))
    for _ in range(blocks):
        y = normalised(convolved(rectified(convolved(x, filters)), filters))
        x = layers.Add(dtype=dtype)([x, y])
    x = layers.Add(dtype=dtype)([rectified(x), first])
    for _ in range(shuffles):
        x = rectified(PixelShuffle(dtype=dtype)(convolved(x, 4 * filters)))
    x = convolved(x, image_shape[-1], 9)
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model([latents, labels], images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    label_size: int,
    filters: int,
    blocks: int,
    deviation: float,
    dtype=None,
) -> keras.Model:
    """Images to `[logits, tags]`: a logit `(batch, 1)`, and one of each tag `(batch, label_size)`.

    Strided convolutions that halve the side down to 2x2 and double the width, with residual
    blocks between them, and leaky ReLU of slope 0.2 after each.

    Args:
        image_shape: squares of side 4 or more.
        label_size: the number of classes, or of attributes.
        filters: width of the first layer.
        blocks: residual blocks between two halvings.
        deviation: of its new weights.
        dtype: the layers' policy.
    """

    def leaky(x):
        return layers.LeakyReLU(0.2, dtype=dtype)(x)

    def convolved(x, width, side, stride=1):
        return _convolution(width, side, stride, deviation, dtype)(x)

    images = keras.Input(image_shape, name="images")
    x = leaky(convolved(images, filters, 4, 2))
    for level in range(1, halvings(image_shape[0])):
        width = filters * 2 ** (level - 1)
        for _ in range(blocks):
            y = convolved(leaky(convolved(x, width, 3)), width, 3)
            x = leaky(layers.Add(dtype=dtype)([x, y]))
        x = leaky(convolved(x, 2 * width, 4, 2))
    x = layers.Flatten(dtype=dtype)(x)
    heads = [
        layers.Dense(
            size, kernel_initializer=normal(0.0, deviation), dtype=full_precision(dtype), name=name
        )(x)
        for size, name in ((1, "logits"), (label_size, "tags"))
    ]
    return keras.Model(images, heads, name="discriminator")


def halvings(side: int) -> int:
    """Returns how often a side is halved, rounding up, until it is 2."""
    return math.ceil(math.log2(side)) - 1


def _convolution(width, side, stride, deviation, dtype):
    return layers.Conv2D(
        width, side, strides=stride, padding="same", kernel_initializer=normal(0.0, deviation),
        dtype=dtype,
    )  # fmt: skip
