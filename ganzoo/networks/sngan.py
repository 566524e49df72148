"""The networks of SN-GAN and of the projection GAN, with spectrally normalised discriminators.

Miyato et al. (2018, arXiv:1802.05957, appendix B) and Miyato and Koyama (2018, arXiv:1802.05637,
appendix A), as in the authors' code. The generators of SN-GAN are those of `resnet_gan.py`, and the
one here for its convolutional discriminator.
"""

import keras
from keras import layers

from ganzoo.layers import BatchNormalization, OneHotLabels, SpectralConv2D, SpectralDense
from ganzoo.networks import resnet_gan
from ganzoo.networks.blocks import full_precision, normal
from ganzoo.networks.dcgan import doublings


def residual_discriminator(
    image_shape: tuple[int, int, int], filters: int, dtype=None
) -> keras.Model:
    """Images `(batch, side, side, channels)` to scores `(batch, 1)`.

    The blocks of `resnet_gan.features_of`, summed over the map: 1,053,824 weights at 32x32 with 128
    `filters`.
    """
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    features = _summed_features(images, filters, dtype)
    return keras.Model(images, _scores(dtype)(features), name="discriminator")


def projection_discriminator(
    image_shape: tuple[int, int, int], num_classes: int, filters: int, dtype=None
) -> keras.Model:
    """Images and labels, integers `(batch,)`, to scores `(batch, 1)`.

    The same, and to its score is added <V_y, h>: the inner product of the label's embedding and the
    features (arXiv:1802.05637, equation 7). 1,055,104 weights at 32x32 with 128 `filters` and 10
    classes.
    """
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    labels = keras.Input((), dtype="int64", name="labels")
    features = _summed_features(images, filters, dtype)
    one_hot = OneHotLabels(num_classes, dtype=full_precision(dtype))(labels)
    embedding = SpectralDense(
        filters, use_bias=False, dtype=full_precision(dtype), name="embedding"
    )(one_hot)  # fmt: skip
    product = layers.Dot(-1, dtype=full_precision(dtype))([embedding, features])
    scores = layers.Add(dtype=full_precision(dtype))([_scores(dtype)(features), product])
    return keras.Model([images, labels], scores, name="discriminator")


def _summed_features(images, filters, dtype):
    """Images to vectors `(batch, filters)`."""

    def convolve(width, kernel_size):
        initializer = resnet_gan.he_uniform() if kernel_size > 1 else "glorot_uniform"
        return SpectralConv2D(width, kernel_size, kernel_initializer=initializer, dtype=dtype)

    maps = resnet_gan.features_of(images, filters, convolve, dtype)
    _, height, width, _ = maps.shape
    means = layers.GlobalAveragePooling2D(dtype=full_precision(dtype))(maps)
    return layers.Rescaling(float(height * width), dtype=full_precision(dtype))(means)


def _scores(dtype):
    return SpectralDense(1, use_bias=False, dtype=full_precision(dtype), name="scores")


def conditional_generator(
    image_shape: tuple[int, int, int],
    num_classes: int,
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents and labels, integers `(batch,)`, to images, with a gain and a bias for each class.

    `resnet_gan.generator` with conditional batch normalisation in its blocks: 4,304,387 weights at
    32x32 with 256 `filters` and 10 classes.
    """
    _, count = doublings(image_shape)
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    labels = keras.Input((), dtype="int64", name="labels")
    one_hot = OneHotLabels(num_classes, dtype=dtype)(labels)
    images = resnet_gan.images_of(
        latents, image_shape, [filters] * (count + 1), inner_bias=True, dtype=dtype,
        sync_batch_norm=sync_batch_norm,
        normalise=lambda x: _conditionally_normalised(x, one_hot, dtype, sync_batch_norm),
    )  # fmt: skip
    return keras.Model([latents, labels], images, name="generator")


def _conditionally_normalised(x, one_hot, dtype, synchronized):
    """Batch normalisation over all classes, then the gain and the bias of the example's class."""
    width = x.shape[-1]
    x = BatchNormalization(
        momentum=0.9, epsilon=1e-5, center=False, scale=False, synchronized=synchronized,
        dtype=dtype,
    )(x)  # fmt: skip
    gain, bias = (
        layers.Reshape((1, 1, width), dtype=dtype)(
            layers.Dense(width, use_bias=False, kernel_initializer=start, dtype=dtype)(one_hot)
        )
        for start in ("ones", "zeros")
    )
    return layers.Add(dtype=dtype)([layers.Multiply(dtype=dtype)([x, gain]), bias])


def convolutional_generator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images: table 3 of arXiv:1802.05957.

    A dense layer to a map of 4x4 (5x5, 7x7), fractionally-strided 4x4 convolutions, each with batch
    normalisation and ReLU behind it, and a 3x3 convolution. 3,812,355 weights at 32x32 with 64
    `filters`.
    """
    base, count = doublings(image_shape)
    widths = [filters * 2**level for level in reversed(range(count + 1))]

    def rectified(x):
        normalised = resnet_gan.batch_normalisation(dtype, sync_batch_norm)(x)
        return layers.ReLU(dtype=dtype)(normalised)

    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = layers.Dense(base * base * widths[0], kernel_initializer=normal(), dtype=dtype)(latents)
    x = layers.Reshape((base, base, widths[0]), dtype=dtype)(x)
    for width in widths[1:]:
        x = rectified(
            layers.Conv2DTranspose(
                width, 4, strides=2, padding="same", kernel_initializer=normal(), dtype=dtype
            )(x)
        )
    x = layers.Conv2D(
        image_shape[-1], 3, padding="same", kernel_initializer=normal(), dtype=dtype
    )(x)  # fmt: skip
    images = layers.Activation("tanh", dtype=full_precision(dtype), name="images")(x)
    return keras.Model(latents, images, name="generator")


def convolutional_discriminator(
    image_shape: tuple[int, int, int], filters: int, dtype=None
) -> keras.Model:
    """Images to scores `(batch, 1)`: table 3 of arXiv:1802.05957.

    For each halving a 3x3 convolution and one of 4x4 with stride 2, and a last one of 3x3, with
    leaky ReLU of slope 0.1 after each. 2,935,873 weights at 32x32 with 64 `filters`.
    """
    _, count = doublings(image_shape)

    def convolved(x, width, kernel_size, strides):
        layer = SpectralConv2D(
            width, kernel_size, strides, kernel_initializer=normal(), dtype=dtype
        )
        return layers.LeakyReLU(0.1, dtype=dtype)(layer(x))

    images = x = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    for level in range(count):
        x = convolved(x, filters * 2**level, 3, 1)
        x = convolved(x, filters * 2**level, 4, 2)
    x = convolved(x, filters * 2**count, 3, 1)
    scores = SpectralDense(
        1, kernel_initializer=normal(), dtype=full_precision(dtype), name="scores"
    )(layers.Flatten(dtype=dtype)(x))  # fmt: skip
    return keras.Model(images, scores, name="discriminator")
