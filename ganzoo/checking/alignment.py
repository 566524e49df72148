"""Whether the images of pairs belong together: do lines lie in the same places in both?

An image is described by how steep it is, across and down, at every point of a 64x64 thumbnail, less
what all images of its side have in common. A pair's images are compared with each other, and each
with the partners of others. In pairs that were mixed up the own partner is no better than those:
half of the time it is worse than half of them. In pairs that belong together that is rare: see
docs/data_commands.md for figures.
"""

import numpy as np
import tensorflow as tf

SIDE = 64
AT_MOST = 2000  # pairs looked at
PARTNERS = 200  # of others, that a partner is compared with
FEWEST = 20  # pairs that allow a statement
SUSPICIOUS = 0.05  # share of misfits


def structure(image: tf.Tensor) -> tf.Tensor:
    """Returns how steep an image is across and down, float16 `(64, 64, 2)`.

    Args:
        image: uint8 `(height, width, channels)`; of its channels the steepest counts.
    """
    image = tf.image.resize(image, (SIDE, SIDE), antialias=True)
    across = tf.pad(image[:, 2:] - image[:, :-2], ((0, 0), (1, 1), (0, 0)))
    down = tf.pad(image[2:] - image[:-2], ((1, 1), (0, 0), (0, 0)))
    steepness = tf.stack([tf.reduce_max(tf.abs(d), -1) for d in (across, down)], -1)
    # The root keeps a few strong edges from counting for everything.
    return tf.cast(tf.sqrt(steepness), tf.float16)


def fits(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns, for each pair, the share of others' partners that fit worse than its own.

    Args:
        inputs, targets: the `structure` of each image, `(count, 64, 64, 2)`, at least 2 of them.
    """
    inputs, targets = _normalised(inputs), _normalised(targets)
    count = len(inputs)
    own = np.einsum("ij,ij->i", inputs, targets)
    others = np.random.default_rng(0).permutation(count)[:PARTNERS]
    is_other = others != np.arange(count)[:, None]
    shares = [
        ((side @ partners[others].T < own[:, None]) & is_other).sum(1) / is_other.sum(1)
        for side, partners in ((inputs, targets), (targets, inputs))
    ]
    return np.mean(shares, axis=0)


def misfits(fits: np.ndarray) -> float:
    """Returns the share of pairs that do not belong together, as far as that can be told.

    Half of them, those that happen to fit worse than half of all partners, are seen.
    """
    return min(1.0, 2 * float(np.mean(fits < 0.5)))


def _normalised(structures):
    maps = structures.astype(np.float32).reshape(len(structures), -1, 2)
    maps = (maps - maps.mean(1, keepdims=True)) / (maps.std(1, keepdims=True) + 1e-6)
    maps -= maps.mean(0)
    vectors = maps.reshape(len(maps), -1)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
