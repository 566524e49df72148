"""Labels: the class of an image, a number."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats.kinds import Kind
from ganzoo.errors import InputError


@dataclass(frozen=True)
class Labels(Kind):
    """The numbers of classes: int32 `(batch,)`; in sources integers `()`."""

    cached_type = np.int32

    def example_shape(self, image_shape):
        return ()

    def check(self, tensor):
        if not tensor.dtype.is_integer:
            raise InputError(f"Labels are integers. Received: {tensor.dtype.name}")

    def random(self, shape, seed):
        return tf.zeros(shape, tf.int32)  # the class that every model with labels has

    def check_array(self, name, array):
        if array.ndim != 1 or array.dtype.kind not in "iu":
            raise InputError(
                f"{name} must be integers (count,). Received: {array.dtype} {array.shape}"
            )
        if len(array) and not 0 <= array.min() <= array.max() < 2**31:
            raise InputError(
                f"{name} must be numbers of classes. Received: {array.min()} to {array.max()}"
            )

    def check_spec(self, name, spec):
        if getattr(spec, "shape", None) != () or not spec.dtype.is_integer:
            raise InputError(f"{name} must be integers (). Received: {spec}")

    def cached_shape(self, source_shape):
        return ()

    def prepared(self, value, shape, center_crop, fit):
        return tf.cast(value, tf.int32)
