"""Numbers of classes, and the one message for a number that no class has."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError


@dataclass(frozen=True)
class ClassNumbers:
    """The integers 0 to classes - 1.

    Args:
        classes: how many there are.
        message: of the error for another number, which it ends with.
    """

    classes: int
    message: str

    def check(self, numbers: np.ndarray | tf.Tensor) -> None:
        """Raises an InputError where one of the numbers is outside; of any size, none of them is
        copied."""
        if len(np.shape(numbers)) and 0 in np.shape(numbers):
            return
        lowest, highest = int(np.min(numbers)), int(np.max(numbers))
        if lowest < 0 or highest >= self.classes:
            raise InputError(f"{self.message} {lowest if lowest < 0 else highest}")

    def are_outside(self, numbers: tf.Tensor) -> tf.Tensor:
        """Returns which numbers are outside, bool of the same shape."""
        return (numbers < 0) | (numbers >= self.classes)

    def assertion(self, numbers: tf.Tensor) -> tf.Operation | None:
        """Returns the operation, in a graph, that fails with the message and the number."""
        lowest, highest = tf.reduce_min(numbers), tf.reduce_max(numbers)
        worst = tf.where(lowest < 0, lowest, highest)
        are_inside = ~tf.reduce_any(self.are_outside(numbers))
        return tf.debugging.Assert(are_inside, [self.message, worst])


def labels_below(num_classes: int) -> ClassNumbers:
    """Returns what the labels of so many classes may be."""
    return ClassNumbers(
        num_classes, f"Labels must be in 0 to num_classes - 1, {num_classes - 1}. Received:"
    )


def label_map_ids(classes: int) -> ClassNumbers:
    """Returns what the pixels of label maps of so many classes may be."""
    return ClassNumbers(classes, f"Ids of label maps must be in 0 to {classes - 1}. Received:")
