"""Padding by reflection."""

import keras


@keras.saving.register_keras_serializable("ganzoo")
class ReflectionPadding2D(keras.layers.Layer):
    """Pads images by their reflection, without repeating the edge.

    Args:
        padding: pixels on each of the four sides; fewer than either side of the image.
    """

    def __init__(self, padding: int, **kwargs):
        super().__init__(**kwargs)
        self.padding = padding

    def call(self, inputs):
        sides = (self.padding, self.padding)
        return keras.ops.pad(inputs, ((0, 0), sides, sides, (0, 0)), mode="reflect")

    def compute_output_shape(self, input_shape):
        batch, height, width, channels = input_shape
        height, width = (side and side + 2 * self.padding for side in (height, width))
        return (batch, height, width, channels)

    def get_config(self):
        return super().get_config() | {"padding": self.padding}
