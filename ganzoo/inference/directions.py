"""`find_direction`: what to add to latents for more of something in their images."""

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganzoo.config.pretrained import check_writable, folder_of
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.inference.attribute_classifiers import classify, train_classifier
from ganzoo.inference.saved_directions import Direction, check_name, save_direction
from ganzoo.inference.sources import Label, checked_labels, images_of, open_source
from ganzoo.runs.loading import load_model
from ganzoo.saving.files import path_of

logger = logging.getLogger(__name__)
METHODS = ("logistic", "means")
RIDGE = 1e-3  # weight of |w|^2 / 2 in logistic regression: classes that a plane separates need it


def find_direction(
    run: str | os.PathLike,
    name: str,
    scores: str | os.PathLike | np.ndarray | keras.Model | Callable | None = None,
    *,
    attribute: str | None = None,
    method: str = "logistic",
    samples: int = 2000,
    threshold: float = 0.0,
    of_class: int | None = None,
    labels: Sequence[Label] | None = None,
    seed: int = 0,
    source: str | None = None,
) -> Direction:
    """Finds the direction from the latents of other images to those of positive ones, and saves it.

    * `"logistic"`: the normal of the plane that separates them best, the w of a logistic regression
      P(positive | z) = sigmoid(w z + b).
    * `"means"`: the mean of the positives' latents minus that of the others'.

    The vector is as long as the latents' standard deviation along it, so strengths count those.

    Which images are positive is decided either by `scores` or by an `attribute` of the run's
    dataset.

    Args:
        run: the folder of a run, or of an exported SavedModel, that samples from noise.
        name: its name, for `arithmetic`; a direction of that name is replaced.
        scores: a classifier (a model, a `.keras` file or a function) that takes float32 images
            `(batch, height, width, channels)` in [-1, 1], of the model's channels or those of the
            classifier's input, and returns `(batch,)`, `(batch, 1)` or, with `of_class`,
            `(batch, classes)`; or an array, or its `.npy` file, `(samples,)`: the scores of the
            images of the seeds from `seed` on.
        attribute: in place of scores: a feature of the run's dataset, or the number of a class, of
            which `train_classifier` trains a classifier.
        method: one of the above.
        samples: how many images are classified.
        threshold: scores above it are positive: 0 for logits, 0.5 for probabilities.
        of_class: positive are the images with their highest score for this class.
        labels: for a model with labels, the classes (or the attributes by name) of the images, in
            turn.
        seed: the seed of the first image.
        source: the origin of the scores, to note; left out, their name or the attribute.

    Raises:
        InputError: for a model without latents, an unknown method, a name that is not a plain word,
            scores of another shape, both scores and an attribute or neither, or images that are all
            positive or all not.
        ResourceError: if `run` is no trained run and no export, or the classifier cannot be read.
    """
    check_name(name)
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    if (scores is None) == (attribute is None):
        raise InputError(
            "Positive images are decided by scores (or a classifier of them), or by an attribute. "
            f"Received: {'neither' if scores is None else 'both'}"
        )
    folder = folder_of(run)
    check_writable(folder)
    model = open_source(folder)
    labels = checked_labels(model, labels)
    if source is None:
        source = attribute if scores is None else _name_of(scores)
    scores = _attribute_classifier(folder, attribute) if scores is None else _opened(scores)
    if isinstance(scores, np.ndarray):
        samples = len(scores)
    if samples < 2 or seed < 0:
        raise InputError(
            f"There must be at least 2 samples, of seeds from 0 on. Received: {samples}, {seed}"
        )
    latents = model.latents_of_seeds(tf.range(seed, seed + samples, dtype=tf.int64)).numpy()
    if not isinstance(scores, np.ndarray):
        scores = classify(scores, images_of(model, latents, labels))
    positive = _positive(scores, threshold, of_class)
    if positive.all() or not positive.any():
        raise InputError(
            "Some images must be positive and others not; more samples or another threshold may "
            f"help. Received: {positive.sum()} positives of {samples}"
        )
    unit, middle = _plane(latents.astype(np.float64), positive, method)
    along = latents @ unit
    direction = Direction(
        name,
        (unit * along.std()).astype(np.float32),
        method,
        source,
        samples,
        float(positive.mean()),
        float(((along > middle) == positive).mean()),
    )
    save_direction(folder, direction)
    return direction


def _name_of(scores):
    if isinstance(scores, (str, Path)):
        return str(scores)
    return getattr(scores, "name", type(scores).__name__)


def _attribute_classifier(run, attribute):
    classifier, accuracy = train_classifier(run, attribute)
    logger.info("A classifier of %s: accuracy %.3f on what was held out", attribute, accuracy)
    return classifier


def _opened(scores):
    if isinstance(scores, (str, Path)):
        if not str(scores).endswith(".npy"):
            return load_model(scores, compile=False)
        try:
            return np.load(path_of(scores), allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise ResourceError(
                f"Scores must be numbers in a .npy file. Received: {str(scores)!r}"
            ) from error
    if isinstance(scores, np.ndarray) or callable(scores):
        return scores
    return np.asarray(scores)


def _positive(scores, threshold, of_class):
    if of_class is not None:
        if scores.ndim != 2 or not 0 <= of_class < scores.shape[1]:
            raise InputError(
                "With of_class, scores must be (count, classes), of more classes than that. "
                f"Received: scores {scores.shape} and of_class={of_class}"
            )
        return scores.argmax(1) == of_class
    if scores.ndim == 2 and scores.shape[1] == 1:
        scores = scores[:, 0]
    if scores.ndim != 1 or not np.isfinite(scores).all():
        raise InputError(
            "Scores must be finite numbers (count,); of several classes, choose one (of_class). "
            f"Received: scores {scores.shape}"
        )
    return scores > threshold


def _plane(latents, positive, method):
    """Returns a unit vector, and the projection onto it above which images are positive."""
    if method == "logistic":
        return _logistic_plane(latents, positive)
    one, other = latents[positive].mean(0), latents[~positive].mean(0)
    unit = (one - other) / np.linalg.norm(one - other)
    return unit, (one + other) @ unit / 2


def _logistic_plane(latents, positive):
    """The plane of a logistic regression, by Newton's method."""
    inputs = np.concatenate([latents, np.ones((len(latents), 1))], 1)
    ridge = RIDGE * np.diag([1.0] * latents.shape[1] + [0.0])
    weights = np.zeros(inputs.shape[1])

    def loss(weights):
        margins = np.where(positive, 1, -1) * (inputs @ weights)
        return np.logaddexp(0, -margins).mean() + weights @ ridge @ weights / 2

    for _ in range(100):  # steps that lead upwards are halved
        p = (1 + np.tanh(inputs @ weights / 2)) / 2
        gradient = inputs.T @ (p - positive) / len(inputs) + ridge @ weights
        curvature = (inputs * (p * (1 - p))[:, None]).T @ inputs / len(inputs) + ridge
        step = np.linalg.lstsq(curvature, gradient)[0]
        size = 1.0
        while loss(weights - size * step) > loss(weights) and size > 1e-6:
            size /= 2
        weights = weights - size * step
        if np.abs(gradient).max() < 1e-8:
            break
    length = np.linalg.norm(weights[:-1])
    return weights[:-1] / length, -weights[-1] / length
