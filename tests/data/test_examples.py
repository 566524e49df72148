"""Examples by their indices: what is asked for, cropped where it is asked for."""

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Images, Labels
from ganzoo.data.examples import CachedExamples, CropBoxes

SIZE = 300
IMAGES = np.random.default_rng(0).integers(0, 256, (SIZE, 6, 8, 3), np.uint8)
LABELS = np.arange(SIZE, dtype=np.int32) % 7


def test_images_are_cropped_to_their_boxes_and_labels_come_with_them():
    cached = CachedExamples("some", {"images": IMAGES, "labels": LABELS})
    indices, tops, lefts, mirrored = (
        [5, 290, 5, 7],
        [0, 2, 1, 0],
        [3, 0, 4, 1],
        [False, False, True, True],
    )
    tops, lefts = (tf.constant(vector, tf.int64) for vector in (tops, lefts))
    boxes = CropBoxes(tops, lefts, tf.constant(mirrored), height=4, width=4)
    chosen = tf.constant(indices, tf.int64)
    images, labels = cached.gather({"images": Images(), "labels": Labels()}, chosen, boxes)
    np.testing.assert_array_equal(labels, LABELS[indices])
    for image, index, top, left, is_mirrored in zip(
        images, indices, tops, lefts, mirrored, strict=True
    ):
        expected = IMAGES[index, top : top + 4, left : left + 4]
        np.testing.assert_array_equal(image, expected[:, ::-1] if is_mirrored else expected)
