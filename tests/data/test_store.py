"""Batches out of stores: what is asked for, cut out where it is asked for."""

import numpy as np
import tensorflow as tf

from ganzoo.data.store import Store

SIZE = 300
IMAGES = np.random.default_rng(0).integers(0, 256, (SIZE, 6, 8, 1), np.uint8)
LABELS = np.arange(SIZE, dtype=np.int32) % 7


def test_rectangles_are_cut_out_where_they_are_asked_for_and_labels_come_with_them():
    pairs = Store("some", {"images": IMAGES, "labels": LABELS})
    indices, tops, lefts = [5, 290, 5], [0, 2, 1], [3, 0, 4]
    vectors = [tf.constant(vector, tf.int64) for vector in (indices, tops, lefts)]
    images, labels = pairs.gather(("images", "labels"), *vectors, height=4, width=4)
    np.testing.assert_array_equal(labels, LABELS[indices])
    for image, index, top, left in zip(images, indices, tops, lefts, strict=True):
        np.testing.assert_array_equal(image, IMAGES[index, top : top + 4, left : left + 4])
