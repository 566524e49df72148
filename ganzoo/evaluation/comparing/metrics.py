"""The metrics of several runs, sorted by protocol: only values of one protocol can be compared."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ganzoo.evaluation.choices import HIGHER_IS_BETTER
from ganzoo.evaluation.comparing.charts import line_chart
from ganzoo.metrics.results import Result
from ganzoo.runs.folder import Run
from ganzoo.saving.files import written_by_ganzoo

# Settings that make other images of the same data, or others of it the real ones: values of runs
# that differ in one of them cannot be compared, although a protocol does not name it.
_OF_IMAGES = (
    "dataset", "image_shape", "input_channels", "attributes", "input_classes", "input_colors",
    "color_distance", "split", "center_crop", "fit", "direction",
)  # fmt: skip
_LONGEST = 60  # characters of a protocol's value in a note


@dataclass(frozen=True)
class ComparedMetric:
    """A metric of some runs, measured by one protocol, so that its values can be compared.

    Attributes:
        metric: its name.
        number: 1, 2, ... where there are several protocols of this metric; otherwise None.
        protocol: that of the `metrics.Result`s, and the runs' settings that say what their images
            were.
        higher_is_better: whether that is so of the first value.
        values: of each run, by step, the values by name: `[{20: {"fid": 30.2}}]`; none where the
            run was not measured by this protocol.
    """

    metric: str
    number: int | None
    protocol: dict[str, object]
    higher_is_better: bool
    values: tuple[dict[int, dict[str, float]], ...]

    @property
    def names(self) -> list[str]:
        """The values' names, the one to compare first."""
        steps = (found for run in self.values for found in run.values())
        return list(dict.fromkeys(name for found in steps for name in found))

    @property
    def has_several_steps(self) -> bool:
        """Whether any run was measured more than once."""
        return any(len(run) > 1 for run in self.values)

    def best_step(self, run: int) -> int:
        """Returns the step at which the first value of a run, given by its index, is best."""
        sign = -1 if self.higher_is_better else 1

        def order(step):
            value = next(iter(self.values[run][step].values()))
            return math.isnan(value), sign * value

        return min(self.values[run], key=order)

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Yields rows of a table: of each value the newest, and of the first one the best."""
        for name in self.names:
            newest = [max(run, default=None) for run in self.values]
            yield self._label(name), self._cells(name, newest)
            if name == self.names[0] and self.has_several_steps:
                best = [self.best_step(n) if run else None for n, run in enumerate(self.values)]
                yield f"{self._label(name)}, best", self._cells(name, best)

    def chart(self, name: str, runs: Sequence[str]) -> str:
        """Returns an SVG of the value of that name over the steps, a curve for each run."""
        points = {
            run: [(step, found[name]) for step, found in sorted(steps.items()) if name in found]
            for run, steps in zip(runs, self.values, strict=True)
        }
        return line_chart(self._label(name), points, dots=True)

    def _cells(self, name, steps):
        return [
            f"{run[step][name]:.4g} at {step:,}" if step in run and name in run[step] else "-"
            for run, step in zip(self.values, steps, strict=True)
        ]

    def _label(self, name):
        label = name if name.startswith(self.metric) else f"{self.metric}: {name}"
        return label if self.number is None else f"{label} [{self.number}]"


def compared_metrics(runs: Sequence[Run], settings: Sequence[dict]) -> list[ComparedMetric]:
    """Returns what was measured of the runs, in the order of their records, a metric's together.

    Args:
        runs: to compare.
        settings: of each run, by name.

    Raises:
        ResourceError: if a run's metrics are not what ganzoo wrote.
    """
    found = {}  # by metric, by protocol as JSON, of each run the results by step
    for index, (run, values) in enumerate(zip(runs, settings, strict=True)):
        images = {name: values[name] for name in _OF_IMAGES if values.get(name) is not None}
        with written_by_ganzoo(run.metrics_path):
            for record in run.results():
                result = Result.from_json(record)
                protocol = result.protocol | images
                if protocol.get("reference") == values.get("dataset"):
                    protocol.pop("reference", None)  # it is the dataset
                protocols = found.setdefault(result.metric, {})
                key = json.dumps(protocol, sort_keys=True)
                steps = protocols.setdefault(key, tuple({} for _ in runs))[index]
                steps[int(record["step"])] = result
    metrics = []
    for metric, protocols in found.items():
        for number, (key, results) in enumerate(protocols.items(), 1):
            number = number if len(protocols) > 1 else None
            metrics.append(_compared(metric, number, json.loads(key), results))
    return metrics


def _compared(metric, number, protocol, results):
    """Returns the `ComparedMetric` of results by step, one dict for each run."""
    base = next(result.base_metric for steps in results for result in steps.values())
    values = tuple({step: result.values for step, result in steps.items()} for steps in results)
    return ComparedMetric(metric, number, protocol, base in HIGHER_IS_BETTER, values)


def protocol_notes(metrics: Sequence[ComparedMetric]) -> list[str]:
    """Returns a sentence for each metric that has several protocols: how they differ."""
    notes = []
    for metric in dict.fromkeys(m.metric for m in metrics if m.number):
        same = [m for m in metrics if m.metric == metric]
        keys = dict.fromkeys(key for m in same for key in m.protocol)
        differing = []
        for key in keys:
            values = [json.dumps(m.protocol.get(key))[:_LONGEST].strip('"') for m in same]
            if len({json.dumps(m.protocol.get(key)) for m in same}) > 1:
                listed = ", ".join(f"{v} in [{n}]" for n, v in enumerate(values, 1))
                differing.append(f"{key} {listed}")
        notes.append(
            f"{metric} was measured by {len(same)} protocols, whose figures cannot be compared "
            f"with each other: {'; '.join(differing)}."
        )
    return notes
