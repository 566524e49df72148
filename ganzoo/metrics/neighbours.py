"""The training images nearest to samples: does a model generate images, or memorise them?"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.grids import image_grid
from ganzoo.metrics.batches import checked, float_batches
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.features import features_of
from ganzoo.metrics.manifold import squared_distances
from ganzoo.metrics.results import Result


@dataclass(frozen=True)
class Neighbours:
    """The nearest training images of some samples, nearest first.

    Attributes:
        samples: float `(count, height, width, channels)` in [-1, 1].
        images: of each the neighbours, `(count, k, height, width, channels)`.
        positions: where these are among the training images, int `(count, k)`.
        distances: float64 `(count, k)`: of pixels the root of the mean square, of images from -1
            to 1; of features the Euclidean distance.
    """

    samples: np.ndarray
    images: np.ndarray
    positions: np.ndarray
    distances: np.ndarray

    def picture(self) -> np.ndarray:
        """Returns a uint8 grid for `save_image`: in each row a sample, then its neighbours."""
        rows = np.concatenate([self.samples[:, None], self.images], 1)
        return image_grid(rows.reshape(-1, *rows.shape[2:]), rows.shape[1], enlarge=True)


def nearest_neighbours(
    samples: np.ndarray, training: Iterable, k: int = 5, extractor: Extractor | None = None
) -> Neighbours:
    """Returns the training images nearest to each sample, in one pass over them.

    Nearness in pixels finds copies and misses one that is shifted by a few pixels; in features it
    finds images of the same content.

    Args:
        samples: float `(count, height, width, 1 or 3)` in [-1, 1].
        training: an iterable of batches of such images, of the same size.
        k: how many.
        extractor: from `open_extractor`; left out, pixels are compared.

    Raises:
        InputError: if images are of another kind or size, or there are fewer than `k`.
    """
    if k < 1:
        raise InputError(f"There must be a neighbour at least. Received: k={k}")
    samples = checked(samples)
    vectors = _vectors(samples, extractor)
    images = np.zeros((len(samples), k, *samples.shape[1:]), np.float32)
    positions = np.zeros((len(samples), k), np.int64)
    squares = np.full((len(samples), k), np.inf)
    count = 0
    for batch in float_batches(training):
        if batch.shape[1:] != samples.shape[1:]:
            raise InputError(
                "Training images must have the shape of the samples, "
                f"{samples.shape[1:]}. Received: {batch.shape[1:]}"
            )
        found = np.empty((len(samples), len(batch)))
        for rows, columns, block in squared_distances(vectors, _vectors(batch, extractor)):
            found[rows, columns] = block
        for row in np.flatnonzero(found.min(1) < squares[:, -1]):
            candidates = np.append(squares[row], found[row])
            nearest = np.argsort(candidates, kind="stable")[:k]
            squares[row] = candidates[nearest]
            numbers = np.append(positions[row], np.arange(count, count + len(batch)))
            positions[row] = numbers[nearest]
            images[row] = np.stack([images[row, n] if n < k else batch[n - k] for n in nearest])
        count += len(batch)
    if count < k:
        raise InputError(f"There must be k training images. Received: {count}, and k={k}")
    scale = 1.0 if extractor is not None else np.prod(samples.shape[1:])
    return Neighbours(samples, images, positions, np.sqrt(squares / scale))


def memorisation(
    samples: np.ndarray,
    held_out: np.ndarray,
    training: Iterable,
    extractor: Extractor | None = None,
) -> Result:
    """Returns how often samples are nearer to the training images than held-out images are.

    Of all pairs of a sample and a held-out image, `memorisation` is the fraction in which the
    sample's nearest training image is nearer: 0.5 if the model generalises, 1 if it copies, below
    0.5 if its samples are unlike its data. `z` is how many standard errors that is above 0.5, as of
    Mann and Whitney's test: the global test of Meehan et al., arXiv:2004.05675, with the sign
    reversed.

    Args:
        samples, held_out: float `(count, height, width, 1 or 3)` in [-1, 1]. The held-out images
            are of the training images' distribution and were not trained on.
        training: the images trained on, in batches.
        extractor: as of `nearest_neighbours`.
    """
    samples, held_out = checked(samples), checked(held_out)
    if samples.shape[1:] != held_out.shape[1:]:
        raise InputError(
            "Samples and held-out images must be of one shape. "
            f"Received: {samples.shape[1:]} and {held_out.shape[1:]}"
        )
    both = np.concatenate([samples, held_out])
    nearest = nearest_neighbours(both, training, 1, extractor).distances[:, 0]
    ours, theirs = np.split(nearest, [len(samples)])
    ordered = np.sort(theirs)
    below = np.searchsorted(ordered, ours, "left")
    not_above = np.searchsorted(ordered, ours, "right")
    wins = (len(theirs) - (below + not_above) / 2).sum()  # a tie is half a pair
    pairs, total = len(ours) * len(theirs), len(nearest)
    values = {
        "memorisation": float(wins / pairs),
        "z": float((wins - pairs / 2) / np.sqrt(pairs * (total + 1) / 12)),
    }
    protocol = {"samples": len(ours), "held_out": len(theirs), "compared": "pixels"}
    if extractor is not None:
        protocol |= {"compared": "features", **extractor.protocol}
    return Result("memorisation", values, protocol)


def _vectors(images, extractor):
    if extractor is None:
        return images.reshape(len(images), -1)
    return features_of(extractor, images)
