"""The networks of StyleGAN2.

Karras et al. (2020, arXiv:1912.04958, figure 7 and appendix B), as in the authors' code: a mapping
network, a synthesis network whose image is a sum of images of all sizes, and a residual
discriminator; and the plain discriminator of CIFAR-10 in StyleGAN2-ADA (arXiv:2006.06676).

Of 1024x1024x3 images, with `channel_base` 32,768 (configuration F), the generator, that is mapping
and synthesis, has 30,370,060 weights and the discriminator 29,012,513; with 16,384 (E) they have
24,900,764 and 24,038,161.
"""

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import (
    EqualizedConv2D,
    EqualizedDense,
    FIRUpsampling2D,
    MinibatchDeviation,
    ModulatedConv2D,
    PixelNormalization,
    ScaledLeakyReLU,
)
from ganzoo.networks.blocks import full_precision

MAPPING_LR_MULTIPLIER = 0.01


def sides(image_shape: tuple[int, int, int]) -> list[int]:
    """Returns the sides of the maps, 4, 8, ... up to the image's.

    Raises:
        InputError: if the image is no square whose side is a power of two, 8 or more.
    """
    height, width, channels = image_shape
    if height != width or height < 8 or height & (height - 1) or channels not in (1, 3):
        raise InputError(
            "image_shape must be (side, side, channels), the side a power of two from 8 on, with 1 "
            f"or 3 channels: --image-size 32 or 64, say. Received: {tuple(image_shape)}"
        )
    return [2**power for power in range(2, height.bit_length())]


def style_count(image_shape: tuple[int, int, int]) -> int:
    """Returns how many styles the synthesis network takes: two for each side of a map."""
    return 2 * len(sides(image_shape))


def noise_size(image_shape: tuple[int, int, int]) -> int:
    """Returns how many numbers of noise an image takes: a plane for each 3x3 convolution."""
    return sum(side**2 for side in _noise_sides(image_shape))


def _noise_sides(image_shape):
    return [side for side in sides(image_shape) for _ in range(1 if side == 4 else 2)]


def mapping(latent_dim: int, w_dim: int, count: int, dtype=None) -> keras.Model:
    """Latents z `(batch, latent_dim)`, of any length, to w `(batch, w_dim)`.

    z of mean square 1, and `count` dense layers that learn at a hundredth of the rate.
    """
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = PixelNormalization(dtype=dtype)(latents)
    for number in range(count):
        is_last = number == count - 1
        of_layer = full_precision(dtype) if is_last else dtype
        x = EqualizedDense(w_dim, lr_multiplier=MAPPING_LR_MULTIPLIER, dtype=dtype)(x)
        x = ScaledLeakyReLU(dtype=of_layer)(x)
    return keras.Model(latents, x, name="mapping")


def _channels(side, channel_base, channel_max):
    return max(1, min(channel_max, channel_base // side))


def synthesis(
    image_shape: tuple[int, int, int],
    w_dim: int,
    channel_base: int,
    channel_max: int,
    dtype=None,
) -> keras.Model:
    """`[styles, noise]` to images, around [-1, 1] without a bound.

    Args:
        image_shape: (side, side, channels).
        w_dim: length of w. Styles are `(batch, style_count, w_dim)`: a w for each convolution, from
            small maps to large ones. Noise is N(0, 1), `(batch, noise_size)`.
        channel_base: maps have `channel_base / side` channels,
        channel_max: and at most these.
        dtype: the layers' policy.
    """
    of_all, full = {"dtype": dtype}, full_precision(dtype)
    count, size = style_count(image_shape), noise_size(image_shape)
    styles = keras.Input((count, w_dim), dtype=full, name="styles")
    noise = keras.Input((size,), dtype=full, name="noise")
    planes = iter(_planes(noise, _noise_sides(image_shape), full))

    def styled(x, number, side, width, resampling=None):
        style = EqualizedDense(x.shape[-1], bias=1.0, **of_all)(styles[:, number])
        x = ModulatedConv2D(width, 3, use_noise=True, resampling=resampling, **of_all)(
            x, style, next(planes)
        )
        return ScaledLeakyReLU(**of_all)(x)

    def to_image(x, number):
        style = EqualizedDense(x.shape[-1], bias=1.0, dtype=dtype)(styles[:, number])
        return ModulatedConv2D(image_shape[-1], 1, demodulate=False, dtype=full)(x, style)

    x = LearnedConstant((4, 4, _channels(4, channel_base, channel_max)), **of_all)(styles)
    for level, side in enumerate(sides(image_shape)):
        width = _channels(side, channel_base, channel_max)
        if level == 0:
            x = styled(x, 0, side, width)
            images = to_image(x, 1)
            continue
        x = styled(x, 2 * level - 1, side, width, "up")
        x = styled(x, 2 * level, side, width)
        images = layers.Add(dtype=full)(
            [FIRUpsampling2D(dtype=full)(images), to_image(x, 2 * level + 1)]
        )
    return keras.Model([styles, noise], images, name="synthesis")


def _planes(noise, noise_sides, dtype):
    start = 0
    for side in noise_sides:
        yield layers.Reshape((side, side), dtype=dtype)(noise[:, start : start + side**2])
        start += side**2


@keras.saving.register_keras_serializable("ganzoo")
class LearnedConstant(layers.Layer):
    """A map that is learned, from N(0, 1), the same for all examples; called for their number."""

    def __init__(self, shape: tuple[int, int, int], **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, input_shape):
        begin = keras.initializers.RandomNormal(stddev=1.0)
        self.constant = self.add_weight(self.shape, begin, name="constant")

    def call(self, examples):
        return keras.ops.repeat(self.constant[None], keras.ops.shape(examples)[0], axis=0)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return super().get_config() | {"shape": self.shape}


def discriminator(
    image_shape: tuple[int, int, int],
    channel_base: int,
    channel_max: int,
    group_size: int,
    residual: bool = True,
    dtype=None,
) -> keras.Model:
    """Images to logits `(batch, 1)`.

    Args:
        image_shape, channel_base, channel_max, dtype: as in `synthesis`.
        group_size: of the minibatch standard deviation.
        residual: whether a 1x1 convolution of a block's input is added to its output; the
            CIFAR-10 configuration of StyleGAN2-ADA has none.
    """
    of_all, full = {"dtype": dtype}, full_precision(dtype)

    def convolution(x, filters, size, **settings):
        return ScaledLeakyReLU(**of_all)(EqualizedConv2D(filters, size, **settings, **of_all)(x))

    def width_at(side):
        return _channels(side, channel_base, channel_max)

    images = keras.Input(image_shape, dtype=full, name="images")
    x = convolution(images, width_at(image_shape[0]), 1)
    for side in reversed(sides(image_shape)[1:]):
        shortcut = x
        x = convolution(x, width_at(side), 3)
        x = convolution(x, width_at(side // 2), 3, resampling="down")
        if residual:
            shortcut = EqualizedConv2D(
                width_at(side // 2), 1, use_bias=False, resampling="down", **of_all
            )(shortcut)
            x = layers.Rescaling(0.5**0.5, **of_all)(layers.Add(**of_all)([x, shortcut]))
    x = MinibatchDeviation(group_size, **of_all)(x)
    x = convolution(x, width_at(4), 3)
    x = layers.Flatten(**of_all)(x)
    x = ScaledLeakyReLU(**of_all)(EqualizedDense(width_at(4), **of_all)(x))
    logits = EqualizedDense(1, dtype=full, name="logits")(x)
    return keras.Model(images, logits, name="discriminator")
