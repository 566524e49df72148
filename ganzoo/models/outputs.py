"""What the networks of a GAN put out for a batch."""

from typing import NamedTuple

import tensorflow as tf


class AdversarialOutputs(NamedTuple):
    """The images that one discriminator was shown, and its answers.

    Attributes:
        reals, fakes: images, float32 `(batch, height, width, channels)` in [-1, 1].
        real_scores, fake_scores: the discriminator's answers, of any shape: "real" is above the
            model's `decision_threshold`.
        labels: `(batch,)`, where the images have any.
    """

    reals: tf.Tensor
    fakes: tf.Tensor
    real_scores: tf.Tensor
    fake_scores: tf.Tensor
    labels: tf.Tensor | None = None


class LazyLoss(NamedTuple):
    """A loss that only some steps compute, such as a penalty of every sixteenth.

    Attributes:
        value: a scalar; what it is in other steps does not matter.
        is_computed: bool, whether this step computed it.
    """

    value: tf.Tensor
    is_computed: tf.Tensor


# What a forward pass returns: losses, and the outputs of each discriminator, by name.
ForwardPass = tuple[dict[str, tf.Tensor], dict[str, AdversarialOutputs]]
