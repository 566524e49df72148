"""Batch normalisation that needs no statistics from training."""

import keras
import tensorflow as tf
from keras import ops

from ganzoo.layers.normalization import can_be_fused, fused


@keras.saving.register_keras_serializable("ganzoo")
class SingleBatchNormalization(keras.layers.Layer):
    """Batch normalisation by the statistics of what it is given, at inference too.

    In training these are the batch's. At inference they are each image's own, as in a batch of one:
    so no image depends on its neighbours. Pix2Pix tests its networks like that (arXiv:1611.07004,
    section 3.4). A `keras.layers.BatchNormalization` would use moving averages of training.

    Args:
        epsilon: added to the variance.
        synchronized: whether the batch is the global one, where training has several replicas;
            if not, each normalises its own part.
        gamma_initializer: of the gain, one value per channel; the bias begins at zero.
    """

    def __init__(
        self,
        epsilon: float = 1e-5,
        gamma_initializer="ones",
        synchronized: bool = False,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.synchronized = synchronized
        self.epsilon = epsilon
        self.gamma_initializer = keras.initializers.get(gamma_initializer)

    def build(self, input_shape):
        channels = (input_shape[-1],)
        self.gamma = self.add_weight(
            name="gamma", shape=channels, initializer=self.gamma_initializer, autocast=False
        )
        self.beta = self.add_weight(
            name="beta", shape=channels, initializer="zeros", autocast=False
        )

    def call(self, inputs, training=False):
        if training and can_be_fused(inputs) and not self.synchronized:
            return fused(inputs, self.gamma.value, self.beta.value, self.epsilon)[0]
        # Sums over an image overflow float16.
        images = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        axes = (0, 1, 2) if training else (1, 2)
        mean, variance = ops.moments(images, axes, keepdims=True)
        if training and self.synchronized:
            mean, variance = _of_global_batch(mean, variance)
        gain = ops.rsqrt(variance + self.epsilon) * self.gamma
        outputs = images * gain + (self.beta - mean * gain)
        return ops.cast(outputs, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {
            "epsilon": self.epsilon,
            "synchronized": self.synchronized,
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
        }


def _of_global_batch(mean, variance):
    """The moments of the global batch, from those of equal parts of it, in one exchange."""
    replica = tf.distribute.get_replica_context()
    if replica.num_replicas_in_sync == 1:
        return mean, variance
    parts = replica.all_gather(tf.concat([mean, variance], axis=-1), axis=0)
    means, variances = tf.split(parts, 2, axis=-1)
    mean = tf.reduce_mean(means, axis=0, keepdims=True)
    # The variance of the whole is that inside the parts and that between them.
    variance = tf.reduce_mean(variances + tf.square(means - mean), axis=0, keepdims=True)
    return mean, variance
