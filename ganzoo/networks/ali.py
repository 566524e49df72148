"""The networks of ALI (Dumoulin et al., 2016, arXiv:1606.00704), from the tables of its appendix.

Convolutions are without padding, so that a map gets to 1x1 exactly; the decoder goes the same way
back. All networks work in [0, 1] and convert at the edge: images are in [-1, 1] outside.
"""

from collections.abc import Iterable

import keras
import numpy as np
from keras import layers

from ganzoo.images.ranges import from_unit, log_odds, to_unit
from ganzoo.layers import BatchNormalization, KeyedDropout, Maxout, UntiedBias
from ganzoo.networks.ali_tables import table
from ganzoo.networks.blocks import full_precision, normal

_ADAPTED_TO = 500  # images


def begin_at_mean(decoders: Iterable[keras.Model], batches: Iterable) -> None:
    """Sets the last biases of decoders so that zero weights would give the mean of images.

    Args:
        decoders: what `decoder` returned, or copies of it.
        batches: of images in [-1, 1], at least one; the first 500 images count, as in the authors'
            code.
    """
    images = []
    for batch in batches:
        images.extend(np.asarray(to_unit(batch), np.float64))
        if len(images) >= _ADAPTED_TO:
            break
    biases = log_odds(np.mean(images[:_ADAPTED_TO], axis=0))
    for network in decoders:
        network.get_layer("untied_bias").bias.assign(biases)


def encoder(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    networks: str,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images to the means and log deviations of their latents, each `(batch, latent_dim)`.

    3,118,496 weights for CIFAR-10 (32 `filters`, 64 latents), 3,315,488 for SVHN (256 latents),
    6,794,880 for CelebA (64 `filters`, 256 latents).
    """
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    read = table(networks, image_shape)
    moments = _encoded(images, read, 2 * latent_dim, filters, dtype, sync_batch_norm)
    mean, log_deviation = keras.ops.split(moments, 2, axis=-1)
    return keras.Model(images, [mean, log_deviation], name="encoder")


def deterministic_encoder(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    networks: str,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images to latents `(batch, latent_dim)`: `encoder` without deviations."""
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    read = table(networks, image_shape)
    latents = _encoded(images, read, latent_dim, filters, dtype, sync_batch_norm)
    return keras.Model(images, latents, name="encoder")


def _encoded(images, read, size, filters, dtype, sync_batch_norm):
    """Vectors of a size, of images."""
    rectify = _rectifier(read.slope, dtype, sync_batch_norm)
    x = to_unit(images)
    for side, stride, width in read.encoder:
        x = rectify(_convolution(filters * width, side, stride, dtype)(x))
    if read.deep:
        x = rectify(_convolution(x.shape[-1], 1, 1, dtype)(x))
    # Of a 1x1 map a bias for each place is a plain one.
    return layers.Dense(
        size, kernel_initializer=normal(0.0, 0.01), dtype=full_precision(dtype), name="moments"
    )(layers.Flatten(dtype=dtype)(x))


def decoder(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    networks: str,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Latents `(batch, latent_dim)` to images in [-1, 1]; its last biases are `"untied_bias"`.

    981,152 weights for CIFAR-10, 1,767,584 for SVHN, 11,811,392 for CelebA.
    """
    read = table(networks, image_shape)
    rectify = _rectifier(read.slope, dtype, sync_batch_norm)
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    x = layers.Reshape((1, 1, latent_dim), dtype=dtype)(latents)
    for side, stride, width in read.decoder:
        transposed = layers.Conv2DTranspose(
            filters * width, side, strides=stride, use_bias=False,
            kernel_initializer=normal(0.0, 0.01), dtype=dtype,
        )  # fmt: skip
        x = rectify(transposed(x))
    if read.deep:
        x = rectify(_convolution(x.shape[-1], 1, 1, dtype)(x))
    logits = _convolution(image_shape[-1], 1, 1, full_precision(dtype))(x)
    logits = UntiedBias(dtype=full_precision(dtype), name="untied_bias")(logits)
    images = layers.Activation("sigmoid", dtype=full_precision(dtype), name="images")(logits)
    return keras.Model(latents, from_unit(images), name="generator")


def discriminator(
    image_shape: tuple[int, int, int],
    latent_dim: int,
    filters: int,
    networks: str,
    dtype=None,
    sync_batch_norm: bool = False,
) -> keras.Model:
    """Images, latents and keys to logits `(batch, 1)`; positive means an image and its encoding.

    A key, int64 `(batch,)`, is what dropout is drawn from in training. 2,611,009 weights for
    CIFAR-10, 5,283,073 for SVHN, 15,189,057 for CelebA.
    """
    read = table(networks, image_shape)
    images = keras.Input(image_shape, dtype=full_precision(dtype), name="images")
    latents = keras.Input((latent_dim,), dtype=full_precision(dtype), name="latents")
    keys = keras.Input((), dtype="int64", name="keys")
    seen, within = read.dropout
    of_maxout = read.pieces > 1

    def dropped(x, rate, stream):
        return KeyedDropout(rate, stream, dtype=dtype)(x, keys)

    def rectified(x):
        if of_maxout:
            return Maxout(read.pieces, dtype=dtype)(x)
        return layers.LeakyReLU(read.slope, dtype=dtype)(x)

    x = dropped(to_unit(images), seen, "images")
    for level, (side, stride, width) in enumerate(read.encoder):
        x = dropped(x, within, f"map_{level}") if level in read.dropped_maps else x
        use_bias = of_maxout or level == 0
        x = _convolution(filters * width, side, stride, dtype, use_bias)(x)
        if not use_bias:
            x = _batch_normalisation(dtype, sync_batch_norm)(x)
        x = dropped(x, within, f"activation_{level}") if level in read.dropped_activations else x
        x = rectified(x)
    x = layers.Flatten(dtype=dtype)(x)

    z = dropped(latents, seen, "latents")
    for layer in range(2):
        z = dropped(z, within, f"latents_{layer}") if layer else z
        z = rectified(_dense(filters * read.latent_width, dtype, use_bias=False)(z))

    x = layers.Concatenate(dtype=dtype)([x, z])
    for layer in range(2):
        x = rectified(
            _dense(filters * read.joint_width, dtype)(dropped(x, within, f"both_{layer}"))
        )
    logits = _dense(1, full_precision(dtype), name="logits")(dropped(x, within, "both_2"))
    return keras.Model([images, latents, keys], logits, name="discriminator")


def _rectifier(slope, dtype, synchronized):
    """A function: batch normalisation and a leaky ReLU."""

    def rectify(x):
        return layers.LeakyReLU(slope, dtype=dtype)(_batch_normalisation(dtype, synchronized)(x))

    return rectify


def _batch_normalisation(dtype, synchronized):
    return BatchNormalization(momentum=0.95, epsilon=1e-4, synchronized=synchronized, dtype=dtype)


def _convolution(width, side, stride, dtype, use_bias=False):
    return layers.Conv2D(
        width, side, strides=stride, use_bias=use_bias, kernel_initializer=normal(0.0, 0.01),
        dtype=dtype,
    )  # fmt: skip


def _dense(units, dtype, use_bias=True, name=None):
    return layers.Dense(
        units, use_bias=use_bias, kernel_initializer=normal(0.0, 0.01), dtype=dtype, name=name
    )
