"""The features of images, batch by batch, and who collects them."""

from collections.abc import Iterable, Iterator

import numpy as np

from ganzoo.errors import InputError
from ganzoo.metrics.batches import as_rgb, checked, rgb_batches
from ganzoo.metrics.extractors import Extractor


def extract(extractor: Extractor, batches: Iterable) -> Iterator[dict[str, np.ndarray]]:
    """Yields what the network makes of each batch: float32 `features`, and `logits` if it has any.

    Args:
        extractor: from `open_extractor`.
        batches: an iterable of images, float `(batch, height, width, 1 or 3)` in [-1, 1].

    Raises:
        InputError: if images are of another kind, or the network's features are not finite or not
            `(batch, dimensions)`.
    """
    waiting = None
    for images in rgb_batches(batches):
        # The next batch is prepared, and on its way, while a device still computes this one.
        coming = extractor.network(images), len(images)
        if waiting is not None:
            yield _arrays(*waiting, extractor)
        waiting = coming
    yield _arrays(*waiting, extractor)


def features_of(extractor: Extractor, images: np.ndarray, batch_size: int = 64) -> np.ndarray:
    """Returns the features of an array of images, float32 `(count, dimensions)`.

    Arguments and errors are those of `extract`, with all images in one array that is not empty.
    """
    found = []
    for start in range(0, len(images), batch_size):
        some = as_rgb(checked(images[start : start + batch_size], start))
        found.append(_arrays(extractor.network(some), len(some), extractor)["features"])
    return np.concatenate(found)


def collect(extractor: Extractor, batches: Iterable, *collectors) -> None:
    """Gives features to several collectors in one pass over the images.

    Args:
        extractor: from `open_extractor`.
        batches: as of `extract`.
        collectors: objects with `reads`, `"features"` or `"logits"`, and `update(array)`, such as
            `Statistics`, `FeatureBank` and `InceptionScore`.

    Raises:
        InputError: as of `extract`, and if the extractor has no logits where they are read.
    """
    for outputs in extract(extractor, batches):
        for collector in collectors:
            if collector.reads not in outputs:
                raise InputError(
                    f"{type(collector).__name__} needs {collector.reads}, which a classifier has. "
                    f"Received: the extractor {extractor.name!r}"
                )
            collector.update(outputs[collector.reads])


class FeatureBank:
    """Collects all features, float32, for metrics that need every one: KID, PRDC, neighbours."""

    reads = "features"

    def __init__(self):
        self._batches = []

    def update(self, features: np.ndarray) -> None:
        """Takes features `(batch, dimensions)`."""
        self._batches.append(np.asarray(features, np.float32))

    @property
    def features(self) -> np.ndarray:
        """All of them so far, float32 `(count, dimensions)`."""
        if len(self._batches) > 1:
            self._batches = [np.concatenate(self._batches)]
        return self._batches[0]


def _arrays(outputs, count, extractor):
    arrays = {name: np.asarray(values, np.float32) for name, values in outputs.items()}
    for name, values in arrays.items():
        if values.ndim != 2 or len(values) != count:
            raise InputError(
                f"An extractor's {name} must have the shape (batch, dimensions). "
                f"Received: {values.shape} of {count} images from {extractor.name!r}"
            )
        if not np.isfinite(values).all():
            raise InputError(
                f"The {name} of some images are not finite. Received: NaN or infinity from "
                f"{extractor.name!r}"
            )
    return arrays


def check_same_dimensions(received: int, expected: int) -> None:
    """Raises InputError for features of other dimensions than those they are compared with."""
    if received != expected:
        raise InputError(
            f"Features must have the same dimensions, {expected}: they are of one extractor. "
            f"Received: {received}"
        )
