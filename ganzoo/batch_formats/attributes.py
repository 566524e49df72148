"""Attributes: what is true of an image, a vector of 0 and 1."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats.kinds import Kind
from ganzoo.errors import InputError, listed, unknown


@dataclass(frozen=True)
class Attributes(Kind):
    """Attributes of images: float32 `(batch, count)` of 0.0 and 1.0.

    In sources a vector `(count,)` of 0 and 1, of any type of numbers, or of booleans.

    Args:
        names: those that are wanted, in this order; none for all that the data has.
    """

    cached_type = np.uint8
    names: tuple[str, ...] = ()

    def with_settings(self, settings):
        return replace(self, names=tuple(settings.attributes))

    def example_shape(self, image_shape):
        return (None,)

    def check(self, tensor):
        if not tensor.dtype.is_floating:
            raise InputError(f"Attributes are float32, 0.0 or 1.0. Received: {tensor.dtype.name}")

    def random(self, shape, seed):
        return tf.cast(tf.random.stateless_uniform(shape, seed) < 0.5, tf.float32)

    def check_array(self, name, array):
        if array.ndim != 2 or array.dtype.kind not in "biuf":
            raise InputError(
                f"{name} must be 0 or 1, (count, attributes). Received: {array.dtype} {array.shape}"
            )
        self._check_length(name, array.shape[1])
        outside = array[(array != 0) & (array != 1)]
        if len(outside):
            raise InputError(f"{name} must be 0 or 1. Received: {outside[0]:g}")

    def check_spec(self, name, spec):
        shape, dtype = getattr(spec, "shape", None), getattr(spec, "dtype", tf.string)
        is_number = dtype.is_integer or dtype.is_floating or dtype == tf.bool
        if shape is None or shape.rank != 1 or shape[0] is None or not is_number:
            raise InputError(
                f"{name} must be 0 or 1, (attributes,), their number known. Received: {spec}"
            )
        self._check_length(name, shape[0])

    def _check_length(self, name, length):
        if length == 0 or (self.names and length != len(self.names)):
            wanted = f"{len(self.names)} ({listed(self.names)})" if self.names else "1 at least"
            raise InputError(f"{name} must be {wanted}. Received: {length} of them")

    def from_array(self, value):
        bits = tf.cast(value, tf.uint8)
        is_bit = (value == tf.zeros_like(value)) | (value == tf.ones_like(value))
        tf.debugging.Assert(
            tf.reduce_all(is_bit), ["Attributes must be 0 or 1, and those of an example are", value]
        )
        return bits

    def cached_shape(self, source_shape):
        return tuple(source_shape)

    def prepared(self, value, shape, center_crop, fit):
        return tf.cast(value, tf.uint8)

    def finished(self, batch):
        return tf.cast(batch, tf.float32)


def columns_of(wanted: Sequence[str], available: Sequence[str], whose: str) -> list[int]:
    """Returns the places of the wanted attributes among those that there are; without any, all.

    Raises:
        InputError: for an attribute that is not there, or that is there or wanted twice.
    """
    for names in (available, wanted):
        twice = next((name for name in names if list(names).count(name) > 1), None)
        if twice is not None:
            raise InputError(f"An attribute of {whose} is named twice. Received: {twice!r}")
    for name in wanted:
        if name not in available:
            raise unknown(f"attribute of {whose}", name, available)
    return [list(available).index(name) for name in wanted or available]
