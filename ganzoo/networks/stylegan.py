"""The generator of StyleGAN: a mapping of latents to styles, and a synthesis of images of these.

Karras, Laine and Aila (2019, arXiv:1812.04958, section 2), as in their code. The discriminator is
ProGAN's, with a filter before each map is halved. Levels and widths are as in `progan.py`.
"""

import keras
from keras import layers

from ganzoo.layers import (
    AdaptiveInstanceNormalization,
    ChannelBias,
    EqualizedConv2D,
    EqualizedDense,
    FIRBlur2D,
    LearnedConstant,
    NoiseInjection,
    PixelNormalization,
)
from ganzoo.networks.blocks import full_precision
from ganzoo.networks.progan import levels_of, width_of

_GAIN = 2**0.5  # He's, before a leaky ReLU
TAPS = (1, 2, 1)  # of the filter


def mapping(
    latent_dim: int, w_dim: int, depth: int, lr_multiplier: float = 0.01, dtype=None
) -> keras.Model:
    """Latents z `(batch, latent_dim)` to w `(batch, w_dim)`, by dense layers that learn slowly.

    Args:
        depth: how many there are.
        lr_multiplier: how much slower their weights learn.
    """
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = PixelNormalization(dtype=full_precision(dtype))(latents)
    for _ in range(depth):  # in full precision: its products are small, and w is what is kept
        x = EqualizedDense(
            w_dim, gain=_GAIN, lr_multiplier=lr_multiplier, dtype=full_precision(dtype)
        )(x)
        x = layers.LeakyReLU(0.2, dtype=full_precision(dtype))(x)
    return keras.Model(latents, x, name="mapping")


def layers_of(level: int) -> int:
    """Returns how many layers take a style up to a level."""
    return 2 * (level + 1)


def noise_shapes(level: int) -> list[tuple[int, int, int]]:
    """Returns the shape of each layer's noise up to a level."""
    sides = [4 * 2**index for index in range(level + 1) for _ in (0, 1)]
    return [(side, side, 1) for side in sides]


def synthesis(
    image_shape: tuple[int, int, int], w_dim: int, filters: int, base: int, dtype=None
) -> keras.Model:
    """`[styles, *noise]` to a list: the images of each level, the smallest first.

    Styles are `(batch, layers, w_dim)`, a w for each layer, and noise is as `noise_shapes` has
    it. Images are not bounded. With `mapping` of depth 8 and 512 everywhere it has 26,219,627
    weights at 1024x1024x3 with `base` 8192.
    """
    last = levels_of(image_shape)
    of_all = full_precision(dtype)
    styles = keras.Input((layers_of(last), w_dim), dtype=of_all, name="styles")
    noise = [
        keras.Input(shape, dtype=of_all, name=f"noise_{index}")
        for index, shape in enumerate(noise_shapes(last))
    ]

    def styled(x, index):
        """Noise, bias, leaky ReLU, and the style of a layer."""
        x = ChannelBias(dtype=dtype)(NoiseInjection(dtype=dtype)([x, noise[index]]))
        x = layers.LeakyReLU(0.2, dtype=dtype)(x)
        style = EqualizedDense(2 * x.shape[-1], dtype=dtype)(styles[:, index])
        return AdaptiveInstanceNormalization(dtype=dtype)([x, style])

    images = []
    for level in range(last + 1):
        side = 4 * 2**level
        width = width_of(side, filters, base)
        if level == 0:
            x = LearnedConstant((4, 4, width), dtype=dtype)(styles)
        else:
            x = layers.UpSampling2D(dtype=dtype)(x)
            x = FIRBlur2D(TAPS, dtype=dtype)(_convolution(width, f"conv_{side}_0", dtype)(x))
        x = styled(x, 2 * level)
        x = styled(_convolution(width, f"conv_{side}_1", dtype)(x), 2 * level + 1)
        to_rgb = EqualizedConv2D(image_shape[-1], 1, dtype=of_all, name=f"to_rgb_{side}")
        images.append(to_rgb(x))
    return keras.Model([styles, *noise], images, name="synthesis")


def _convolution(width, name, dtype):
    return EqualizedConv2D(width, 3, gain=_GAIN, use_bias=False, dtype=dtype, name=name)
