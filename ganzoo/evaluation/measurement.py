"""A model and data -> figures: what each metric compares, for each kind of model.

The metrics themselves are in `metrics/` and know no model.
"""

import functools
from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from ganzoo import metrics as all_metrics
from ganzoo.config.config import Config
from ganzoo.data.loading import open_pipeline
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError
from ganzoo.evaluation.choices import HIGHER_IS_BETTER, OF_SETS, check_metrics
from ganzoo.inference.sampling import sampled
from ganzoo.metrics.results import Result

DRAWS, INPUTS = 4, 16  # of a translator's noise, for its diversity


class Measurement:
    """Figures of a model against the data of a config.

    Real images are the first of a split, as training sees them but not shuffled, mirrored or
    jittered: of models that sample from noise of the training split, as papers do; of translators
    of the test split, whose inputs they translate. Parzen windows and memorisation need the test
    split too.

    Args:
        config: of the run; its data settings are used.
        metrics: names from `METRICS`; left out, those of `DEFAULTS`.
        count: how many images of each kind; there may be fewer real ones.
        extractor: as `metrics.open_extractor` takes it; opened only if a metric needs one.
        resize, weights: likewise.
        seed: of the first image.
        progress: whether a bar shows how far the features are, after two seconds.

    Raises:
        InputError: for an unknown metric or extractor, fewer than two images, or data without the
            split.
        ResourceError: if the extractor's weights, or the data, are not here.
    """

    def __init__(
        self, config: Config, metrics=None, *, batch_format, count=10_000, extractor="inception",
        resize="antialiased", weights=None, seed=0, progress=False,
    ):  # fmt: skip
        self.metrics = check_metrics(metrics, batch_format)
        if count < 2:
            raise InputError(f"num_images must be at least 2. Received: {count}")
        self.config = config
        self.batch_format = batch_format
        self.count = count
        self.seed = seed
        self.progress = progress
        self.extractor = None
        if set(self.metrics) & set(OF_SETS):
            self.extractor = all_metrics.open_extractor(extractor, resize, weights)
        self._splits = {}
        self._split("test" if batch_format in ("paired", "unpaired") else "train")  # fails early

    def _split(self, name):
        """Returns the pipeline of `"test"`, or of the split that the config trains on."""
        if name not in self._splits:
            values = self.config.arguments(DataSettings)
            values |= {"shuffle": False, "jitter": 0.0, "horizontal_flip": False, "batch_size": 64}
            values |= {} if name == "train" else {"split": name}
            self._splits[name] = open_pipeline(
                self.config.values["dataset"], self.batch_format, DataSettings(**values)
            )
        return self._splits[name]

    def __call__(self, model) -> list[Result]:
        """Returns the results, in the metrics' order; a translator both ways has two of each."""
        if self.batch_format == "paired":
            return self._of_pairs(model)
        if self.batch_format == "unpaired":
            return self._of_domains(model)
        return self._of_noise(model)

    @property
    def higher_is_better(self) -> bool:
        """Whether that is so of `figure`."""
        return self.metrics[0] in HIGHER_IS_BETTER

    def figure(self, results: list[Result]) -> float:
        """Returns the one figure to compare: the first metric's, of both directions the mean."""
        first = [result.value for result in results if self._place(result) == 0]
        return float(np.mean(first))

    def neighbours(self, model, count: int = 10, k: int = 5) -> all_metrics.Neighbours:
        """Returns the training images nearest, in pixels, to the first samples of `model`."""
        samples = np.concatenate(list(self._samples(model, count)))
        return all_metrics.nearest_neighbours(samples, _Part(self._split("train"), 0), k)

    def _samples(self, model, count):
        labels = None
        if self.batch_format == "labelled":
            # Classes come as often as the data has them.
            labels = np.concatenate(list(_Part(self._split("train"), 1, self.count)))
        return sampled(model, count, seed=self.seed, labels=labels)

    def _of_noise(self, model):
        def fakes(count=self.count):
            return self._samples(model, count)

        results = self._of_sets(_Part(self._split("train"), 0, self.count), fakes)
        for name in self.metrics:
            if name == "parzen":
                results.append(self._parzen(fakes))
            elif name == "memorisation":
                results.append(self._memorisation(fakes))
            elif name == "class_diversity":
                labels = np.concatenate(list(_Part(self._split("train"), 1, self.count)))
                classes = np.resize(labels, self.count)  # again from the first one, if too few
                images = np.concatenate(list(fakes()))
                results.append(all_metrics.class_diversity(images, classes))
        return self._in_order(results)

    def _parzen(self, fakes):
        test = np.concatenate(list(_Part(self._split("test"), 0, self.count)))
        if len(test) < 2:
            raise InputError(f"Parzen windows need 2 test images. Received: {len(test)}")
        validation = max(1, min(1000, len(test) // 10))  # chooses the width, and is not in the mean
        return all_metrics.parzen_log_likelihood(fakes(), [test[:validation]], [test[validation:]])

    def _memorisation(self, fakes):
        held_out = np.concatenate(list(_Part(self._split("test"), 0, min(self.count, 1000))))
        samples = np.concatenate(list(fakes(min(self.count, 1000))))
        training = _Part(self._split("train"), 0)
        return all_metrics.memorisation(samples, held_out, training)

    def _of_pairs(self, model):
        test = self._split("test")
        inputs, targets = (_Part(test, part, self.count) for part in (0, 1))

        def fakes():
            return (model.translate(x, seed=self.seed) for x in inputs)

        results = self._of_sets(targets, fakes)
        if "paired" in self.metrics:
            results.append(all_metrics.paired(zip(fakes(), targets, strict=True)))
        if "noise_diversity" in self.metrics:
            groups = (
                np.concatenate([model.translate(x[None], seed=self.seed + n) for n in range(DRAWS)])
                for batch in _Part(test, 0, min(self.count, INPUTS))
                for x in batch
            )
            results.append(all_metrics.noise_diversity(groups))
        return self._in_order(results)

    def _of_domains(self, model):
        domains = [_Part(self._split("test"), part, self.count) for part in (0, 1)]
        ways = [functools.partial(model.translate, direction=way) for way in model.directions]
        results = []
        for direction, images, others, there, back in zip(
            model.directions, domains, domains[::-1], ways, ways[::-1], strict=True
        ):
            found = self._of_sets(others, functools.partial(map, there, images))
            if "cycle" in self.metrics:
                found.append(all_metrics.cycle_reconstruction(images, there, back))
            results += [_renamed(result, direction) for result in found]
        return self._in_order(results)

    def _of_sets(self, reals, fakes):
        """The metrics that compare two sets of images by an extractor's features."""
        wanted = [name for name in self.metrics if name in OF_SETS]
        if not wanted:
            return []
        extractor, results = self.extractor, []
        reals = _Shown(reals, self.progress)
        statistics = all_metrics.Statistics()
        bank = all_metrics.FeatureBank()
        score = all_metrics.InceptionScore()
        read = {"fid": statistics, "kid": bank, "manifold": bank, "inception_score": score}
        collectors = list({id(read[name]): read[name] for name in wanted}.values())
        title = "Features of generated images"
        shown = tqdm(fakes(), title, unit="batch", delay=2, disable=not self.progress)
        all_metrics.collect(extractor, shown, *collectors)
        protocol = extractor.protocol | {"reference": self.config.values["dataset"]}
        if "fid" in wanted:
            reference = all_metrics.reference_statistics(extractor, reals)
            results.append(all_metrics.frechet_distance(reference, statistics, **protocol))
        if {"kid", "manifold"} & set(wanted):
            features = all_metrics.reference_features(extractor, reals)
            fewest = min(len(features), len(bank.features))
        if "kid" in wanted:
            size = 1000 if fewest >= 1000 else max(2, fewest // 2)
            results.append(
                all_metrics.kernel_distance(features, bank.features, subset_size=size, **protocol)
            )
        if "inception_score" in wanted:
            results.append(score.result(**extractor.protocol))
        if "manifold" in wanted:
            results.append(_manifold(features, bank.features, protocol))
        return results

    def _in_order(self, results):
        return sorted(results, key=self._place)

    def _place(self, result):
        base = result.metric.removesuffix("_ab").removesuffix("_ba")
        return self.metrics.index("cycle" if base == "cycle_reconstruction" else base)


class _Part:
    """Batches of one part of a pipeline's elements, of the first `count` examples or of all."""

    def __init__(self, pipeline: Pipeline, part: int, count: int | None = None):
        self.pipeline, self.part = pipeline, part
        # The smaller of two domains begins again until the larger one ends.
        size = pipeline.sizes[part if pipeline.batch_format == "unpaired" else 0]
        self.count = size if count is None else min(count, size)

    def __iter__(self) -> Iterator[np.ndarray]:
        left = self.count
        for batch in self.pipeline.epochs():
            images = batch[self.part] if isinstance(batch, tuple) else batch
            yield images[:left].numpy()
            left -= len(images)
            if left <= 0:
                return


class _Shown:
    """Batches of real images with a bar, each time that they are gone through."""

    def __init__(self, batches, progress):
        self.batches, self.progress = batches, progress

    def __iter__(self):
        title = "Real images"
        return iter(tqdm(self.batches, title, unit="batch", delay=2, disable=not self.progress))


def _manifold(reals, fakes, protocol):
    """Precision and recall with k = 3, density and coverage with k = 5, as they are published."""
    fewest = min(len(reals), len(fakes))
    near, far = (
        all_metrics.manifold(reals, fakes, k=min(k, fewest - 1), **protocol) for k in (3, 5)
    )
    values = {name: near.values[name] for name in ("precision", "recall")}
    values |= {name: far.values[name] for name in ("density", "coverage")}
    return Result("manifold", values, far.protocol | {"k": [near.protocol["k"], far.protocol["k"]]})


def _renamed(result, direction):
    """A translator both ways has each figure twice: `fid_ab`, `fid_ba`."""
    values = {f"{name}_{direction}": value for name, value in result.values.items()}
    return Result(f"{result.metric}_{direction}", values, result.protocol)
