"""Layer normalisation whose gradient has a right gradient.

Keras's `LayerNormalization` and `GroupNormalization` take their variance by `tf.nn.moments`, which
holds the mean inside it constant. A first derivative is none the worse; one of a gradient, which a
penalty takes, quietly lacks a term.
"""

import keras
from keras import ops


@keras.saving.register_keras_serializable("ganzoo")
class LayerNormalization(keras.layers.Layer):
    """Each image's map to mean 0 and variance 1 (Ba et al., 2016, arXiv:1607.06450).

    Over height, width and channels, with a gain and a bias for each channel.

    Args:
        epsilon: added to the variance.
        gamma_initializer: of the gains.
    """

    def __init__(self, epsilon: float = 1e-5, gamma_initializer="ones", **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.gamma_initializer = keras.initializers.get(gamma_initializer)

    def build(self, input_shape):
        channels = input_shape[-1:]
        self.gamma = self.add_weight(channels, self.gamma_initializer, name="gamma")
        self.beta = self.add_weight(channels, "zeros", name="beta")

    def call(self, inputs):
        maps = ops.cast(inputs, self.variable_dtype)
        centred = maps - ops.mean(maps, (1, 2, 3), keepdims=True)
        variance = ops.mean(centred**2, (1, 2, 3), keepdims=True)
        normalised = centred * ops.rsqrt(variance + self.epsilon)
        gain, bias = (ops.cast(v, maps.dtype) for v in (self.gamma, self.beta))
        return ops.cast(normalised * gain + bias, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return super().get_config() | {
            "epsilon": self.epsilon,
            "gamma_initializer": keras.initializers.serialize(self.gamma_initializer),
        }
