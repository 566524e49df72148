"""A bias by itself, where something comes between a convolution and its bias."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class ChannelBias(keras.layers.Layer):
    """Adds a bias for each channel, `(batch, ..., channels)` to the same."""

    def build(self, input_shape):
        self.bias = self.add_weight(input_shape[-1:], initializer="zeros", name="bias")

    def call(self, inputs):
        return inputs + self.bias

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):  # Keras's own does not know a policy that is given as an object
        return super().get_config()
