"""Whether the images of pairs belong together: are edges in the same places in both?

An image is described by the magnitude of its gradient, across and down, at every point of a 64x64
thumbnail, less what all images of its side have in common. A pair's images are compared with each
other, and each with the partners of others. In pairs that were mixed up the image's own partner
matches no better than those: half of the time it is worse than half of them. In pairs that belong
together that is rare: docs/data_commands.md has measurements.
"""

import numpy as np
import tensorflow as tf

SIDE = 64
AT_MOST = 2000  # pairs compared
PARTNERS = 200  # of others, that an image's own partner is compared with
FEWEST = 20  # pairs that allow an estimate
SUSPICIOUS = 0.05  # fraction of misaligned pairs


def gradient_magnitude(image: tf.Tensor) -> tf.Tensor:
    """Returns the root of an image's gradient magnitude across and down, float16 `(64, 64, 2)`.

    Args:
        image: uint8 `(height, width, channels)`, or a batch of images; the channel with the largest
            magnitude counts.
    """
    image = tf.image.resize(image, (SIDE, SIDE), antialias=True)
    batch = [(0, 0)] * (image.shape.rank - 3)
    across = tf.pad(image[..., 2:, :] - image[..., :-2, :], (*batch, (0, 0), (1, 1), (0, 0)))
    down = tf.pad(image[..., 2:, :, :] - image[..., :-2, :, :], (*batch, (1, 1), (0, 0), (0, 0)))
    magnitude = tf.stack([tf.reduce_max(tf.abs(d), -1) for d in (across, down)], -1)
    # The root keeps a few strong edges from counting for everything.
    return tf.cast(tf.sqrt(magnitude), tf.float16)


def partner_ranks(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns, for each pair, the fraction of others' partners that match worse than its own.

    Args:
        inputs, targets: the `gradient_magnitude` of each image, `(count, 64, 64, 2)`; `count` is
            at least 2.

    Returns:
        Float `(count,)` in [0, 1]: about 1 for pairs that belong together.
    """
    inputs, targets = _normalised(inputs), _normalised(targets)
    count = len(inputs)
    own = np.einsum("ij,ij->i", inputs, targets)
    others = np.random.default_rng(0).permutation(count)[:PARTNERS]
    is_other = others != np.arange(count)[:, None]
    ranks = [
        ((side @ partners[others].T < own[:, None]) & is_other).sum(1) / is_other.sum(1)
        for side, partners in ((inputs, targets), (targets, inputs))
    ]
    return np.mean(ranks, axis=0)


def misaligned_fraction(ranks: np.ndarray) -> float:
    """Returns an estimate of the fraction of pairs that do not belong together.

    Half of them are found: those whose partner happens to match worse than half of all partners.
    """
    return min(1.0, 2 * float(np.mean(ranks < 0.5)))


def _normalised(gradients):
    maps = gradients.astype(np.float32).reshape(len(gradients), -1, 2)
    maps = (maps - maps.mean(1, keepdims=True)) / (maps.std(1, keepdims=True) + 1e-6)
    maps -= maps.mean(0)
    vectors = maps.reshape(len(maps), -1)
    return vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6)
