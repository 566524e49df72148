"""The networks of ProGAN, which have all resolutions from the start.

Karras et al. (2018, arXiv:1710.10196, table 2). Level 0 is of 4x4 pixels, and each level doubles
the side. A network that has grown to some level is a functional model over layers of the whole one.

The maps of side s have min(filters, 2 * base / s) channels, with `base` 8192 in the paper.
"""

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import (
    ChannelBias,
    EqualizedConv2D,
    EqualizedDense,
    FadeIn,
    FIRBlur2D,
    MinibatchDeviation,
    PixelNormalization,
)
from ganzoo.networks.blocks import full_precision

_GAIN = 2**0.5  # He's, before a leaky ReLU


def levels_of(image_shape: tuple[int, int, int]) -> int:
    """Returns the level of the whole image: its side is 4 * 2^level.

    Raises:
        InputError: unless it is a square of 4, 8, 16, ... pixels, grey or RGB.
    """
    height, width, channels = image_shape
    level = max(width, 4).bit_length() - 3
    if height != width or width != 4 * 2**level or channels not in (1, 3):
        raise InputError(
            "image_shape must be a square with a side of 4, 8, 16, 32, ... and 1 or 3 channels. "
            f"Received: {tuple(image_shape)}"
        )
    return level


def width_of(side: int, filters: int, base: int) -> int:
    """Returns the channels of maps of a side."""
    return max(1, min(filters, 2 * base // side))


def generator(
    image_shape: tuple[int, int, int], latent_dim: int, filters: int, base: int, dtype=None
) -> keras.Model:
    """Latents `(batch, latent_dim)` to a list: the images of each level, the smallest first.

    Images are not bounded. At 1024x1024x3 it has 23,079,115 weights with `filters` 512 and `base`
    8192, at 32x32x3 with 128 and 4096 it has 1,296,908.
    """
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = PixelNormalization(dtype=dtype)(latents)
    images = []
    for level in range(levels_of(image_shape) + 1):
        side = 4 * 2**level
        width = width_of(side, filters, base)
        if level == 0:
            x = EqualizedDense(
                16 * width, gain=_GAIN / 4.0, use_bias=False, dtype=dtype, name="dense_4"
            )(x)
            x = layers.Reshape((4, 4, width), dtype=dtype)(x)
            x = _activated(ChannelBias(dtype=dtype)(x), dtype)
        else:
            x = layers.UpSampling2D(dtype=dtype)(x)
            x = _activated(_convolution(width, f"conv_{side}_0", dtype)(x), dtype)
        x = _activated(_convolution(width, f"conv_{side}_1", dtype)(x), dtype)
        to_rgb = EqualizedConv2D(
            image_shape[-1], 1, dtype=full_precision(dtype), name=f"to_rgb_{side}"
        )
        images.append(to_rgb(x))
    return keras.Model(latents, images, name="generator")


def _convolution(width, name, dtype):
    return EqualizedConv2D(width, 3, gain=_GAIN, dtype=dtype, name=name)


def _activated(x, dtype):
    return PixelNormalization(dtype=dtype)(layers.LeakyReLU(0.2, dtype=dtype)(x))


def discriminator(
    image_shape: tuple[int, int, int],
    filters: int,
    base: int,
    group_size: int,
    dtype=None,
    taps: tuple[int, ...] | None = None,
) -> keras.Model:
    """`[images, levels]`, `(batch, 1)` levels of growth, to scores `(batch, 1)`.

    Whatever the level, images have the full size: a smaller network sees means of their pixels. At
    1024x1024x3 it has 23,087,249 weights, at 32x32x3 1,298,689, with the generator's widths.

    Args:
        taps: of a filter of maps before their side is halved, as StyleGAN has it; None: of none.
    """
    count = levels_of(image_shape)
    made = {}
    for level in range(count + 1):
        side = 4 * 2**level
        width, below = (width_of(s, filters, base) for s in (side, side // 2))
        made[f"from_rgb_{side}"] = EqualizedConv2D(
            width, 1, gain=_GAIN, dtype=dtype, name=f"from_rgb_{side}"
        )
        if level:
            made[f"conv_{side}_0"] = _convolution(width, f"conv_{side}_0", dtype)
            made[f"conv_{side}_1"] = _convolution(below, f"conv_{side}_1", dtype)
            made[f"fade_in_{side}"] = FadeIn(level, dtype=dtype, name=f"fade_in_{side}")
    width, below = (width_of(s, filters, base) for s in (4, 2))
    made["deviation"] = MinibatchDeviation(group_size, dtype=dtype, name="deviation")
    made["conv_4"] = _convolution(width, "conv_4", dtype)
    made["dense_4"] = EqualizedDense(below, gain=_GAIN, dtype=dtype, name="dense_4")
    made["scores"] = EqualizedDense(1, dtype=full_precision(dtype), name="scores")
    return _judging(made.__getitem__, image_shape, count, lambda level: True, dtype, taps)


def discriminator_at(
    whole: keras.Model,
    level: int,
    is_fading: bool,
    dtype=None,
    taps: tuple[int, ...] | None = None,
) -> keras.Model:
    """Returns a discriminator as it is at a level, of the layers of the whole one.

    It takes `[images, levels]` with images of that level's side, 4 * 2^level.

    Args:
        whole: what `discriminator` returned.
        level: how far it has grown.
        is_fading: whether it is on its way there from the level below.
        dtype: the layers' policy.
        taps: those that `whole` was made with.
    """
    channels = whole.inputs[0].shape[-1]
    shape = (4 * 2**level, 4 * 2**level, channels)
    return _judging(
        whole.get_layer,
        shape,
        level,
        lambda other: is_fading and other == level,
        dtype,
        taps,
    )


def _judging(layer, image_shape, top, is_mixed, dtype, taps):
    """A discriminator of named layers, which below `top` mixes in smaller images, or does not."""
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    levels = keras.Input((1,), dtype=full_precision(dtype), name="levels")
    smaller = images
    leaky = {"negative_slope": 0.2, "dtype": dtype}
    x = layers.LeakyReLU(**leaky)(layer(f"from_rgb_{image_shape[0]}")(images))
    for level in range(top, 0, -1):
        side = 4 * 2**level
        x = layers.LeakyReLU(**leaky)(layer(f"conv_{side}_0")(x))
        x = x if taps is None else FIRBlur2D(taps, dtype=dtype)(x)
        x = layers.LeakyReLU(**leaky)(layer(f"conv_{side}_1")(x))
        x = layers.AveragePooling2D(2, dtype=dtype)(x)
        if is_mixed(level):
            smaller = layers.AveragePooling2D(2, dtype=full_precision(dtype))(smaller)
            low = layers.LeakyReLU(**leaky)(layer(f"from_rgb_{side // 2}")(smaller))
            x = layer(f"fade_in_{side}")([low, x, levels])
    x = layers.LeakyReLU(**leaky)(layer("conv_4")(layer("deviation")(x)))
    x = layers.Flatten(dtype=dtype)(x)
    x = layers.LeakyReLU(**leaky)(layer("dense_4")(x))
    return keras.Model([images, levels], layer("scores")(x), name="discriminator")
