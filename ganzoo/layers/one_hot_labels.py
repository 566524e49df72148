"""Labels, and label maps, as one-hot vectors, checked."""

import keras
import tensorflow as tf

from ganzoo.layers.class_numbers import ClassNumbers, label_map_ids, labels_below


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
        return _one_hot(labels, labels_below(self.num_classes), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape, self.num_classes)

    def get_config(self):
        return super().get_config() | {"num_classes": self.num_classes}


@keras.saving.register_keras_serializable("ganzoo")
class OneHotLabelMaps(keras.layers.Layer):
    """Label maps `(batch, height, width)`, or `(..., 1)`, to `(batch, height, width, classes)`.

    An id outside the classes is what a label is to `OneHotLabels`: an error, or NaN at its pixel.

    Args:
        classes: ids are 0 to classes - 1.
    """

    def __init__(self, classes: int, **kwargs):
        super().__init__(**kwargs)
        self.classes = classes

    def call(self, label_maps):
        ids = label_maps[..., 0] if label_maps.shape.rank == 4 else label_maps
        return _one_hot(tf.cast(ids, tf.int32), label_map_ids(self.classes), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:3], self.classes)

    def get_config(self):
        return super().get_config() | {"classes": self.classes}


def _one_hot(numbers, allowed: ClassNumbers, dtype):
    """Returns one-hot vectors along a new last axis; of numbers outside the classes they are NaN.

    Args:
        numbers: integers.
        allowed: those that there are.
    """
    if tf.executing_eagerly():
        allowed.check(numbers)
    outside = allowed.are_outside(numbers)
    with tf.control_dependencies([allowed.assertion(numbers)]):
        vectors = tf.one_hot(numbers, allowed.classes, dtype=dtype)
    return tf.where(outside[..., None], tf.constant(float("nan"), vectors.dtype), vectors)
