"""Statistics and features of reference images, computed once and then found on disk.

They are kept in the cache folder under a key of the images, the extractor's weights and the resize:
other content is another file, so that nothing has to be invalidated.
"""

import hashlib
import logging
from collections.abc import Iterable

import numpy as np

from ganzoo.errors import ResourceError
from ganzoo.metrics.batches import rgb_batches
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.features import FeatureBank, collect
from ganzoo.metrics.frechet import Statistics
from ganzoo.saving.cache_folder import cache_folder
from ganzoo.saving.files import written_atomically

logger = logging.getLogger(__name__)
VERSION = 1  # of how features are computed; with another one they are computed again


def content_key(batches: Iterable) -> str:
    """Returns a key of images' content, in one pass: the same whatever the batches.

    It is the SHA-256, in 32 hexadecimal digits, of their sizes and 8-bit pixels, in their order.
    """
    digest, size = hashlib.sha256(), None
    for images in rgb_batches(batches):
        if images.shape[1:] != size:
            size = images.shape[1:]
            digest.update(repr(size).encode())
        digest.update(images.tobytes())
    return digest.hexdigest()[:32]


def reference_statistics(
    extractor: Extractor, batches: Iterable, key: str | None = None
) -> Statistics:
    """Returns mean and covariance of reference images' features, from the cache if they are there.

    Args:
        extractor: from `open_extractor`.
        batches: images as of `extract`; an object that can be iterated more than once, such as a
            list or a `tf.data.Dataset`, in the same order each time.
        key: what to know the images by, such as a dataset's name, version, split, preparation and
            number of images. Left out, it is `content_key(batches)`, a pass without a network.
            With it, images that are in the cache are not even read: another content must
            have another key.

    Raises:
        ResourceError: if the cache cannot be read or written.
    """

    def compute():
        statistics = Statistics()
        collect(extractor, batches, statistics)
        return statistics.to_arrays()

    return Statistics(**_kept("statistics", extractor, batches, key, compute))


def reference_features(
    extractor: Extractor, batches: Iterable, key: str | None = None
) -> np.ndarray:
    """Returns all features of reference images, float32 `(count, dimensions)`, likewise kept.

    50,000 of the Inception's take 391 MiB on disk. Arguments and errors are those of
    `reference_statistics`.
    """

    def compute():
        bank = FeatureBank()
        collect(extractor, batches, bank)
        return {"features": bank.features}

    return _kept("features", extractor, batches, key, compute)["features"]


def _kept(kind, extractor, batches, key, compute):
    if extractor.digest is None:  # a function: nothing tells it from another of its name
        return compute()
    key = key or content_key(batches)
    parts = [VERSION, kind, key, extractor.digest, extractor.resize]
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
    path = cache_folder() / f"{kind}-{extractor.name}-{digest}.npz"
    if path.exists():
        try:
            with path.open("rb") as file, np.load(file) as arrays:
                return {name: arrays[name] for name in arrays}
        except Exception as error:  # zip, header or number: whatever a damaged file raises
            raise ResourceError(
                f"Kept {kind} of reference images cannot be read: {error}. Delete the file to have "
                f"it made again. Received: {str(path)!r}"
            ) from error
    arrays = compute()
    try:
        with written_atomically(path) as temporary, temporary.open("wb") as file:
            np.savez(file, **arrays)
    except ResourceError as error:
        # What took minutes to compute is not lost for want of space.
        logger.warning("The %s of reference images cannot be kept. %s", kind, error)
    return arrays
