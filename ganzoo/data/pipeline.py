"""Kept images -> batches, as a pure function of (seed, epoch, index).

The order of the steps matters: shuffle indices (not images), gather, transform after the cache (a
transform before it would be drawn once and frozen), convert to float last, prefetch.
"""

import itertools

import numpy as np
import tensorflow as tf

from ganzoo import images as image_range
from ganzoo import randomness
from ganzoo.data.store import Store


class Pipeline:
    """Batches of a store; any position in them can be returned to without replaying the rest.

    Args:
        store: the images and labels.
        batch_format: `"images"` or `"labelled"`.
        batch_size: examples in a batch.
        shuffle: whether each epoch has an order of its own and drops the last, smaller batch.
        horizontal_flip, seed: as in `load_dataset`.
    """

    def __init__(self, store: Store, batch_format, *, batch_size, shuffle, horizontal_flip, seed):
        size = len(store)
        self.store = store
        self.batch_format = batch_format
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.horizontal_flip = horizontal_flip
        self.seed = seed
        self.steps_per_epoch = size // batch_size if shuffle else -(-size // batch_size)

    def first_examples(self, count: int):
        """Returns the first `count` examples of the source, untransformed, as one batch."""
        return self._formatted(self.store.images[:count], self.store.labels[:count])

    def stream(self, first_step: int = 0) -> tf.data.Dataset:
        """Returns batches without end, epoch after epoch, from that step of training on."""
        steps = tf.data.Dataset.counter(first_step, dtype=tf.int64)
        return self._batches(steps)

    def epochs(self) -> tf.data.Dataset:
        """Returns the batches of one epoch; each time it is iterated, those of the next."""
        counter = itertools.count()
        number = tf.data.Dataset.from_tensors(0).map(
            lambda _: tf.ensure_shape(
                tf.numpy_function(lambda: np.int64(next(counter)), [], tf.int64), ()
            )
        )
        steps = number.flat_map(
            lambda epoch: tf.data.Dataset.range(
                epoch * self.steps_per_epoch, (epoch + 1) * self.steps_per_epoch
            )
        )
        cardinality = tf.data.experimental.assert_cardinality(self.steps_per_epoch)
        return self._batches(steps.apply(cardinality))

    def _batches(self, steps):
        # Several at a time, handed on in order; no batch depends on the one before.
        return steps.map(self._batch, tf.data.AUTOTUNE, deterministic=True).prefetch(
            tf.data.AUTOTUNE
        )

    def _batch(self, step):
        size = len(self.store)
        epoch, step_in_epoch = step // self.steps_per_epoch, step % self.steps_per_epoch
        start = step_in_epoch * self.batch_size
        positions = tf.range(start, tf.minimum(start + self.batch_size, size))
        indices = positions
        if self.shuffle:
            order = randomness.key(self.seed, "order", epoch)
            indices = randomness.shuffled(positions, size, order)
        images, labels = tf.numpy_function(
            lambda chosen: (self.store.images[chosen], self.store.labels[chosen]),
            [indices],
            [tf.uint8, tf.int32],
        )
        length = self.batch_size if self.shuffle else None
        images = tf.ensure_shape(images, (length, *self.store.images.shape[1:]))
        labels = tf.ensure_shape(labels, (length,))
        if self.horizontal_flip:
            draws = randomness.uniform_by_index(self.seed, "flip", epoch * size + positions)
            images = tf.where(draws[:, None, None, None] < 0.5, images, tf.reverse(images, [2]))
        return self._formatted(images, labels)

    def _formatted(self, images, labels):
        images = image_range.from_uint8(images)
        return images if self.batch_format == "images" else (images, labels)
