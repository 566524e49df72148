"""Penalties on a discriminator's gradient with respect to its images, as pure functions.

A penalty differentiates a gradient, and some operations have no gradient of second order:
TensorFlow's bilinear resizing quietly gives none at all. `ganzoo.testing` holds every network that
a penalty crosses to a finite difference.
"""

import tensorflow as tf

from ganzoo import randomness

# In the square root, whose gradient at exactly 0 would be NaN.
_TINY = 1e-12


def gradient_norms(scores_of, images) -> tf.Tensor:
    """Returns |grad D(x)|_2 of each image, over all of its pixels and channels, `(batch,)`.

    Args:
        scores_of: takes images and returns scores, each a function of its own image alone: behind
            batch normalisation a score is one of the whole batch.
        images: x, float `(batch, ...)`.
    """
    return tf.sqrt(_squared_norms(scores_of, images) + _TINY)


def _squared_norms(scores_of, images):
    with tf.GradientTape() as tape:
        tape.watch(images)
        scores = scores_of(images)
    gradients = tape.gradient(scores, images)
    return tf.reduce_sum(gradients**2, axis=range(1, len(images.shape)))


def unit_norm_penalty(norms) -> tf.Tensor:
    """E[(|grad D(x)|_2 - 1)^2]: equation 3 of Gulrajani et al. (2017, arXiv:1704.00028).

    Args:
        norms: what `gradient_norms` returned.
    """
    return tf.reduce_mean((norms - 1.0) ** 2)


def between(images, others, key) -> tf.Tensor:
    """Returns x + a (y - x), with one a of each example, uniform in [0, 1).

    Args:
        images: x, float `(batch, ...)`.
        others: y, of the same shape.
        key: what `GANModel.key` returned.
    """
    shape = [tf.shape(images)[0], *[1] * (len(images.shape) - 1)]
    return images + tf.cast(randomness.uniform(shape, key), images.dtype) * (others - images)


def norms_near(scores_of, images, amount: float, key) -> tf.Tensor:
    """Returns |grad D(x^)|_2, `(batch,)`, at x^ = x + a (x_p - x), x_p = x + c std(x) u.

    Where DRAGAN takes its penalty; a and u are those of `between` and of `shaken`.

    Args:
        scores_of: as in `gradient_norms`.
        images: x, float `(batch, ...)`.
        amount: c.
        key: takes the name of a use of noise, as `GANModel.key` does.
    """
    far = shaken(images, amount, key("perturbation"))
    return gradient_norms(scores_of, between(images, far, key("share")))


def shaken(images, amount: float, key) -> tf.Tensor:
    """Returns x + c std(x) u, with one u in [0, 1) of each value.

    The standard deviation is one number, that of all values of the global batch, as in the code of
    Kodali et al. (2017, arXiv:1705.07215).

    Args:
        images: x, float `(batch, ...)`, this replica's part of the batch.
        amount: c.
        key: what `GANModel.key` returned.
    """
    noise = tf.cast(randomness.uniform(tf.shape(images), key), images.dtype)
    return images + amount * _standard_deviation(images) * noise


def _standard_deviation(values):
    """That of all values of all replicas, a scalar."""
    replica = tf.distribute.get_replica_context()

    def mean(of_mine):
        both = tf.stack([tf.reduce_sum(of_mine), tf.cast(tf.size(of_mine), of_mine.dtype)])
        total, count = tf.unstack(replica.all_reduce(tf.distribute.ReduceOp.SUM, both))
        return total / count

    return tf.sqrt(mean((values - mean(values)) ** 2))


def squared_gradient_norm(scores_of, images) -> tf.Tensor:
    """Returns E_x[|grad D(x)|_2^2], which R1 is gamma/2 times (arXiv:1801.04406).

    Args:
        scores_of: takes images and returns scores.
        images: x, float `(batch, ...)`.
    """
    return tf.reduce_mean(_squared_norms(scores_of, images))


def path_lengths(images_of, styles, key) -> tf.Tensor:
    """Returns |J^T y|_2 of each example, `(batch,)`, J the Jacobian of its image by its styles.

    y is an image of N(0, 1) / sqrt(height * width), and the square of the length the mean over
    styles of the sum over their components (Karras et al., 2020, arXiv:1912.04958, equation 4, and
    the authors' code).

    Args:
        images_of: takes styles and returns images, each a function of its own styles alone.
        styles: float `(batch, count, w_dim)`.
        key: what `GANModel.key` returned.
    """
    with tf.GradientTape() as tape:
        tape.watch(styles)
        images = images_of(styles)
        _, height, width, _ = images.shape
        noise = tf.cast(randomness.normal(tf.shape(images), key), images.dtype)
        product = tf.reduce_sum(images * noise) / (height * width) ** 0.5
    gradients = tape.gradient(product, styles)
    squares = tf.reduce_mean(tf.reduce_sum(gradients**2, axis=2), axis=1)
    return tf.sqrt(squares + _TINY)
