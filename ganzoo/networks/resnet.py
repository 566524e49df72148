"""The ResNet generator of CycleGAN (Zhu et al., 2017, arXiv:1703.10593, section 7.2)."""

import keras
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import InstanceNormalization, ReflectionPadding2D
from ganzoo.networks.blocks import full_precision, normal

MULTIPLE = 4  # of which the images' sides are, because they are halved twice
SMALLEST_SIDE = 8  # what reflection padding needs in the middle of the network


def check(image_shape: tuple[int, int, int]) -> None:
    """Raises InputError for images that the generator cannot take."""
    height, width, channels = image_shape
    if min(height, width) < SMALLEST_SIDE or height % MULTIPLE or width % MULTIPLE:
        raise InputError(
            f"CycleGAN's generators need sides that are multiples of {MULTIPLE}, at least "
            f"{SMALLEST_SIDE}. Received: image_shape={image_shape}"
        )
    if channels not in (1, 3):
        raise InputError(f"Images have 1 or 3 channels. Received: image_shape={image_shape}")


def default_blocks(image_shape: tuple[int, int, int]) -> int:
    """Returns the paper's number of residual blocks: 9 from 256 pixels a side on, otherwise 6."""
    return 9 if min(image_shape[:2]) >= 256 else 6


PADDINGS = ("near", "far")


def generator(
    channels: int,
    filters: int,
    blocks: int,
    padding: str = "near",
    dtype=None,
    name: str = "generator",
) -> keras.Model:
    """Images to images of the same size in [-1, 1], `(batch, height, width, channels)`.

    A 7x7 convolution, two strided ones, residual blocks at a quarter of the size, two transposed
    ones, a 7x7 convolution and tanh. Instance normalisation and ReLU after each but the last;
    reflection padding, which leaves no frame at the edges, wherever the size stays.

    Args:
        channels: of the images.
        filters: maps of the first layer.
        blocks: how many residual blocks.
        padding: the edge at which strided layers pad by the one pixel that they need, and at which
            transposed ones cut it off: `"near"` the origin, as the authors' PyTorch code, or
            `"far"` from it, as TensorFlow's padding `"same"`.
        dtype: the layers' policy.
        name: the network's name.
    """

    def convolved(x, width, side, dtype=dtype):
        x = ReflectionPadding2D(side // 2, dtype=dtype)(x)
        return layers.Conv2D(width, side, kernel_initializer=normal(), dtype=dtype)(x)

    def activated(x):
        return layers.ReLU(dtype=dtype)(InstanceNormalization(dtype=dtype)(x))

    def halved(x, width):
        if padding == "near":
            x = layers.ZeroPadding2D(((1, 0), (1, 0)), dtype=dtype)(x)
        kind = "valid" if padding == "near" else "same"
        return layers.Conv2D(width, 3, 2, kind, kernel_initializer=normal(), dtype=dtype)(x)

    def doubled(x, width):
        kind = "valid" if padding == "near" else "same"
        x = layers.Conv2DTranspose(width, 3, 2, kind, kernel_initializer=normal(), dtype=dtype)(x)
        return layers.Cropping2D(((1, 0), (1, 0)), dtype=dtype)(x) if padding == "near" else x

    images = keras.Input((None, None, channels), name="images")
    x = activated(convolved(images, filters, 7))
    for width in (2 * filters, 4 * filters):
        x = activated(halved(x, width))
    for _ in range(blocks):
        y = activated(convolved(x, 4 * filters, 3))
        y = InstanceNormalization(dtype=dtype)(convolved(y, 4 * filters, 3))
        x = layers.Add(dtype=dtype)([x, y])
    for width in (2 * filters, filters):
        x = activated(doubled(x, width))
    x = convolved(x, channels, 7)
    outputs = layers.Activation("tanh", dtype=full_precision(dtype), name="outputs")(x)
    return keras.Model(images, outputs, name=name)
