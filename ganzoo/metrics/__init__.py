"""How good generated images are; docs/metrics.md says what each metric means and cannot show.

Images are float32 in [-1, 1], `(batch, height, width, 1 or 3)`, in iterables of batches.
"""

from ganzoo.metrics.diversity import class_diversity, noise_diversity
from ganzoo.metrics.encodings import encoding_neighbours, feature_reconstruction
from ganzoo.metrics.extractors import Extractor, open_extractor
from ganzoo.metrics.features import FeatureBank, collect, extract, features_of
from ganzoo.metrics.frechet import Statistics, frechet_distance
from ganzoo.metrics.inception_score import InceptionScore
from ganzoo.metrics.kernel import kernel_distance
from ganzoo.metrics.manifold import manifold
from ganzoo.metrics.neighbours import Neighbours, memorisation, nearest_neighbours
from ganzoo.metrics.pairs import cycle_reconstruction, ms_ssim, paired, ssim
from ganzoo.metrics.parzen import parzen_log_likelihood
from ganzoo.metrics.references import content_key, reference_features, reference_statistics
from ganzoo.metrics.results import Result
from ganzoo.metrics.segmentation import fcn_score
from ganzoo.metrics.sliced_wasserstein import sliced_wasserstein

__all__ = [
    "Extractor",
    "FeatureBank",
    "InceptionScore",
    "Neighbours",
    "Result",
    "Statistics",
    "class_diversity",
    "collect",
    "content_key",
    "cycle_reconstruction",
    "encoding_neighbours",
    "extract",
    "fcn_score",
    "feature_reconstruction",
    "features_of",
    "frechet_distance",
    "kernel_distance",
    "manifold",
    "memorisation",
    "ms_ssim",
    "nearest_neighbours",
    "noise_diversity",
    "open_extractor",
    "paired",
    "parzen_log_likelihood",
    "reference_features",
    "reference_statistics",
    "sliced_wasserstein",
    "ssim",
]
