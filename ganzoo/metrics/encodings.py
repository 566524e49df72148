"""What an encoder finds: how near reconstructions are, and what encodings tell apart."""

from collections.abc import Iterable

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.features import features_of
from ganzoo.metrics.manifold import squared_distances
from ganzoo.metrics.results import Result


def feature_reconstruction(pairs: Iterable, extractor: Extractor) -> Result:
    """Returns how far reconstructions are from their images in an extractor's features.

    `feature_distance` is the mean Euclidean distance of an image's features from those of its
    reconstruction, divided by that from the features of another image's: 0 is exact, and at 1 a
    reconstruction has nothing of its image.

    Args:
        pairs: `(reconstructions, images)`, float `(batch, height, width, 1 or 3)` in [-1, 1], of
            two images or more in all.
        extractor: from `open_extractor`.

    Raises:
        InputError: if there are fewer than two images.
    """
    made, given = [], []
    for reconstructions, images in pairs:
        made.append(features_of(extractor, np.asarray(reconstructions)))
        given.append(features_of(extractor, np.asarray(images)))
    count = sum(map(len, given))
    if count < 2:
        raise InputError(f"There must be two images to reconstruct. Received: {count}")
    made, given = (np.concatenate(x).astype(np.float64) for x in (made, given))
    own, others = (
        np.linalg.norm(given - x, axis=1).mean() for x in (made, np.roll(made, 1, axis=0))
    )
    protocol = {"images": count, **extractor.protocol}
    return Result("feature_reconstruction", {"feature_distance": float(own / others)}, protocol)


def encoding_neighbours(
    encodings: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    test_encodings: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
) -> Result:
    """Returns how often the nearest neighbour of an encoding is of its class, and that of pixels.

    The 1-nearest-neighbour accuracy of Donahue et al. (2016, arXiv:1605.09782, section 4.1), by
    Euclidean distance.

    Args:
        encodings, images, labels: `(count, ...)` and integers `(count,)`, the neighbours.
        test_encodings, test_images, test_labels: those that are classified by them.
    """

    def accuracy(vectors, tests):
        vectors, tests = (x.reshape(len(x), -1) for x in (vectors, tests))
        nearest, least = np.zeros(len(tests), np.int64), np.full(len(tests), np.inf)
        for rows, columns, distances in squared_distances(tests, vectors):
            found = distances.min(1)
            nearer = found < least[rows]
            nearest[rows] = np.where(nearer, columns.start + distances.argmin(1), nearest[rows])
            least[rows] = np.minimum(found, least[rows])
        return float(np.mean(np.asarray(labels)[nearest] == np.asarray(test_labels)))

    values = {
        "encoding_accuracy": accuracy(encodings, test_encodings),
        "pixel_accuracy": accuracy(images, test_images),
    }
    return Result("encoding_neighbours", values, {"images": len(images), "test": len(test_images)})
