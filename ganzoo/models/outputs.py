"""What the networks of a GAN put out for a batch."""

from typing import NamedTuple

import tensorflow as tf


class AdversarialOutputs(NamedTuple):
    """The images that one discriminator was shown, and its answers.

    Attributes:
        reals, fakes: images, float32 `(batch, height, width, channels)` in [-1, 1].
        real_scores, fake_scores: the discriminator's answers, of any shape: above 0 is "real".
        labels: `(batch,)`, where the images have any.
    """

    reals: tf.Tensor
    fakes: tf.Tensor
    real_scores: tf.Tensor
    fake_scores: tf.Tensor
    labels: tf.Tensor | None = None


# What a forward pass returns: losses, and the outputs of each discriminator, by name.
ForwardPass = tuple[dict[str, tf.Tensor], dict[str, AdversarialOutputs]]
