"""The other packages' figures of the same features and images, computed here and now.

They are big, and of the extra `peers`: `pip install -e '.[peers]'`. torch-fidelity and clean-fid
import torchvision, of which nothing that is compared here is made and of which there is no build
for every machine: where it is missing, empty modules stand in for it.
"""

import importlib.machinery
import importlib.util
import sys
import types

import numpy as np
import pytest

from ganzoo.metrics import (
    InceptionScore,
    Statistics,
    extract,
    frechet_distance,
    kernel_distance,
    manifold,
    open_extractor,
    ssim,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # the others' warnings are their own
]
REASON = "the extra 'peers' is not installed"
TORCHVISION = [
    "torchvision", "torchvision.datasets", "torchvision.io", "torchvision.models",
    "torchvision.models.inception", "torchvision.transforms",
    "torchvision.transforms.functional",
]  # fmt: skip
RANDOM = np.random.default_rng(0)


class Empty(types.ModuleType):
    """A module with a class of every name."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


@pytest.fixture
def torch(monkeypatch):
    torch = pytest.importorskip("torch", reason=REASON)
    for package in ("sklearn.metrics", "skimage.metrics", "scipy.linalg", "requests"):
        pytest.importorskip(package, reason=REASON)  # before anything is empty
    if importlib.util.find_spec("torchvision") is None:
        for name in TORCHVISION:
            module = Empty(name)
            module.__path__ = []
            module.__spec__ = importlib.machinery.ModuleSpec(name, None, is_package=True)
            monkeypatch.setitem(sys.modules, name, module)
            parent, _, leaf = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], leaf, module)
    return torch


def features(count, dimensions, seed):
    random = np.random.default_rng(seed)
    mixing = np.random.default_rng(9).standard_normal((dimensions, dimensions))
    drawn = random.standard_normal((count, dimensions)) @ mixing / np.sqrt(dimensions)
    return np.maximum((1 + 0.1 * seed) * drawn + 0.3, 0)


@pytest.mark.parametrize("dimensions", [64, 256])
def test_frechet_distances_are_theirs(torch, dimensions):
    metric_fid = pytest.importorskip("torch_fidelity.metric_fid", reason=REASON)
    cleanfid = pytest.importorskip("cleanfid.fid", reason=REASON)
    first, second = features(3000, dimensions, 0), features(2500, dimensions, 1)
    collected = []
    for values in (first, second):
        collected.append(Statistics())
        for start in range(0, len(values), 64):
            collected[-1].update(values[start : start + 64])
    found = frechet_distance(*collected).value
    statistics = [
        metric_fid.fid_features_to_statistics(torch.from_numpy(v)) for v in (first, second)
    ]
    theirs = metric_fid.fid_statistics_to_metric(*statistics, False)
    assert found == pytest.approx(theirs["frechet_inception_distance"], rel=1e-6)
    moments = [m for v in (first, second) for m in (v.mean(0), np.cov(v, rowvar=False))]
    assert found == pytest.approx(cleanfid.frechet_distance(*moments), rel=1e-6)


def test_kernel_distances_are_theirs(torch):
    metric_kid = pytest.importorskip("torch_fidelity.metric_kid", reason=REASON)
    cleanfid = pytest.importorskip("cleanfid.fid", reason=REASON)
    first, second = features(1500, 256, 0), features(1200, 256, 1)
    found = kernel_distance(first, second, subsets=10)
    theirs = metric_kid.kid_features_to_metric(
        torch.from_numpy(first), torch.from_numpy(second), kid_subsets=10, kid_subset_size=1000,
        kid_kernel="poly", kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None,
        kid_kernel_poly_coef0=1, rng_seed=2020, verbose=False,
    )  # fmt: skip
    assert list(found.values.values()) == pytest.approx(list(theirs.values()), rel=1e-6)
    np.random.seed(2020)
    assert found.value == pytest.approx(
        cleanfid.kernel_distance(second, first, num_subsets=10), rel=1e-6
    )


def test_inception_scores_are_theirs(torch):
    metric_isc = pytest.importorskip("torch_fidelity.metric_isc", reason=REASON)
    logits = 3 * RANDOM.standard_normal((500, 1008))
    score = InceptionScore(splits=1)
    score.update(logits)
    theirs = metric_isc.isc_features_to_metric(torch.from_numpy(logits), splits=1)
    assert score.result().value == pytest.approx(theirs["inception_score_mean"], rel=1e-9)


@pytest.mark.parametrize("k", [3, 5])
def test_precision_recall_density_and_coverage_are_prdcs(k):
    prdc = pytest.importorskip("prdc", reason=REASON)
    reals, fakes = features(2500, 64, 0), features(2300, 64, 1)
    assert manifold(reals, fakes, k).values == prdc.compute_prdc(reals, fakes, k)


@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_is_that_of_scikit_image(channels):
    metrics = pytest.importorskip("skimage.metrics", reason=REASON)
    first = RANDOM.uniform(-1, 1, (2, 40, 52, channels))
    second = np.clip(first + 0.3 * RANDOM.standard_normal(first.shape), -1, 1)
    expected = [
        metrics.structural_similarity(
            (one + 1) / 2, (other + 1) / 2, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, data_range=1.0, channel_axis=-1,
        )
        for one, other in zip(first, second, strict=True)
    ]  # fmt: skip
    np.testing.assert_allclose(ssim(first, second), expected, rtol=0, atol=1e-12)


def test_inception_of_a_file_that_pytorch_wrote_is_torch_fidelitys(
    torch, inception_and_state, tmp_path
):
    extractors = pytest.importorskip("torch_fidelity.feature_extractor_inceptionv3", reason=REASON)
    _, state = inception_and_state
    weights = {name: torch.from_numpy(values) for name, values in state.items()}
    for name in [name for name in weights if name.endswith("running_var")]:
        weights[name.replace("running_var", "num_batches_tracked")] = torch.tensor(0)
    path = tmp_path / "weights.pth"
    torch.save(weights, path, _use_new_zipfile_serialization=False)
    theirs = extractors.FeatureExtractorInceptionV3(
        "inception", ["2048", "logits_unbiased"], feature_extractor_weights_path=str(path)
    )
    levels = RANDOM.integers(0, 256, (2, 40, 52, 3), np.uint8)
    expected = theirs(torch.from_numpy(levels.transpose(0, 3, 1, 2).copy()))
    ours = open_extractor("inception", "legacy", weights=path)
    (found,) = extract(ours, [levels.astype(np.float32) / 127.5 - 1])
    np.testing.assert_allclose(found["features"], expected[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found["logits"], expected[1], rtol=1e-4, atol=1e-4)


def test_the_antialiased_resize_is_clean_fids(torch):
    resize = pytest.importorskip("cleanfid.resize", reason=REASON)
    from ganzoo.metrics.resizing import resizer

    for height, width in [(32, 32), (64, 48), (400, 611)]:
        levels = RANDOM.integers(0, 256, (height, width, 3), np.uint8)
        expected = resize.build_resizer("clean")(levels)
        found = resizer("antialiased")(levels[None].astype(np.float32), (299, 299))[0]
        np.testing.assert_allclose(found, expected, atol=0.01)  # of 255
