"""The layers by which styles and noise enter StyleGAN's generator (arXiv:1812.04958)."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("ganzoo")
class NoiseInjection(keras.layers.Layer):
    """Adds noise to maps, scaled by a weight for each channel that begins at 0.

    Called with `[maps, noise]`, `(batch, height, width, channels)` and `(batch, height, width, 1)`.
    """

    def build(self, input_shape):
        channels = input_shape[0][-1:]
        self.strengths = self.add_weight(channels, initializer="zeros", name="strengths")

    def call(self, inputs):
        maps, noise = inputs
        return maps + self.strengths * tf.cast(noise, maps.dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):  # Keras's own does not know a policy that is given as an object
        return super().get_config()


@keras.saving.register_keras_serializable("ganzoo")
class AdaptiveInstanceNormalization(keras.layers.Layer):
    """Gives each map the mean and the scale that a style says (equation 1 of arXiv:1812.04958).

    Called with `[maps, styles]`, `(batch, height, width, channels)` and `(batch, 2 * channels)`:
    a map at mean 0 and variance 1, times one more than the style's first half, plus its second. The
    one is not of the paper but of the authors' code. Computed in full precision.

    Args:
        epsilon: added to the variance.
    """

    def __init__(self, epsilon: float = 1e-8, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def call(self, inputs):
        maps, styles = (tf.cast(values, self.variable_dtype) for values in inputs)
        centred = maps - tf.reduce_mean(maps, (1, 2), keepdims=True)
        variance = tf.reduce_mean(centred**2, (1, 2), keepdims=True)
        scale, shift = tf.split(styles[:, None, None], 2, axis=-1)
        normalised = centred * tf.math.rsqrt(variance + self.epsilon)
        return tf.cast(normalised * (scale + 1.0) + shift, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return super().get_config() | {"epsilon": self.epsilon}


@keras.saving.register_keras_serializable("ganzoo")
class LearnedConstant(keras.layers.Layer):
    """A map of ones that is learned, one for each example of what it is called with.

    Args:
        shape: `(height, width, channels)`.
    """

    def __init__(self, shape: tuple[int, int, int], **kwargs):
        super().__init__(**kwargs)
        self.shape = tuple(shape)

    def build(self, input_shape):
        self.constant = self.add_weight(self.shape, initializer="ones", name="constant")

    def call(self, inputs):
        # Not broadcast by tf.tile: this knows its shape but for the batch.
        zeros = tf.zeros((tf.shape(inputs)[0], 1, 1, 1), self.compute_dtype)
        return zeros + self.constant

    def compute_output_shape(self, input_shape):
        return (input_shape[0], *self.shape)

    def get_config(self):
        return super().get_config() | {"shape": self.shape}
