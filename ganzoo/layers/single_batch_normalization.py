"""Batch normalisation that needs no statistics from training."""

import keras
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
        gamma_initializer: of the gain, one value per channel; the bias begins at zero.
    """

    def __init__(self, epsilon: float = 1e-5, gamma_initializer="ones", **kwargs):
        super().__init__(**kwargs)
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
        if training and can_be_fused(inputs):
            return fused(inputs, self.gamma.value, self.beta.value, self.epsilon)[0]
        # Sums over an image overflow float16.
        images = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        axes = (0, 1, 2) if training else (1, 2)
        mean, variance = ops.moments(images, axes, keepdims=True)
        gain = ops.rsqrt(variance + self.epsilon) * self.gamma
        outputs = images * gain + (self.beta - mean * gain)
        return ops.cast(outputs, inputs.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {
            "epsilon": self.epsilon,
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
        }
