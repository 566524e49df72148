"""Dropout whose mask is a function of a key."""

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class KeyedDropout(keras.layers.Layer):
    """Dropout (Srivastava et al., 2014) in which each example's mask is a function of its key.

    It keeps no state, so a resumed run draws the masks of the uninterrupted one, and an example has
    its mask whatever it is batched with. Called with examples `(batch, ...)` and keys, int64
    `(batch,)`, such as `randomness.example_keys` returns.

    Args:
        rate: the share of values set to 0; the others are divided by 1 - rate.
        stream: a name; layers that are given the same keys need different ones.
        at_inference: whether it drops at inference too, as Pix2Pix does: there it is the noise.
    """

    def __init__(self, rate: float, stream: str, at_inference: bool = False, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= rate < 1:
            raise InputError(f"A dropout rate must be in [0, 1). Received: {rate}")
        self.rate = rate
        self.stream = stream
        self.at_inference = at_inference

    def call(self, inputs, keys, training=False):
        if not self.rate or not (training or self.at_inference):
            return inputs
        noise = randomness.uniform_by_key(keys, self.stream, tf.shape(inputs)[1:])
        kept = tf.ensure_shape(noise, inputs.shape) >= self.rate
        return tf.where(kept, inputs / (1.0 - self.rate), tf.zeros_like(inputs))

    def compute_output_shape(self, input_shape, *_):
        return input_shape

    def get_config(self):
        return super().get_config() | {
            "rate": self.rate,
            "stream": self.stream,
            "at_inference": self.at_inference,
        }
