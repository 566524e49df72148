"""The metrics that compare two sets of images by the features that an extractor finds in them."""

from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np
from tqdm import tqdm

from ganzoo import metrics
from ganzoo.metrics.extractors import Extractor
from ganzoo.metrics.results import Result


def feature_metrics(
    names: Collection[str],
    extractor: Extractor,
    reals: Iterable,
    fakes: Callable[[], Iterable],
    *,
    reference: str,
    progress: bool = False,
) -> dict[str, Result]:
    """Returns by name the metrics of `FEATURE_METRICS` that are among `names`.

    Generated images go through the extractor once, whatever is measured of them.

    Args:
        names: of metrics; others than those are left out.
        extractor: from `metrics.open_extractor`.
        reals: batches of real images, which can be iterated more than once.
        fakes: returns batches of generated images.
        reference: the name of the real images, for the protocol.
        progress: whether bars show how far the features are, after two seconds.
    """
    statistics, bank = metrics.Statistics(), metrics.FeatureBank()
    score = metrics.InceptionScore()
    collectors = {"fid": statistics, "kid": bank, "manifold": bank, "inception_score": score}
    wanted = [name for name in collectors if name in names]
    if not wanted:
        return {}
    once = dict.fromkeys(collectors[name] for name in wanted)
    metrics.collect(extractor, _Bar(fakes(), "Features of generated images", progress), *once)
    reals = _Bar(reals, "Real images", progress)
    protocol = extractor.protocol | {"reference": reference}
    results = {}
    if "fid" in wanted:
        of_reals = metrics.reference_statistics(extractor, reals)
        results["fid"] = metrics.frechet_distance(of_reals, statistics, **protocol)
    if "kid" in wanted or "manifold" in wanted:
        features = metrics.reference_features(extractor, reals)
    if "kid" in wanted:
        results["kid"] = _kernel_distance(features, bank.features, protocol)
    if "inception_score" in wanted:
        results["inception_score"] = score.result(**extractor.protocol)
    if "manifold" in wanted:
        results["manifold"] = _manifold(features, bank.features, protocol)
    return results


def _kernel_distance(reals, fakes, protocol):
    """KID in subsets of 1,000, as it is published, or of half of the images if they are fewer."""
    fewest = min(len(reals), len(fakes))
    size = 1000 if fewest >= 1000 else max(2, fewest // 2)
    return metrics.kernel_distance(reals, fakes, subset_size=size, **protocol)


def _manifold(reals, fakes, protocol):
    """Precision and recall with k = 3, density and coverage with k = 5, as they are published."""
    fewest = min(len(reals), len(fakes))
    near, far = (metrics.manifold(reals, fakes, k=min(k, fewest - 1), **protocol) for k in (3, 5))
    values = {name: near.values[name] for name in ("precision", "recall")}
    values |= {name: far.values[name] for name in ("density", "coverage")}
    return Result("manifold", values, far.protocol | {"k": [near.protocol["k"], far.protocol["k"]]})


class _Bar:
    """Batches with a bar of progress, each time that they are iterated."""

    def __init__(self, batches, title, progress):
        self.batches, self.title, self.progress = batches, title, progress

    def __iter__(self) -> Iterator[np.ndarray]:
        return iter(
            tqdm(self.batches, self.title, unit="batch", delay=2, disable=not self.progress)
        )
