"""Batch and instance normalisation, each in one operation in training.

Keras composes them of operations on whole tensors: two reductions, a subtraction, products, and
casts to float32 where they compute in bfloat16. TensorFlow has one operation for it, with a
gradient of its own. The numbers are the same but for rounding.
"""

import keras
import tensorflow as tf
from keras import ops

# Of a batch: with smaller images, or more of them, two transpositions cost less than so many
# operations.
_SPLIT_FROM_VALUES, _SPLIT_UP_TO_IMAGES = 2**17, 16


def fused(images, gain, bias, epsilon: float) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Normalises each channel over all but the last dimension.

    Args:
        images: `(batch, height, width, channels)`, float32, bfloat16 or float16.
        gain, bias: float32 `(channels,)`.
        epsilon: added to the variance.

    Returns:
        The images, and the channels' mean and unbiased variance, float32.
    """
    outputs, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=images, scale=gain, offset=bias, mean=[], variance=[], epsilon=epsilon, is_training=True
    )
    return outputs, mean, variance


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
        gain, bias = _identity(inputs.shape[-1:])
        gain = self.gamma.value if self.scale else gain
        bias = self.beta.value if self.center else bias
        outputs, mean, variance = fused(inputs, gain, bias, self.epsilon)
        # The average is of the batches' own variances.
        count = tf.cast(tf.size(inputs) // tf.size(mean), variance.dtype)
        variance *= tf.maximum(count - 1.0, 1.0) / count
        for moving, of_batch in ((self.moving_mean, mean), (self.moving_variance, variance)):
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
        if _is_best_split(inputs.shape):
            images = tf.split(inputs, inputs.shape[0])
            gain, bias = _identity(inputs.shape[-1:])
            normalised = [fused(image, gain, bias, self.epsilon)[0] for image in images]
            return tf.concat(normalised, 0)
        # The images side by side, as further channels.
        batch, height, width, channels = tf.unstack(tf.shape(inputs))
        beside = tf.reshape(
            tf.transpose(inputs, (1, 2, 0, 3)), (1, height, width, batch * channels)
        )
        normalised = fused(beside, *_identity([batch * channels]), self.epsilon)[0]
        outputs = tf.reshape(normalised, (height, width, batch, channels))
        return tf.ensure_shape(tf.transpose(outputs, (2, 0, 1, 3)), inputs.shape)

    def _composed(self, inputs):
        images = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        mean, variance = ops.moments(images, (1, 2), keepdims=True)
        return ops.cast((images - mean) * ops.rsqrt(variance + self.epsilon), inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}


def _is_best_split(shape):
    is_large = shape.is_fully_defined() and shape[1:].num_elements() >= _SPLIT_FROM_VALUES
    return shape[0] == 1 or (is_large and shape[0] <= _SPLIT_UP_TO_IMAGES)


def _identity(shape):
    """A gain and a bias that change nothing."""
    return tf.ones(shape), tf.zeros(shape)
