"""Losses that several papers share, as pure functions.

A model's losses are methods whose docstrings are its paper's equations; where they come to the same
arithmetic, they call a function of this file. Nothing here chooses between losses by a name or a
flag: a model calls the one that its paper has, and what only one paper has stays in its model.

Logits are what a discriminator ends in: D is their sigmoid, and above 0 means "real". A critic, or
a discriminator with a hinge loss, has scores, which are no logarithm of anything. Each loss is the
mean over all that it is given: over this replica's images, and over patches, pixels and channels
where there are any. Keras's loss objects divide by the number of replicas; these do not, because
`GANModel.minimize` does.
"""

import tensorflow as tf


def logistic_discriminator_loss(real_logits, fake_logits) -> tf.Tensor:
    """- E_x[log D(x)] - E_z[log(1 - D(G(z)))].

    What the discriminator maximises in equation 1 of Goodfellow et al. (2014, arXiv:1406.2661),
    with its sign turned.

    Args:
        real_logits: of real images, of any shape.
        fake_logits: of generated ones, of any shape.
    """
    real_loss = tf.reduce_mean(tf.math.softplus(-real_logits))
    fake_loss = tf.reduce_mean(tf.math.softplus(fake_logits))
    return real_loss + fake_loss


def non_saturating_generator_loss(fake_logits) -> tf.Tensor:
    """- E_z[log D(G(z))].

    Goodfellow et al. (2014, arXiv:1406.2661, section 3): it has the fixed point of the minimax loss
    and a gradient where D recognises every fake.
    """
    return tf.reduce_mean(tf.math.softplus(-fake_logits))


def minimax_generator_loss(fake_logits) -> tf.Tensor:
    """E_z[log(1 - D(G(z)))], the generator's part of equation 1 of arXiv:1406.2661."""
    return -tf.reduce_mean(tf.math.softplus(fake_logits))


def sigmoid_cross_entropy(target: float, logits) -> tf.Tensor:
    """- E[t log D + (1 - t) log(1 - D)].

    With t = 1 on reals and t = 0 on fakes these are the terms of the losses above, but for
    rounding: models that were written with the one keep it, so that a run resumes to the last bit.
    A t between them is label smoothing (Salimans et al., 2016, arXiv:1606.03498, section 3.4).

    Args:
        target: t, in [0, 1], of all logits.
        logits: of any shape.
    """
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(target * tf.ones_like(logits), logits)
    )


def least_squares(target: float, scores) -> tf.Tensor:
    """E[(D - t)^2].

    Equation 2 of Mao et al. (2016, arXiv:1611.04076) is made of two such terms.

    Args:
        target: t, of all scores.
        scores: of any shape.
    """
    return tf.reduce_mean(tf.square(scores - target))


def score_difference(real_scores, fake_scores) -> tf.Tensor:
    """E_x[D(x)] - E_z[D(G(z))].

    What a critic maximises: equation 2 of Arjovsky et al. (2017, arXiv:1701.07875).

    Args:
        real_scores: of real images, of any shape.
        fake_scores: of generated ones, of any shape.
    """
    return tf.reduce_mean(real_scores) - tf.reduce_mean(fake_scores)


def critic_generator_loss(fake_scores) -> tf.Tensor:
    """- E_z[D(G(z))], the generator's loss beside a critic and beside the hinge loss."""
    return -tf.reduce_mean(fake_scores)


def hinge_discriminator_loss(real_scores, fake_scores) -> tf.Tensor:
    """E_x[max(0, 1 - D(x))] + E_z[max(0, 1 + D(G(z)))].

    Equation 16 of Miyato et al. (2018, arXiv:1802.05957), with its sign turned.

    Args:
        real_scores: of real images, of any shape.
        fake_scores: of generated ones, of any shape.
    """
    real_loss = tf.reduce_mean(tf.nn.relu(1.0 - real_scores))
    return real_loss + tf.reduce_mean(tf.nn.relu(1.0 + fake_scores))


def l1_loss(images, others) -> tf.Tensor:
    """E[|x - y|_1], as the mean over pixels and channels.

    Args:
        images: x, float.
        others: y, of the same shape.
    """
    return tf.reduce_mean(tf.abs(images - others))
