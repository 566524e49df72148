"""How much samples differ: within a class, and of a translator from draw to draw of its noise.

A model that generates one image for each class can still have a good precision. The values of real
images are what to compare these with.
"""

import itertools
from collections.abc import Iterable

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.batches import checked
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.features import features_of
from ganzoo.metrics.pairs import ms_ssim
from ganzoo.metrics.results import Result

CHUNK = 64  # pairs measured at a time


def class_diversity(
    images: np.ndarray,
    labels: np.ndarray,
    pairs: int = 100,
    seed: int = 0,
    extractor: Extractor | None = None,
) -> Result:
    """Returns how alike two images of one class are, over random pairs.

    Odena et al., arXiv:1610.09585, section 4.3, with 100 pairs of each class. The means over
    classes of `ms_ssim`, lower is more diverse, and of `l1`, the mean difference in [-1, 1]; with
    an extractor, of `feature_distance`, Euclidean. `ms_ssim_of_LABEL` is that of one class.

    Args:
        images: float `(count, height, width, 1 or 3)` in [-1, 1], sides of 16 at least.
        labels: int `(count,)`.
        pairs: how many of each class, of two different images; a pair may be drawn twice.
        seed: of the draws.
        extractor: from `open_extractor`.

    Raises:
        InputError: if images are of another kind, labels are not one each, or a class has one
            image alone.
    """
    images, labels = checked(images), np.asarray(labels)
    if labels.shape != (len(images),):
        raise InputError(
            f"There must be one label of each of {len(images)} images. Received: {labels.shape}"
        )
    draws = np.random.default_rng(seed)
    found = {}  # by class
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) < 2:
            raise InputError(f"Each class must have 2 images. Received: 1 of class {label}")
        first = draws.integers(0, len(members), pairs)
        second = (first + draws.integers(1, len(members), pairs)) % len(members)
        found[int(label)] = _means_over_pairs(images, members[first], members[second], extractor)
    protocol = {"images": len(images), "pairs": pairs, "seed": seed}
    result = _result("class_diversity", [*found.values()], protocol, extractor)
    of_classes = {f"ms_ssim_of_{label}": values["ms_ssim"] for label, values in found.items()}
    return Result(result.metric, result.values | of_classes, result.protocol)


def noise_diversity(groups: Iterable, extractor: Extractor | None = None) -> Result:
    """Returns how much a translator's outputs for one input differ, over all pairs of draws.

    The values are those of `class_diversity`: the means over inputs. Pix2Pix's noise is its
    dropout, of which the paper says that it changes little (arXiv:1611.07004, section 3.2.1).

    Args:
        groups: an iterable with the outputs for one input each, float
            `(draws, height, width, 1 or 3)` in [-1, 1], 2 draws and sides of 16 at least.
        extractor: from `open_extractor`.

    Raises:
        InputError: if there is no group, or one of another kind.
    """
    found, draws = [], set()
    for outputs in groups:
        outputs = checked(outputs, len(found))
        if len(outputs) < 2:
            raise InputError(f"There must be 2 outputs for each input. Received: {len(outputs)}")
        first, second = np.array(list(itertools.combinations(range(len(outputs)), 2))).T
        found.append(_means_over_pairs(outputs, first, second, extractor))
        draws.add(len(outputs))
    if not found:
        raise InputError("There are no outputs to measure. Received: no groups")
    protocol = {"inputs": len(found), "draws": sorted(draws)}
    return _result("noise_diversity", found, protocol, extractor)


def _means_over_pairs(images, first, second, extractor):
    """Returns the means over pairs of images, which are given by their indices."""
    sums = {"ms_ssim": 0.0, "l1": 0.0}
    for start in range(0, len(first), CHUNK):
        one, other = (images[numbers[start : start + CHUNK]] for numbers in (first, second))
        sums["ms_ssim"] += ms_ssim(one, other).sum()
        sums["l1"] += abs(one - other).mean((1, 2, 3), dtype=np.float64).sum()
    if extractor is not None:
        numbers = np.unique([first, second])
        features = features_of(extractor, images[numbers])
        one, other = (features[np.searchsorted(numbers, n)] for n in (first, second))
        sums["feature_distance"] = np.linalg.norm(one - other, axis=1).sum()
    return {name: float(total / len(first)) for name, total in sums.items()}


def _result(name, found, protocol, extractor):
    """Returns the means over classes or inputs."""
    values = {key: float(np.mean([values[key] for values in found])) for key in found[0]}
    return Result(name, values, protocol | (extractor.protocol if extractor else {}))
