"""The convolutional pair of DCGAN (Radford et al., 2015, arXiv:1511.06434, section 3).

The widths are those of the authors' second code base, dcgan.torch, for `filters=64` and
`kernel_size=4`; `filters=128` and `kernel_size=5` give the paper's figure 1.
"""

from collections.abc import Callable

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.networks.blocks import batch_normalisation, full_precision, normal


def doublings(image_shape: tuple[int, int, int]) -> tuple[int, int]:
    """Returns `(base, count)`: the side is `base`, 4, 5 or 7, doubled `count` times.

    Raises:
        InputError: if `image_shape` is no such square or has neither 1 nor 3 channels.
    """
    is_shape = isinstance(image_shape, (tuple, list)) and len(image_shape) == 3
    height, width, channels = image_shape if is_shape else (0, 0, 0)
    base, count = height, 0
    while base % 2 == 0 and base > 4:
        base, count = base // 2, count + 1
    if height != width or base not in (4, 5, 7) or count < 1 or channels not in (1, 3):
        raise InputError(
            "These networks make square images of side 4, 5 or 7 times a power of two (28, 32, 40, "
            f"56, 64, 128, ...) with 1 or 3 channels. Received: image_shape={image_shape}"
        )
    return base, count


def generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    kernel_size: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images `(batch, height, width, channels)` in [-1, 1].

    A projection to a 4x4 (5x5, 7x7) map, then fractionally-strided convolutions that double the
    side: batch normalisation and ReLU after each but the last, which ends in tanh.
    """
    base, count = doublings(image_shape)
    widths = [filters * 2**level for level in reversed(range(count))]
    latents = keras.Input((latent_dim,), name="latents")
    x = layers.Dense(
        base * base * widths[0], use_bias=False, kernel_initializer=normal(), dtype=dtype
    )(latents)
    x = layers.Reshape((base, base, widths[0]), dtype=dtype)(x)
    x = layers.ReLU(dtype=dtype)(batch_normalisation(dtype, sync_batch_norm)(x))
    for width in widths[1:]:
        x = _up(width, kernel_size, dtype)(x)
        x = layers.ReLU(dtype=dtype)(batch_normalisation(dtype, sync_batch_norm)(x))
    x = _up(image_shape[-1], kernel_size, dtype)(x)
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model(latents, images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    filters: int,
    kernel_size: int,
    dtype=None,
    sync_batch_norm: bool = False,
    normalisation: Callable[[object], keras.layers.Layer] | None = None,
) -> keras.Model:
    """Images `(batch, height, width, channels)` to logits `(batch, 1)`; positive means real.

    Strided convolutions that halve the side down to 4x4 (5x5, 7x7), leaky ReLU of slope 0.2 after
    each, batch normalisation before it in all but the first; then one unit over the whole map.

    Args:
        image_shape, filters, kernel_size, dtype, sync_batch_norm: as in `DCGAN`.
        normalisation: takes a policy and returns a layer to normalise a map with, in place of batch
            normalisation.
    """

    def normalised(x):
        if normalisation is None:
            return batch_normalisation(dtype, sync_batch_norm)(x)
        return normalisation(dtype)(x)

    _, count = doublings(image_shape)
    images = keras.Input(image_shape, name="images")
    x = layers.LeakyReLU(0.2, dtype=dtype)(_down(filters, kernel_size, dtype)(images))
    for level in range(1, count):
        x = _down(filters * 2**level, kernel_size, dtype)(x)
        x = layers.LeakyReLU(0.2, dtype=dtype)(normalised(x))
    x = layers.Flatten(dtype=dtype)(x)
    logits = layers.Dense(
        1, use_bias=False, kernel_initializer=normal(), dtype=full_precision(dtype), name="logits"
    )(x)
    return keras.Model(images, logits, name="discriminator")


def _up(width, kernel_size, dtype):
    return layers.Conv2DTranspose(
        width, kernel_size, strides=2, padding="same", use_bias=False,
        kernel_initializer=normal(), dtype=dtype,
    )  # fmt: skip


def _down(width, kernel_size, dtype):
    return layers.Conv2D(
        width, kernel_size, strides=2, padding="same", use_bias=False,
        kernel_initializer=normal(), dtype=dtype,
    )  # fmt: skip
