"""The metrics of models with an encoder: of reconstructions, and of encodings."""

from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np

from ganzoo import metrics
from ganzoo.inference.encodings import encodings
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.results import Result


def encoding_metrics(
    names: Collection[str],
    model,
    batches: Iterable,
    extractor: Extractor | None,
    labelled: Callable[[str], tuple[np.ndarray, np.ndarray]],
) -> dict[str, Result]:
    """Returns by name the metrics of `ENCODING_METRICS` that are among `names`.

    Args:
        names: of metrics; others than those are left out.
        model: has `encode` and `reconstruct`.
        batches: of images to reconstruct, or of images and labels, as the model takes them; they
            can be iterated more than once.
        extractor: from `metrics.open_extractor`, for `feature_reconstruction`.
        labelled: returns the images and the labels of the split `"train"` or `"test"`.
    """
    results = {}
    if "reconstruction" in names:
        results["reconstruction"] = metrics.paired(_pairs(model, batches), "reconstruction")
    if "feature_reconstruction" in names:
        pairs = _pairs(model, batches)
        results["feature_reconstruction"] = metrics.feature_reconstruction(pairs, extractor)
    if "encoding_neighbours" in names:
        sets = []
        for split in ("train", "test"):
            images, labels = labelled(split)
            sets += [encodings(model, images), images, labels]
        results["encoding_neighbours"] = metrics.encoding_neighbours(*sets)
    return results


def _pairs(model, batches) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields reconstructions, and the images that they are of."""
    for batch in batches:
        images, *labels = batch if isinstance(batch, tuple) else (batch,)
        yield model.reconstruct(images, *labels).numpy(), images
