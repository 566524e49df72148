"""The passage from one resolution to the next, of networks that grow."""

import keras
import tensorflow as tf


def mixed(low, high, level, index: int):
    """Returns `(1 - a) low + a high`, where a is 0 up to a level and 1 from the next on.

    Args:
        low: what there is at the level `index - 1`.
        high: of the same shape, what there is at `index`.
        level: a number, or one of each example as `low` has axes.
        index: the level at which all is `high`.
    """
    share = tf.cast(tf.clip_by_value(level - (index - 1), 0.0, 1.0), low.dtype)
    return (1.0 - share) * low + share * high


@keras.saving.register_keras_serializable("ganzoo")
class FadeIn(keras.layers.Layer):
    """Mixes the maps of two resolutions (Karras et al., 2018, arXiv:1710.10196, figure 2).

    Called with `[low, high, levels]`, maps of one shape and `(batch, 1)` levels: `low` up to the
    level `index - 1`, `high` from `index` on.

    Args:
        index: of the level.
    """

    def __init__(self, index: int, **kwargs):
        super().__init__(autocast=False, **kwargs)  # bfloat16 has few digits for a level
        self.index = index

    def call(self, inputs):
        low, high, levels = inputs
        return mixed(low, high, levels[:, :, None, None], self.index)

    def compute_output_shape(self, input_shape):
        return input_shape[0]

    def get_config(self):
        return super().get_config() | {"index": self.index}
