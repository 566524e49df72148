"""What a generator and a discriminator make of a batch."""

from typing import NamedTuple

import tensorflow as tf


class Play(NamedTuple):
    """What one generator and one discriminator did with one batch.

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
