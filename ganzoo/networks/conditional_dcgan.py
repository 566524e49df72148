"""The networks of CDCGAN: DCGAN's with the label at every layer of both.

After the conditional MNIST networks of DCGAN's authors (Radford et al., 2015, arXiv:1511.06434),
which `filters=64` and `kernel_size=5` give at 28x28x1.
"""

import keras
from keras import layers

from ganzoo.layers import OneHotLabels
from ganzoo.networks.blocks import batch_normalisation, full_precision, normal
from ganzoo.networks.dcgan import doublings


def generator(
    image_shape: tuple[int, int, int],
    label_size: int,
    has_classes: bool,
    latent_dim: int,
    filters: int,
    kernel_size: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` and labels to images in [-1, 1].

    A dense layer of 16 `filters`, another to a 4x4 (5x5, 7x7) map, then fractionally-strided
    convolutions that double the side: batch normalisation and ReLU after each but the last, which
    ends in tanh.

    Args:
        image_shape, latent_dim, filters, kernel_size, dtype, sync_batch_norm: as in `CDCGAN`.
        label_size: the number of classes, or of attributes.
        has_classes: whether labels are classes, integers `(batch,)`, and not vectors of attributes,
            floats `(batch, label_size)`.

    Returns:
        A functional `keras.Model`.
    """
    base, count = doublings(image_shape)
    widths = [filters * 2**level for level in reversed(range(count))]
    latents = keras.Input((latent_dim,), name="latents")
    labels, one_hot = label_input(label_size, has_classes, dtype)

    def rectified(x):
        return layers.ReLU(dtype=dtype)(batch_normalisation(dtype, sync_batch_norm)(x))

    def up(x, width):
        return layers.Conv2DTranspose(
            width, kernel_size, strides=2, padding="same", use_bias=False,
            kernel_initializer=normal(), dtype=dtype,
        )(_with_label(x, one_hot, dtype))  # fmt: skip

    x = rectified(_dense(16 * filters, dtype)(_with_label(latents, one_hot, dtype)))
    x = _dense(base * base * widths[0], dtype)(_with_label(x, one_hot, dtype))
    x = rectified(layers.Reshape((base, base, widths[0]), dtype=dtype)(x))
    for width in widths[1:]:
        x = rectified(up(x, width))
    x = up(x, image_shape[-1])
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model([latents, labels], images, name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    label_size: int,
    has_classes: bool,
    filters: int,
    kernel_size: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images `(batch, height, width, channels)` and labels to logits `(batch, 1)`.

    Strided convolutions that halve the side down to 4x4 (5x5, 7x7), then a dense layer of 16
    `filters`: leaky ReLU of slope 0.2 after each, batch normalisation before it in all but the
    first; then one unit. The arguments are those of `generator`.

    Returns:
        A functional `keras.Model`.
    """
    _, count = doublings(image_shape)
    images = keras.Input(image_shape, name="images")
    labels, one_hot = label_input(label_size, has_classes, dtype)

    x = images
    for level in range(count):
        x = layers.Conv2D(
            filters * 2**level, kernel_size, strides=2, padding="same", use_bias=False,
            kernel_initializer=normal(), dtype=dtype,
        )(_with_label(x, one_hot, dtype))  # fmt: skip
        x = layers.LeakyReLU(0.2, dtype=dtype)(
            batch_normalisation(dtype, sync_batch_norm)(x) if level else x
        )
    x = _with_label(layers.Flatten(dtype=dtype)(x), one_hot, dtype)
    x = batch_normalisation(dtype, sync_batch_norm)(_dense(16 * filters, dtype)(x))
    x = _with_label(layers.LeakyReLU(0.2, dtype=dtype)(x), one_hot, dtype)
    logits = layers.Dense(
        1, use_bias=False, kernel_initializer=normal(), dtype=full_precision(dtype), name="logits"
    )(x)
    return keras.Model([images, labels], logits, name="discriminator")


def label_input(size: int, has_classes: bool, dtype) -> tuple[keras.KerasTensor, keras.KerasTensor]:
    """Returns a network's input for labels, and the vectors `(batch, size)` that they become.

    Args:
        size, has_classes: `label_size` and `has_classes` of `generator`.
        dtype: the layers' policy.
    """
    if has_classes:
        labels = keras.Input((), dtype="int64", name="labels")
        return labels, OneHotLabels(size, dtype=dtype)(labels)
    attributes = keras.Input((size,), name="attributes")
    return attributes, attributes


def _with_label(x, one_hot, dtype):
    """Vectors or maps with the label's vector appended, at every place of a map."""
    if len(x.shape) == 4:
        _, height, width, _ = x.shape
        one_hot = layers.Reshape((1, 1, one_hot.shape[-1]), dtype=dtype)(one_hot)
        one_hot = layers.UpSampling2D((height, width), dtype=dtype)(one_hot)
    return layers.Concatenate(dtype=dtype)([x, one_hot])


def _dense(units, dtype):
    return layers.Dense(units, use_bias=False, kernel_initializer=normal(), dtype=dtype)
