"""Channels to pixels."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class PixelShuffle(keras.layers.Layer):
    """Sub-pixel upsampling (Shi et al., 2016, arXiv:1609.05158).

    `(batch, height, width, factor^2 * channels)` to `(batch, factor * height, factor * width,
    channels)`: the channels of a pixel become a square of pixels.

    Args:
        factor: by which both sides grow; its square divides the channels.
    """

    def __init__(self, factor: int = 2, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return keras.ops.depth_to_space(inputs, self.factor)

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        return (batch, self.factor * height, self.factor * width, channels // self.factor**2)

    def get_config(self):
        return super().get_config() | {"factor": self.factor}
