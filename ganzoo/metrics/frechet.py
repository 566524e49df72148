"""Frechet Inception Distance (Heusel et al., arXiv:1706.08500), in one pass over the images.

The Frechet distance between the Gaussians with the means and covariances of two sets of features:

    d^2 = |mu_1 - mu_2|^2 + Tr(C_1) + Tr(C_2) - 2 Tr((C_1 C_2)^(1/2))
"""

import warnings

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.features import check_same_dimensions
from ganzoo.metrics.results import Result


class Statistics:
    """Mean and covariance of features, in float64, of any number of images.

    Batches are merged by Chan et al.'s update of means and centred products (Stanford
    STAN-CS-79-773, 1979), which loses nothing where the mean is large against the spread.
    """

    reads = "features"

    def __init__(self, count: int = 0, mean=None, products=None):
        self.count = int(count)
        self._mean = mean
        self._products = products

    def update(self, features: np.ndarray) -> None:
        """Takes features `(batch, dimensions)`.

        Raises:
            InputError: if they have other dimensions than those before.
        """
        features = np.asarray(features, np.float64)
        if self._mean is None:
            self._mean = np.zeros(features.shape[1])
            self._products = np.zeros((features.shape[1],) * 2)
        check_same_dimensions(features.shape[1], len(self._mean))
        mean = features.mean(0)
        centred, shift = features - mean, mean - self._mean
        total = self.count + len(features)
        self._products += centred.T @ centred
        self._products += np.outer(shift, shift * (self.count * len(features) / total))
        self._mean += shift * (len(features) / total)
        self.count = total

    @property
    def mean(self) -> np.ndarray:
        """Float64 `(dimensions,)`."""
        return self._mean

    @property
    def covariance(self) -> np.ndarray:
        """Float64 `(dimensions, dimensions)`, unbiased: divided by one less than the images.

        Raises:
            InputError: if there were fewer than two images.
        """
        if self.count < 2:
            raise InputError(f"A covariance needs at least 2 images. Received: {self.count}")
        return self._products / (self.count - 1)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Returns what a file needs to hold; `Statistics(**arrays)` is the same again."""
        return {"count": np.int64(self.count), "mean": self._mean, "products": self._products}


def frechet_distance(first: Statistics, second: Statistics, name: str = "fid", **more) -> Result:
    """Returns the squared Frechet distance, lower is better.

    It is 0 of two sets that are the same, and never negative: what is below the rounding of its
    terms is 0.

    Args:
        first, second: statistics of reals and fakes, in either order.
        name: what the distance is called; `fid` is that of the Inception's features.
        more: what else belongs to the protocol, such as `**extractor.protocol`.

    Raises:
        InputError: if the dimensions differ, or a set has fewer than two images.

    Warns:
        UserWarning: if a set has no more images than there are dimensions. Its covariance is
            singular then, and the distance is dominated by the number of images.
    """
    check_same_dimensions(len(second.mean), len(first.mean))
    dimensions = len(first.mean)
    for statistics in (first, second):
        if statistics.count <= dimensions:
            warnings.warn(
                f"A Frechet distance of {dimensions} features needs more than {dimensions} images "
                "of each set; with fewer the covariance is singular, and distances of other "
                f"numbers of images cannot be compared at all. Received: {statistics.count} images",
                stacklevel=2,
            )
    # Tr((AB)^(1/2)) is the sum of the singular values of A^(1/2) B^(1/2). Its rounding is that of
    # the largest of them; eigenvalues of AB would lose half of the digits.
    roots = _root(first.covariance) @ _root(second.covariance)
    traces = np.trace(first.covariance) + np.trace(second.covariance)
    shift = first.mean - second.mean
    distance = shift @ shift + traces - 2.0 * np.linalg.svd(roots, compute_uv=False).sum()
    if distance < 8.0 * dimensions * np.finfo(np.float64).eps * traces:
        distance = 0.0
    protocol = {"images": [first.count, second.count], "dimensions": dimensions, **more}
    return Result(name, {name: float(distance)}, protocol)


def _root(matrix):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
