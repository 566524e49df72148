"""The PatchGAN discriminator (Isola et al., 2017, arXiv:1611.07004, sections 3.2.2 and 6.1.2)."""

from collections.abc import Callable

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.networks.blocks import full_precision, normal

# How many strided convolutions make a logit see so many pixels in each direction.
STRIDED_LAYERS = {1: 0, 16: 1, 34: 2, 70: 3, 142: 4, 286: 5}


def check(image_shape: tuple[int, int, int], receptive_field: int) -> None:
    """Raises InputError if there is no such discriminator, or the images are too small for it."""
    if receptive_field not in STRIDED_LAYERS:
        raise InputError(
            f"The receptive field must be one of {', '.join(map(str, STRIDED_LAYERS))}. "
            f"Received: {receptive_field}"
        )
    count = STRIDED_LAYERS[receptive_field]
    if count and min(image_shape[:2]) < 3 * 2**count:
        raise InputError(
            f"A receptive field of {receptive_field} pixels needs images of at least "
            f"{3 * 2**count} pixels a side. Received: image_shape={image_shape}"
        )


def discriminator(
    channels: tuple[int, ...],
    receptive_field: int,
    filters: int,
    normalisation: Callable[[], layers.Layer],
    use_bias: bool,
    dtype=None,
    name: str = "discriminator",
) -> keras.Model:
    """Images of any size to a map of logits `(batch, rows, columns, 1)`; positive means real.

    Each logit judges a patch of the image. 4x4 convolutions with padding 1: some of stride 2, from
    `filters` maps on doubling up to 8 times, then two of stride 1; leaky ReLU of slope 0.2 after
    all but the last, normalisation before it in all but the first. 256x256 pixels and a field of 70
    make 30x30 logits. A field of 1 has 1x1 convolutions.

    Args:
        channels: of each image it is given at a time; several are stacked.
        receptive_field: side of a patch, a key of `STRIDED_LAYERS`.
        filters: maps of the first layer.
        normalisation: makes a new normalisation layer.
        use_bias: whether convolutions that a normalisation follows have biases.
        dtype: the layers' policy.
        name: the network's name.
    """
    images = [
        keras.Input((None, None, count), name=f"images_{index}")
        for index, count in enumerate(channels)
    ]
    x = layers.Concatenate(dtype=dtype)(images) if len(images) > 1 else images[0]

    def convolved(x, width, stride, bias, dtype):
        if receptive_field > 1:
            x = layers.ZeroPadding2D(1, dtype=dtype)(x)
        side = 4 if receptive_field > 1 else 1
        return layers.Conv2D(
            width, side, stride, use_bias=bias, kernel_initializer=normal(), dtype=dtype
        )(x)

    # A field of 1 has the same three layers as one of 16, without any stride.
    count = STRIDED_LAYERS[receptive_field]
    strides = [2] * count + [1] if count else [1, 1]
    for index, stride in enumerate(strides):
        x = convolved(x, filters * min(2**index, 8), stride, use_bias or index == 0, dtype)
        if index > 0:
            x = normalisation()(x)
        x = layers.LeakyReLU(0.2, dtype=dtype)(x)
    logits = convolved(x, 1, 1, True, full_precision(dtype))
    return keras.Model(images if len(images) > 1 else images[0], logits, name=name)
