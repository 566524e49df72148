"""The networks of ACGAN (Odena et al., 2016, arXiv:1610.09585), those for CIFAR-10.

With the widths of the appendix, `generator_filters=96` and `discriminator_filters=16` at 32x32.
"""

import keras
from keras import layers

from ganzoo.layers import KeyedDropout, OneHotLabels
from ganzoo.networks.blocks import batch_normalisation, full_precision, normal
from ganzoo.networks.dcgan import doublings


def generator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` and labels, integers `(batch,)`, to images in [-1, 1].

    The label's one-hot vector behind the latents, a dense layer to a map of 4x4 (5x5, 7x7) with
    ReLU, and fractionally-strided 5x5 convolutions, each with batch normalisation and ReLU but the
    last, which ends in tanh.
    """
    base, count = doublings(image_shape)
    widths = [filters * 2**level for level in reversed(range(count))]
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    labels = keras.Input((), dtype="int64", name="labels")
    one_hot = OneHotLabels(num_classes, dtype=dtype)(labels)

    def up(x, width):
        return layers.Conv2DTranspose(
            width, 5, strides=2, padding="same", kernel_initializer=normal(), dtype=dtype
        )(x)

    x = layers.Concatenate(dtype=dtype)([latents, one_hot])
    x = layers.Dense(base * base * widths[0], "relu", kernel_initializer=normal(), dtype=dtype)(x)
    x = layers.Reshape((base, base, widths[0]), dtype=dtype)(x)
    for width in widths[1:]:
        x = batch_normalisation(dtype, sync_batch_norm)(up(x, width))
        x = layers.ReLU(dtype=dtype)(x)
    x = up(x, image_shape[-1])
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model([latents, labels], images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    filters: int,
    dropout: float,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images and keys of dropout, int64 `(batch,)`, to logits `(batch, 1)` and `(batch, classes)`.

    For each halving of the side a 3x3 convolution of stride 2 and one of stride 1, each twice as
    wide as the one before: batch normalisation in all but the first, leaky ReLU of slope 0.2, and
    dropout. Two dense layers over the last map: real or generated, and which class.
    """
    _, count = doublings(image_shape)
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    keys = keras.Input((), dtype="int64", name="keys")
    x = images
    for level in range(2 * count):
        x = layers.Conv2D(
            filters * 2**level, 3, strides=1 if level % 2 else 2, padding="same",
            kernel_initializer=normal(), dtype=dtype,
        )(x)  # fmt: skip
        x = batch_normalisation(dtype, sync_batch_norm)(x) if level else x
        x = layers.LeakyReLU(0.2, dtype=dtype)(x)
        x = KeyedDropout(dropout, f"level_{level}", dtype=dtype)(x, keys)
    x = layers.Flatten(dtype=dtype)(x)
    class_logits, logits = (
        layers.Dense(size, kernel_initializer=normal(), dtype=full_precision(dtype), name=name)(x)
        for size, name in ((num_classes, "class_logits"), (1, "logits"))
    )
    return keras.Model([images, keys], [logits, class_logits], name="discriminator")
