"""Feature vectors of length one, pixel by pixel."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("ganzoo")
class PixelNormalization(keras.layers.Layer):
    """Divides each pixel's channels by the root of their mean square.

    Of maps or of vectors, `(batch, ..., channels)`, to the same (Karras et al., 2018,
    arXiv:1710.10196, section 4.2). Computed in full precision.

    Args:
        epsilon: added to the mean square.
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs):
        maps = tf.cast(inputs, self.variable_dtype)
        square = tf.reduce_mean(maps**2, axis=-1, keepdims=True)
        return tf.cast(maps * tf.math.rsqrt(square + self.epsilon), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}
