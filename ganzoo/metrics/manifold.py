"""Precision and recall, density and coverage, of features.

Precision and recall: Kynkaanniemi et al., arXiv:1904.06991, published with k = 3. Density and
coverage: Naeem et al., arXiv:2002.09797, with k = 5. With B(x) the ball around an image that
reaches to its k-th nearest neighbour in its own set, itself left out:

    precision = fraction of fakes in the ball of any real
    recall    = fraction of reals in the ball of any fake
    density   = mean over fakes of the number of reals' balls that it is in, divided by k
    coverage  = fraction of reals whose ball has a fake in it
"""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.features import check_same_dimensions
from ganzoo.metrics.results import Result

BLOCK = 2048  # features on a side of the distances in memory, 32 MiB in float64


def manifold(reals: np.ndarray, fakes: np.ndarray, k: int = 5, **more) -> Result:
    """Returns precision, recall, density and coverage; higher is better, density can be above 1.

    Distances are computed in blocks: memory does not grow with the square of the images.

    Args:
        reals, fakes: features `(count, dimensions)`; the counts may differ, though recall depends
            on the number of fakes.
        k: the neighbour that a ball reaches to, itself left out.
        more: what else belongs to the protocol.

    Raises:
        InputError: if a set has too few images for `k`, or the dimensions differ.
    """
    fewest = min(len(reals), len(fakes))
    if not 1 <= k < fewest:
        raise InputError(
            f"The k-th neighbour must be one of the other {fewest - 1} images of the smaller set. "
            f"Received: k={k}"
        )
    check_same_dimensions(fakes.shape[1], reals.shape[1])
    real_radii, fake_radii = squared_radii(reals, k), squared_radii(fakes, k)
    balls_around_fakes = np.zeros(len(fakes), int)
    in_a_fakes_ball = np.zeros(len(reals), bool)
    covered = np.zeros(len(reals), bool)
    for rows, columns, distances in squared_distances(reals, fakes):
        inside = distances < real_radii[rows, None]
        balls_around_fakes[columns] += inside.sum(0)
        covered[rows] |= inside.any(1)
        in_a_fakes_ball[rows] |= (distances < fake_radii[columns]).any(1)
    values = {
        "precision": float((balls_around_fakes > 0).mean()),
        "recall": float(in_a_fakes_ball.mean()),
        "density": float((1.0 / k) * balls_around_fakes.mean()),
        "coverage": float(covered.mean()),
    }
    protocol = {"images": [len(reals), len(fakes)], "dimensions": reals.shape[1], "k": k, **more}
    return Result("manifold", values, protocol)


def squared_radii(features: np.ndarray, k: int) -> np.ndarray:
    """Returns each image's squared distance to its k-th nearest neighbour, itself left out."""
    nearest = np.full((len(features), k + 1), np.inf)
    for rows, _, distances in squared_distances(features, features):
        candidates = np.concatenate([nearest[rows], distances], 1)
        nearest[rows] = np.partition(candidates, k, 1)[:, : k + 1]
    return nearest.max(1)


def squared_distances(first: np.ndarray, second: np.ndarray, block: int = BLOCK):
    """Yields blocks `(rows, columns, distances)` of all squared distances, float64.

    Args:
        first, second: vectors `(count, dimensions)`, of any float type.
        block: vectors on a side.
    """
    same = first is second
    for top in range(0, len(first), block):
        rows = slice(top, top + block)
        x = first[rows].astype(np.float64)
        for left in range(0, len(second), block):
            columns = slice(left, left + block)
            y = second[columns].astype(np.float64)
            distances = x @ y.T
            distances *= -2.0
            distances += np.einsum("ij,ij->i", x, x)[:, None]
            distances += np.einsum("ij,ij->i", y, y)
            np.maximum(distances, 0.0, out=distances)
            if same and top == left:
                np.fill_diagonal(distances, 0.0)  # what rounding leaves is no distance
            yield rows, columns, distances
