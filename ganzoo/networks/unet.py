"""The U-Net generator of Pix2Pix (Isola et al., 2017, arXiv:1611.07004, sections 3.2.1, 6.1.1)."""

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import KeyedDropout
from ganzoo.networks.blocks import full_precision, normal, single_batch_normalisation

MAX_DEPTH = 8  # 256 pixels down to one


def check(image_shape: tuple[int, int, int], depth: int) -> None:
    """Raises InputError if images of `image_shape` cannot be halved `depth` times."""
    height, width = image_shape[:2]
    if depth < 2:
        raise InputError(f"A U-Net's depth must be at least 2. Received: {depth}")
    if min(height, width) < 2**depth or height % 2**depth or width % 2**depth:
        fitting = [d for d in range(2, MAX_DEPTH + 1) if not (height % 2**d or width % 2**d)]
        advice = f", or depth={fitting[-1]}" if fitting else ""
        raise InputError(
            f"A U-Net of depth {depth} needs sides that are multiples of {2**depth}{advice}. "
            f"Received: image_shape={image_shape}"
        )


def default_depth(image_shape: tuple[int, int, int]) -> int:
    """Returns how often the shorter side can be halved until it is one pixel, at most 8 times."""
    return min(MAX_DEPTH, min(image_shape[:2]).bit_length() - 1)


def generator(
    input_channels: int,
    output_channels: int,
    depth: int,
    filters: int,
    dropout: float,
    dropout_levels: tuple[int, ...] = (1, 2, 3),
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images and dropout keys, int64 `(batch,)`, to images of the same size in [-1, 1].

    `depth` strided 4x4 convolutions, from `filters` maps on doubling up to 8 times, then as many
    transposed ones; each of these but the first sees the encoder's map of its size as well (the
    skip connections). Leaky ReLU of slope 0.2 in the encoder, ReLU in the decoder, tanh at the end.
    Every map is normalised but the first, the innermost and the last; some of the decoder have
    dropout, at inference too: it is the noise z of the paper.

    The images' sides are multiples of `2 ** depth`; beyond that any size will do.

    Args:
        input_channels, output_channels: of the images.
        depth: how many halvings.
        filters: maps of the first layer.
        dropout: rate of the dropout.
        dropout_levels: which layers of the decoder have it, 1 being the innermost.
        dtype: the layers' policy.
        sync_batch_norm: whether batch statistics are those of the global batch.
    """
    images = keras.Input((None, None, input_channels), name="images")
    keys = keras.Input((), dtype="int64", name="dropout_keys")

    def normalised(x):
        return single_batch_normalisation(dtype, sync_batch_norm)(x)

    widths = [filters * min(2**level, 8) for level in range(depth)]
    encoded = []
    x = images
    for level, width in enumerate(widths):
        if level > 0:
            x = layers.LeakyReLU(0.2, dtype=dtype)(x)
        x = layers.Conv2D(
            width, 4, 2, "same", use_bias=False, kernel_initializer=normal(), dtype=dtype
        )(x)
        if 0 < level < depth - 1:
            x = normalised(x)
        encoded.append(x)

    for level in reversed(range(1, depth)):
        x = layers.ReLU(dtype=dtype)(x)
        x = layers.Conv2DTranspose(
            widths[level - 1], 4, 2, "same", use_bias=False, kernel_initializer=normal(),
            dtype=dtype,
        )(x)  # fmt: skip
        x = normalised(x)
        if depth - level in dropout_levels:
            x = KeyedDropout(dropout, f"level_{level}", at_inference=True, dtype=dtype)(x, keys)
        x = layers.Concatenate(dtype=dtype)([x, encoded[level - 1]])

    x = layers.ReLU(dtype=dtype)(x)
    x = layers.Conv2DTranspose(
        output_channels, 4, 2, "same", kernel_initializer=normal(), dtype=dtype
    )(x)
    outputs = layers.Activation("tanh", dtype=full_precision(dtype), name="outputs")(x)
    return keras.Model([images, keys], outputs, name="generator")
