"""A bias of its own for each place of a map."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class UntiedBias(keras.layers.Layer):
    """Adds a bias for each row, column and channel, where a convolution's is one for each channel.

    `(batch, height, width, channels)` to the same. ALI ends its networks with it (Dumoulin et al.,
    2016, arXiv:1606.00704, in the authors' code).
    """

    def build(self, input_shape):
        self.bias = self.add_weight(input_shape[1:], initializer="zeros", name="bias")

    def call(self, inputs):
        return inputs + self.bias

    def compute_output_shape(self, input_shape):
        return input_shape
