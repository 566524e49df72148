"""How good generated images are; see docs/metrics.md for what each figure means and cannot tell.

Images are float32 in [-1, 1], `(batch, height, width, 1 or 3)`, in iterables of batches.
"""

from ganzoo.metrics.features import Extractor, FeatureBank, collect, extract, open_extractor
from ganzoo.metrics.frechet import Statistics, frechet_distance
from ganzoo.metrics.inception_score import InceptionScore
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.manifold import manifold
from ganzoo.metrics.parzen import parzen_log_likelihood
from ganzoo.metrics.results import Result

__all__ = [
    "Extractor",
    "FeatureBank",
    "InceptionScore",
    "Result",
    "Statistics",
    "collect",
    "extract",
    "frechet_distance",
    "kernel_distance",
    "manifold",
    "open_extractor",
    "parzen_log_likelihood",
]
