"""Batches out of stores: what is asked for, cut out where it is asked for."""

import numpy as np
import tensorflow as tf

from ganzoo.data.store import Cuts, Store

SIZE = 300
IMAGES = np.random.default_rng(0).integers(0, 256, (SIZE, 6, 8, 3), np.uint8)
LABELS = np.arange(SIZE, dtype=np.int32) % 7


def test_rectangles_are_cut_out_where_they_are_asked_for_and_labels_come_with_them():
    kept = Store("some", {"images": IMAGES, "labels": LABELS})
    indices, tops, lefts, mirrored = (
        [5, 290, 5, 7],
        [0, 2, 1, 0],
        [3, 0, 4, 1],
        [False, False, True, True],
    )
    tops, lefts = (tf.constant(vector, tf.int64) for vector in (tops, lefts))
    cuts = Cuts(tops, lefts, tf.constant(mirrored), height=4, width=4)
    chosen = tf.constant(indices, tf.int64)
    images, labels = kept.gather(("images", "labels"), chosen, cuts)
    np.testing.assert_array_equal(labels, LABELS[indices])
    for image, index, top, left, is_mirrored in zip(
        images, indices, tops, lefts, mirrored, strict=True
    ):
        expected = IMAGES[index, top : top + 4, left : left + 4]
        np.testing.assert_array_equal(image, expected[:, ::-1] if is_mirrored else expected)
