"""Parzen-window log-likelihood, by the protocol of Goodfellow et al., arXiv:1406.2661, section 5.

A Gaussian of width sigma around each of M generated images, in pixels from 0 to 1:

    log p(x) = log mean_j exp(-|x - g_j|^2 / 2 sigma^2) - d log(sigma (2 pi)^(1/2))

Theis et al., arXiv:1511.01844, show that it ranks models wrongly; it is here since the papers
before 2016 report it.
"""

import warnings

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.ranges import to_unit
from ganzoo.metrics.batches import float_batches
from ganzoo.metrics.manifold import squared_distances
from ganzoo.metrics.results import Result

SIGMAS = tuple(np.logspace(-1, 0, 10).tolist())  # the paper's grid


def parzen_log_likelihood(samples, validation, test, sigmas=SIGMAS) -> Result:
    """Returns the mean log-likelihood of the test images, in nats; higher is better.

    The width is that of the grid under which the validation images are likeliest. The paper takes
    10,000 samples, the first 1,000 of MNIST's training images 50,000 to 59,999, and all 10,000
    test images, of which the standard error is.

    Args:
        samples, validation, test: iterables of batches of images of one shape, float in [-1, 1].
        sigmas: the widths to choose from.

    Raises:
        InputError: if images are of another kind, or of different shapes.

    Warns:
        UserWarning: if the width chosen is at an end of the grid, which then should reach further.
    """
    samples, validation, test = (_vectors(images) for images in (samples, validation, test))
    if not samples.shape[1] == validation.shape[1] == test.shape[1]:
        raise InputError(
            "Images must be of one size. Received: samples, validation and test images with "
            f"{samples.shape[1]}, {validation.shape[1]} and {test.shape[1]} values each"
        )
    likelihoods = log_likelihoods(samples, validation, sigmas).mean(1)
    best = int(np.argmax(likelihoods))
    if len(sigmas) > 1 and best in (0, len(sigmas) - 1):
        warnings.warn(
            "The likeliest width is at an end of the grid, which should reach further. "
            f"Received: sigma={sigmas[best]:.4g} of {sigmas[0]:.4g} to {sigmas[-1]:.4g}",
            stacklevel=2,
        )
    (found,) = log_likelihoods(samples, test, [sigmas[best]])
    values = {
        "parzen_nats": float(found.mean()),
        "parzen_standard_error": float(found.std() / np.sqrt(len(found))),
        "sigma": float(sigmas[best]),
    }
    protocol = {
        "samples": len(samples), "validation": len(validation), "test": len(test),
        "dimensions": samples.shape[1], "sigmas": [float(sigma) for sigma in sigmas],
    }  # fmt: skip
    return Result("parzen", values, protocol)


def log_likelihoods(samples: np.ndarray, points: np.ndarray, sigmas) -> np.ndarray:
    """Returns log p of each point under each width, float64 `(sigmas, points)`.

    Args:
        samples: the centres, `(M, dimensions)`.
        points: `(N, dimensions)`.
        sigmas: widths.
    """
    sigmas = np.asarray(sigmas, np.float64)
    # Of each point, the largest exponent so far and the sum of the exponentials above it.
    largest = np.full((len(sigmas), len(points)), -np.inf)
    sums = np.zeros((len(sigmas), len(points)))
    for rows, _, distances in squared_distances(points, samples):
        for number, sigma in enumerate(sigmas):
            exponents = distances * (-0.5 / sigma**2)
            before = largest[number, rows]
            after = np.maximum(before, exponents.max(1))
            exponents -= after[:, None]
            np.exp(exponents, out=exponents)
            sums[number, rows] = sums[number, rows] * np.exp(before - after) + exponents.sum(1)
            largest[number, rows] = after
    normalisers = samples.shape[1] * np.log(sigmas * np.sqrt(2.0 * np.pi))
    return largest + np.log(sums / len(samples)) - normalisers[:, None]


def _vectors(batches):
    parts = [to_unit(images).reshape(len(images), -1) for images in float_batches(batches)]
    if len({part.shape[1] for part in parts}) > 1:
        sizes = sorted({part.shape[1] for part in parts})
        raise InputError(f"Images must be of one size. Received: batches with {sizes} values each")
    return np.concatenate(parts)
