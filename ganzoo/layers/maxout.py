"""Maxout units."""

import keras

from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class Maxout(keras.layers.Layer):
    """The maximum over groups of `pieces` neighbours (Goodfellow et al., 2013, arXiv:1302.4389).

    `(batch, ..., units * pieces)` to `(batch, ..., units)`: after a dense layer or a convolution, a
    layer of maxout units.

    Args:
        pieces: linear pieces of a unit.
    """

    def __init__(self, pieces: int, **kwargs):
        super().__init__(**kwargs)
        self.pieces = pieces

    def build(self, input_shape):
        if input_shape[-1] % self.pieces:
            raise InputError(
                f"Maxout needs a multiple of {self.pieces} values. Received: {input_shape[-1]}"
            )

    def call(self, inputs):
        groups = (*inputs.shape[1:-1], inputs.shape[-1] // self.pieces, self.pieces)
        return keras.ops.max(keras.ops.reshape(inputs, (-1, *groups)), axis=-1)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] // self.pieces)

    def get_config(self):
        return super().get_config() | {"pieces": self.pieces}
