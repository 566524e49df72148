"""A model and data -> metrics: what each metric compares, for each kind of model.

The metrics themselves are in `metrics/` and know no model.
"""

import functools
from collections.abc import Sequence

import numpy as np

from ganzoo import metrics as all_metrics
from ganzoo.abilities import abilities_of
from ganzoo.batch_formats import batch_format
from ganzoo.config.config import Config
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError, listed
from ganzoo.evaluation.choices import (
    ENCODING_METRICS,
    FEATURE_METRICS,
    HIGHER_IS_BETTER,
    check_metrics,
    default_extractor,
)
from ganzoo.evaluation.encodings import encoding_metrics
from ganzoo.evaluation.features import feature_metrics
from ganzoo.evaluation.parts import Part
from ganzoo.inference.sampling import sampled
from ganzoo.metrics.results import Result

DRAWS, INPUTS = 4, 16  # draws of noise for each input, and inputs, of `noise_diversity`
HELD_OUT = 1000  # images at most that `memorisation` compares with the training images


class Measurement:
    """Measures models by some metrics against the data of a config.

    Real images are the first of a split, as training sees them but not shuffled, mirrored or
    jittered: of models that sample from noise of the training split, as papers do; of translators
    of the test split, whose inputs they translate. Parzen windows and memorisation need the test
    split too.

    Args:
        config: of the run; its data settings are used.
        metrics: names, of those for the model's abilities (`evaluation.choices`); left out, the
            default ones.
        model: one of the models that are measured, or their class: what it can do decides what is
            measured, and its batch format what it is compared with.
        count: how many images of each kind; there may be fewer real ones.
        extractor, resize, weights: as `metrics.open_extractor` takes them; left out, the extractor
            is that for the dataset. It is opened only if a metric needs it.
        seed: of the first image.
        progress: whether bars show how far the features are, after two seconds.

    Raises:
        InputError: for an unknown metric or extractor, fewer than two images, data without the
            split, or batches that do not say which of their parts samples are compared with.
        ResourceError: if the extractor's weights, or the data, are not here.
    """

    def __init__(
        self, config: Config, metrics=None, *, model, count=10_000, extractor=None,
        resize="antialiased", weights=None, seed=0, progress=False,
    ):  # fmt: skip
        self.metrics = check_metrics(metrics, model)
        if count < 2:
            raise InputError(f"num_images must be at least 2. Received: {count}")
        self.config = config
        self.abilities = abilities_of(model)
        self.batch_format = model.batch_format
        self.count = count
        self._place_of_images = (
            None if self.abilities.translates else _place_of_images(model.batch_format)
        )
        self.seed = seed
        self.progress = progress
        self._splits = {}
        self._split("test" if self.abilities.translates else "train")  # fails early
        self.extractor = None
        if set(self.metrics) & {*FEATURE_METRICS, "feature_reconstruction"}:
            if extractor is None:
                extractor = default_extractor(config.values["dataset"])
            self.extractor = all_metrics.open_extractor(extractor, resize, weights)

    def _split(self, name, format_name=None):
        """Returns the pipeline of `"test"`, or of the split that the config trains on.

        Its batches are of the model's format, or of another that the data has too.
        """
        format_name = format_name or self.batch_format
        if (name, format_name) not in self._splits:
            values = self.config.arguments(DataSettings)
            values |= {"shuffle": False, "jitter": 0.0, "horizontal_flip": False, "batch_size": 64}
            values |= {} if name == "train" else {"split": name}
            self._splits[name, format_name] = open_pipeline(
                self.config.values["dataset"], format_name, DataSettings(**values)
            )
        return self._splits[name, format_name]

    def __call__(self, model) -> list[Result]:
        """Returns the results in the metrics' order, of a model with two directions two of each."""
        if not self.abilities.translates:
            results = self._measure_samples(model)
        elif self.abilities.has_targets:
            results = self._measure_pairs(model)
        else:
            return self._measure_domains(model)
        return [results[name] for name in self.metrics]

    @property
    def higher_is_better(self) -> bool:
        """Whether a higher `score` is better."""
        return self.metrics[0] in HIGHER_IS_BETTER

    def score(self, results: Sequence[Result]) -> float:
        """Returns the value that models are ranked by: the first metric's, of directions the mean.

        Args:
            results: what a call has returned.
        """
        first = results[0].base_metric
        return float(np.mean([r.value for r in results if r.base_metric == first]))

    def neighbours(self, model, count: int = 10, k: int = 5) -> all_metrics.Neighbours:
        """Returns the training images nearest, in pixels, to the first samples of `model`."""
        samples = np.concatenate(list(self._samples(model, count)))
        return all_metrics.nearest_neighbours(samples, self._images("train"), k)

    def _images(self, split, count=None):
        """Returns the images of a split that samples are compared with."""
        return Part(self._split(split), self._place_of_images, count)

    def _samples(self, model, count):
        # Classes, or attributes, come as often as the data has them.
        return sampled(model, count, seed=self.seed, labels=self._conditions())

    def _conditions(self):
        """Returns what comes with the images of the training split, such as labels, or None."""
        parts = batch_format(self.batch_format).parts
        places = [place for place, part in enumerate(parts) if not part.kind.is_picture]
        if not places:
            return None
        return np.concatenate(list(Part(self._split("train"), places[0], self.count)))

    def _measure_samples(self, model):
        """Metrics of a model that generates from noise, against the training split."""
        samples = functools.partial(self._samples, model)
        results = self._feature_metrics(
            self._images("train", self.count), lambda: samples(self.count)
        )
        if "swd" in self.metrics:
            reals = self._images("train", self.count)
            results["swd"] = all_metrics.sliced_wasserstein(reals, samples(self.count))
        if "parzen" in self.metrics:
            results["parzen"] = self._parzen(samples(self.count))
        if "memorisation" in self.metrics:
            results["memorisation"] = self._memorisation(samples(min(self.count, HELD_OUT)))
        if set(self.metrics) & set(ENCODING_METRICS):
            results |= self._measure_encodings(model)
        if "class_diversity" in self.metrics:
            classes = np.resize(self._conditions(), self.count)  # repeated where there are too few
            images = np.concatenate(list(samples(self.count)))
            results["class_diversity"] = all_metrics.class_diversity(images, classes)
        return results

    def _measure_encodings(self, model):
        """Metrics of a model with an encoder, of the test split."""
        test = self._split("test")
        places = range(len(test.batch_format.parts))
        parts = [Part(test, place, self.count) for place in places]
        batches = parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))

        def labelled(split):
            pipeline = self._split(split, "labelled")
            parts = (Part(pipeline, place, self.count) for place in (0, 1))
            return tuple(np.concatenate(list(part)) for part in parts)

        return encoding_metrics(self.metrics, model, batches, self.extractor, labelled)

    def _parzen(self, samples):
        test = np.concatenate(list(self._images("test", self.count)))
        if len(test) < 2:
            raise InputError(f"Parzen windows need 2 test images. Received: {len(test)}")
        validation = max(1, min(1000, len(test) // 10))  # chooses the width, and is not in the mean
        return all_metrics.parzen_log_likelihood(samples, [test[:validation]], [test[validation:]])

    def _memorisation(self, samples):
        held_out = self._images("test", min(self.count, HELD_OUT))
        held_out, samples = (np.concatenate(list(batches)) for batches in (held_out, samples))
        return all_metrics.memorisation(samples, held_out, self._images("train"))

    def _measure_pairs(self, model):
        """Metrics of a model with one target for each input, against the test split's targets."""
        test = self._split("test")
        inputs, targets = (Part(test, part, self.count) for part in (0, 1))

        def outputs():
            return (model.translate(x, seed=self.seed) for x in inputs)

        results = self._feature_metrics(targets, outputs)
        if "paired" in self.metrics:
            results["paired"] = all_metrics.paired(zip(outputs(), targets, strict=True))
        if "noise_diversity" in self.metrics:
            draws_of_inputs = (
                np.concatenate([model.translate(x[None], seed=self.seed + n) for n in range(DRAWS)])
                for batch in Part(test, 0, min(self.count, INPUTS))
                for x in batch
            )
            results["noise_diversity"] = all_metrics.noise_diversity(draws_of_inputs)
        return results

    def _measure_domains(self, model):
        """Metrics of a model that translates domains, against the domain it translates to."""
        domains = [Part(self._split("test"), part, self.count) for part in (0, 1)]
        directions = self.abilities.directions
        ways = [functools.partial(model.translate, direction=one) for one in directions]
        results = {}  # by direction, of each metric
        for place, direction in enumerate(directions):
            images, targets, there = domains[place], domains[1 - place], ways[place]
            found = self._feature_metrics(targets, functools.partial(map, there, images))
            if "cycle" in self.metrics:
                back = ways[1 - place]
                found["cycle"] = all_metrics.cycle_reconstruction(images, there, back)
            results[direction] = found
        return [
            results[direction][name].in_direction(direction)
            for name in self.metrics
            for direction in directions
        ]

    def _feature_metrics(self, reals, fakes):
        return feature_metrics(
            self.metrics, self.extractor, reals, fakes,
            reference=self.config.values["dataset"], progress=self.progress,
        )  # fmt: skip


def _place_of_images(name):
    """Returns which part of the batches of a format samples are images of."""
    names = batch_format(name).names
    if "images" not in names:
        raise InputError(
            "Metrics compare samples with the part 'images' of a batch. "
            f"Received: batches of the format {name!r}, with {listed(names)}"
        )
    return names.index("images")
