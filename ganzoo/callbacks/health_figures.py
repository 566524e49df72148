"""The figures that the health check goes by."""

import numpy as np
import tensorflow as tf


def figures(outputs, decision_threshold: float | None) -> dict[str, float]:
    """Returns what `Health` decides by, of one discriminator.

    Args:
        outputs: an `AdversarialOutputs`, as `GANModel.gradient_norms` returns them.
        decision_threshold: the model's.

    Returns:
        `real_accuracy` and `fake_accuracy`, the share of the discriminator's right answers; of a
        critic, which has no threshold, `score_difference`, the mean score of reals less that of
        fakes, in place of both;
        `saturation`, the share of the fakes' values within 0.01 of -1 or 1 less that of the reals';
        `diversity`, the mean distance of two fakes of a label over that of two reals, left out
        where there are no two or all are equal.
    """
    reals, fakes = np.asarray(outputs.reals), np.asarray(outputs.fakes)
    labels = np.zeros(len(reals)) if outputs.labels is None else np.asarray(outputs.labels)
    if labels.ndim == 2:  # the numbers of the different vectors of attributes
        labels = np.unique(labels, axis=0, return_inverse=True)[1].reshape(-1)
    real_scores, fake_scores = np.asarray(outputs.real_scores), np.asarray(outputs.fake_scores)
    if decision_threshold is None:
        found = {"score_difference": float(np.mean(real_scores) - np.mean(fake_scores))}
    else:
        found = {
            "real_accuracy": float(np.mean(real_scores > decision_threshold)),
            "fake_accuracy": float(np.mean(fake_scores <= decision_threshold)),
        }
    extremes = [np.mean(np.abs(images) > 0.99) for images in (fakes, reals)]
    found["saturation"] = float(extremes[0] - extremes[1])
    if (real_distance := _mean_distance(reals, labels)) > 1e-3:
        found["diversity"] = _mean_distance(fakes, labels) / real_distance
    return found


def thumbnail(images) -> list:
    """Returns the mean image at 4x4: whether two of them differ says whether images changed."""
    return (
        tf.image.resize(tf.reduce_mean(images, axis=(0, 3))[..., None], (4, 4), "area")[..., 0]
        .numpy()
        .tolist()
    )


def _mean_distance(images, labels):
    """The mean distance, the root of the mean square, of two images of the same label; or 0."""
    flat = tf.reshape(tf.cast(images, tf.float64), (len(images), -1))
    squares = tf.reduce_mean(flat**2, axis=1)
    products = tf.matmul(flat, flat, transpose_b=True) / flat.shape[1]
    distances = tf.sqrt(tf.maximum(squares[:, None] + squares - 2.0 * products, 0.0)).numpy()
    pairs = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    return float(distances[pairs].mean()) if pairs.any() else 0.0
