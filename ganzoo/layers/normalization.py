"""Batch and instance normalisation, each in one operation in training.

Keras composes them of operations on whole tensors: two reductions, a subtraction, products, and
casts to float32 where they compute in bfloat16. TensorFlow has one operation for it, with a
gradient of its own. The numbers are the same but for rounding.
"""

import keras
import tensorflow as tf
from keras import ops

_SPLIT_UP_TO = 16  # images: beyond that, two transpositions cost less than so many operations


def fused(images, gain, bias, epsilon: float):
    """Normalises each channel over all but the last dimension.

    Args:
        images: `(batch, height, width, channels)`, float32, bfloat16 or float16.
        gain, bias: float32 `(channels,)`.
        epsilon: added to the variance.

    Returns:
        The images, and the channels' mean and variance, float32.
    """
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images, scale=gain, offset=bias, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    # The operation's is the unbiased estimate of a population's variance.
    count = tf.cast(tf.size(images) // tf.size(mean), variance.dtype)
    return outputs, mean, variance * (tf.maximum(count - 1.0, 1.0) / count)


def can_be_fused(images) -> bool:
    """Whether `fused` takes such images."""
    return len(images.shape) == 4 and images.dtype != tf.float64


@keras.saving.register_keras_serializable("ganzoo")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras's batch normalisation over the last dimension; see the top of this file.

    At inference, of vectors, in float64, and where it is `synchronized`, it is Keras's own in every
    respect.
    """

    def call(self, inputs, training=None, mask=None):
        is_plain = mask is None and not self.synchronized and not self.renorm
        if not (training and self.trainable and is_plain and can_be_fused(inputs)):
            return super().call(inputs, training=training, mask=mask)
        outputs, *statistics = fused(inputs, self.gamma.value, self.beta.value, self.epsilon)
        for moving, of_batch in zip(
            (self.moving_mean, self.moving_variance), statistics, strict=True
        ):
            moving.assign(moving * self.momentum + of_batch * (1.0 - self.momentum))
        return outputs


@keras.saving.register_keras_serializable("ganzoo")
class InstanceNormalization(keras.layers.Layer):
    """Each channel of each image to mean 0 and variance 1 (Ulyanov et al., arXiv:1607.08022).

    Args:
        epsilon: added to the variance.
    """

    def __init__(self, epsilon: float = 1e-5, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs, training=False):
        if not (training and can_be_fused(inputs)):
            return self._composed(inputs)
        if inputs.shape[0] is not None and inputs.shape[0] <= _SPLIT_UP_TO:
            images = tf.split(inputs, inputs.shape[0])
            return tf.concat([self._normalised(image) for image in images], 0)
        # The images side by side, as further channels.
        batch, height, width, channels = tf.unstack(tf.shape(inputs))
        beside = tf.reshape(
            tf.transpose(inputs, (1, 2, 0, 3)), (1, height, width, batch * channels)
        )
        outputs = tf.reshape(self._normalised(beside), (height, width, batch, channels))
        return tf.ensure_shape(tf.transpose(outputs, (2, 0, 1, 3)), inputs.shape)

    def _normalised(self, image):
        channels = tf.shape(image)[-1:]
        return fused(image, tf.ones(channels), tf.zeros(channels), self.epsilon)[0]

    def _composed(self, inputs):
        images = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        mean, variance = ops.moments(images, (1, 2), keepdims=True)
        return ops.cast((images - mean) * ops.rsqrt(variance + self.epsilon), inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}
