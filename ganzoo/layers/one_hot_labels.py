"""Labels as vectors, checked."""

import keras
import tensorflow as tf

from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class OneHotLabels(keras.layers.Layer):
    """Integer labels `(batch,)` to one-hot vectors `(batch, num_classes)`.

    A label outside the classes is an `InputError` in eager mode and a failed assertion in a graph.
    XLA has no assertions: there its vector is NaN, and so is all that is made from it, because a
    vector of zeros would quietly be some other class.

    Args:
        num_classes: labels are 0 to num_classes - 1.
    """

    def __init__(self, num_classes: int, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes

    def call(self, labels):
        outside = (labels < 0) | (labels >= self.num_classes)
        worst = tf.where(tf.reduce_min(labels) < 0, tf.reduce_min(labels), tf.reduce_max(labels))
        message = f"Labels must be in 0 to num_classes - 1, {self.num_classes - 1}. Received:"
        if tf.executing_eagerly() and tf.reduce_any(outside):
            raise InputError(f"{message} {worst.numpy()}")
        with tf.control_dependencies(
            [tf.debugging.Assert(~tf.reduce_any(outside), [message, worst])]
        ):
            vectors = tf.one_hot(labels, self.num_classes, dtype=self.compute_dtype)
        return tf.where(outside[:, None], tf.constant(float("nan"), vectors.dtype), vectors)

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.num_classes)

    def get_config(self):
        return super().get_config() | {"num_classes": self.num_classes}
