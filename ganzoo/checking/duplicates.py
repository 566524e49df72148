"""Copies among images: the same picture encoded again, or at another size.

Copies are recognised by thumbnails. Encoding a photograph again, as JPEG of quality 20 or better,
and resizing it, to a quarter or more, changes a 16x16 thumbnail by at most 2.4 of 255 levels (root
mean square, over 200 faces of CelebA and 100 facades; nearest neighbours, which nobody should
resize with, excepted). The closest two of 606 different facades are 17.5 apart, and in 9,000 faces
all that are closer than 15.7 are five photographs cropped twice.
"""

import numpy as np
import tensorflow as tf
from tqdm import tqdm

SIDE = 16  # of thumbnails
AT_MOST = 200_000  # images compared; beyond this it would take minutes
LARGEST = 5.0  # difference of copies, in levels
# Of images with little contrast the difference must be small compared to it ...
OF_CONTRAST = 0.25
SMALLEST = 1.0  # ... but rounding makes this much.
ROWS, COLUMNS = 1024, 8192  # compared at once


def thumbnail(images: tf.Tensor) -> tf.Tensor:
    """Returns one image, or a batch of images, uint8, resized to 16x16."""
    small = tf.image.resize(images, (SIDE, SIDE), antialias=True)
    return tf.saturate_cast(tf.round(small), tf.uint8)


def near_duplicates(thumbnails: np.ndarray) -> list[list[int]]:
    """Returns the groups of images that are copies of each other, by position, sorted.

    Args:
        thumbnails: uint8 `(count, height, width, channels)`, height and width even.
    """
    if len(thumbnails) == 0:
        return []
    # Images that are the same to the last bit, such as many black ones, would be too many pairs.
    flat = np.ascontiguousarray(thumbnails.reshape(len(thumbnails), -1))
    _, first, group = np.unique(
        flat.view(f"V{flat.shape[1]}")[:, 0], return_index=True, return_inverse=True
    )
    parents = list(range(len(first)))

    def root(number):
        while parents[number] != number:
            number = parents[number]
        return number

    for one, other in _pairs(thumbnails[first]):
        parents[max(root(one), root(other))] = min(root(one), root(other))
    members = {}
    for position, number in enumerate(group.ravel()):
        members.setdefault(root(number), []).append(position)
    return sorted(positions for positions in members.values() if len(positions) > 1)


def _pairs(images):
    """Yields (number, number) of images that differ by less than their limit."""
    count, height, width, _ = images.shape
    # Averaging only brings images closer, so that no pair of the small ones is missed.
    small = images.reshape(count, height // 2, 2, width // 2, 2, -1).mean((2, 4, 5))
    small = small.reshape(count, -1).astype(np.float32)
    small -= small.mean(0)
    squares = (small**2).sum(1)
    limits = _limits(images)
    for top in tqdm(range(0, count, ROWS), desc="Comparing", unit="k images", delay=2):
        rows = slice(top, top + ROWS)
        for left in range(top, count, COLUMNS):
            columns = slice(left, left + COLUMNS)
            distances = squares[rows, None] + squares[columns] - 2 * small[rows] @ small[columns].T
            largest = np.minimum(limits[rows, None], limits[columns])
            close = distances <= small.shape[1] * (largest + 0.1) ** 2  # float32 rounds
            for one, other in np.argwhere(close):
                if (
                    top + one < left + other
                    and _difference(images[top + one], images[left + other]) <= largest[one, other]
                ):
                    yield top + one, left + other


def _difference(one, other):
    return np.sqrt(((one.astype(np.float32) - other) ** 2).mean())


def _limits(images):
    """Returns by how much a copy of each image may differ from it."""
    blocks = np.array_split(images, -(-len(images) // ROWS))
    variance = np.concatenate([block.var((1, 2), dtype=np.float32).mean(-1) for block in blocks])
    return np.clip(OF_CONTRAST * np.sqrt(variance), SMALLEST, LARGEST)
