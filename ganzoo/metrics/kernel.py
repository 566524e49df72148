"""Kernel Inception Distance (Binkowski et al., arXiv:1801.01401).

The squared maximum mean discrepancy with the kernel k(x, y) = (x.y / d + 1)^3, without bias:

    MMD^2 = mean_{i != j} k(x_i, x_j) + mean_{i != j} k(y_i, y_j) - 2 mean_{i, j} k(x_i, y_j)
"""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.features import check_same_dimensions
from ganzoo.metrics.results import Result


def kernel_distance(
    first: np.ndarray,
    second: np.ndarray,
    subsets: int = 100,
    subset_size: int = 1000,
    seed: int = 2020,
    name: str = "kid",
    **more,
) -> Result:
    """Returns the mean over random subsets, and their standard deviation; lower is better.

    Subsets are drawn as torch-fidelity draws them, so that the value is the same to rounding. The
    estimate is unbiased: of two sets of one distribution it is as often a little below 0 as above.
    A set and itself, in any order, are not two sets, and their distance is 0.

    Args:
        first, second: features of reals and fakes, `(count, dimensions)`; the counts may differ.
        subsets: how many are drawn, from each set without replacement.
        subset_size: images in each.
        seed: of the draws.
        name: what the distance is called.
        more: what else belongs to the protocol.

    Raises:
        InputError: if a set has fewer images than a subset, or the dimensions differ.
    """
    fewest = min(len(first), len(second))
    if not 2 <= subset_size <= fewest or subsets < 1:
        raise InputError(
            f"Subsets must have 2 to {fewest} images, as many as the smaller set, and there must "
            f"be at least one. Received: subset_size={subset_size}, subsets={subsets}"
        )
    check_same_dimensions(second.shape[1], first.shape[1])
    if _same_set(first, second):
        distances = np.zeros(subsets)
    else:
        # numpy's older generator, since the draws are to be those of the other packages.
        draws = np.random.RandomState(seed)
        distances = [
            _squared_mmd(
                first[draws.choice(len(first), subset_size, replace=False)],
                second[draws.choice(len(second), subset_size, replace=False)],
            )
            for _ in range(subsets)
        ]
    protocol = {
        "images": [len(first), len(second)], "dimensions": first.shape[1], "subsets": subsets,
        "subset_size": subset_size, "seed": seed, **more,
    }  # fmt: skip
    values = {name: float(np.mean(distances)), f"{name}_std": float(np.std(distances))}
    return Result(name, values, protocol)


def _squared_mmd(first, second):
    first, second = first.astype(np.float64), second.astype(np.float64)
    count = len(first)

    def kernel(x, y):
        return (x @ y.T / x.shape[1] + 1.0) ** 3

    within = 0.0
    for features in (first, second):
        products = kernel(features, features)
        within += (products.sum() - np.trace(products)) / (count * (count - 1))
    return within - 2.0 * kernel(first, second).mean()


def _same_set(first, second):
    if first.shape != second.shape:
        return False
    orders = (np.argsort(features.sum(1), kind="stable") for features in (first, second))
    return all(np.array_equal(first[i], second[j]) for i, j in zip(*orders, strict=True))
