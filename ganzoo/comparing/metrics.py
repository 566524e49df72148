"""The metrics of several runs, sorted so that figures side by side can be compared."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ganzoo.comparing.charts import line_chart
from ganzoo.evaluation.choices import HIGHER_IS_BETTER
from ganzoo.runs.folder import Run
from ganzoo.saving.files import written_by_ganzoo

# Settings that make other images of the same data, or others of it the real ones: figures of runs
# that differ in one of them cannot be compared, although a protocol does not name it.
_OF_IMAGES = (
    "dataset", "image_shape", "input_channels", "split", "center_crop", "fit", "direction",
)  # fmt: skip
_LONGEST = 60  # characters of a protocol's value in a note


@dataclass(frozen=True)
class ComparedMetric:
    """A metric of some runs, measured by one protocol, so that its figures can be compared.

    Attributes:
        metric: its name.
        number: 1, 2, ... where there are several protocols of this metric; otherwise None.
        protocol: what `metrics.Result` has there, and the run's settings that say what its images
            were.
        figures: of each run, the figures by name of each step: `[{20: {"fid": 30.2}}]`; none where
            the run was not measured so.
    """

    metric: str
    number: int | None
    protocol: dict[str, object]
    figures: tuple[dict[int, dict[str, float]], ...]

    @property
    def names(self) -> list[str]:
        """The figures' names, the one to compare first."""
        steps = (found for run in self.figures for found in run.values())
        return list(dict.fromkeys(name for found in steps for name in found))

    @property
    def has_several_steps(self) -> bool:
        """Whether any run was measured more than once."""
        return any(len(run) > 1 for run in self.figures)

    def best_step(self, run: int) -> int:
        """Returns the step at which the first figure of a run, given by its number, is best."""
        base = self.metric.removesuffix("_ab").removesuffix("_ba")
        sign = -1 if base in HIGHER_IS_BETTER else 1

        def place(step):
            value = next(iter(self.figures[run][step].values()))
            return math.isnan(value), sign * value

        return min(self.figures[run], key=place)

    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """Yields rows of a table: of each figure the newest, and of the first one the best."""
        for name in self.names:
            newest = [max(run, default=None) for run in self.figures]
            yield self._label(name), self._cells(name, newest)
            if name == self.names[0] and self.has_several_steps:
                best = [self.best_step(n) if run else None for n, run in enumerate(self.figures)]
                yield f"{self._label(name)}, best", self._cells(name, best)

    def chart(self, name: str, runs: Sequence[str]) -> str:
        """Returns an SVG of a figure over the steps, a curve for each run."""
        points = {
            run: [(step, found[name]) for step, found in sorted(figures.items()) if name in found]
            for run, figures in zip(runs, self.figures, strict=True)
        }
        return line_chart(self._label(name), points, dots=True)

    def _cells(self, name, steps):
        return [
            f"{run[step][name]:.4g} at {step:,}" if step in run and name in run[step] else "-"
            for run, step in zip(self.figures, steps, strict=True)
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
    found = {}  # by metric and protocol, of each run the figures by step
    for number, (run, values) in enumerate(zip(runs, settings, strict=True)):
        images = {name: values[name] for name in _OF_IMAGES if values.get(name) is not None}
        with written_by_ganzoo(run.metrics_path):
            for result in run.results():
                protocol = result["protocol"] | images
                if protocol.get("reference") == values.get("dataset"):
                    protocol.pop("reference", None)  # the same, said twice
                key = (str(result["metric"]), json.dumps(protocol, sort_keys=True))
                figures = found.setdefault(key, tuple({} for _ in runs))[number]
                figures[int(result["step"])] = {
                    name: float(value) for name, value in result["values"].items()
                }
    metrics = []
    for metric in dict.fromkeys(metric for metric, _ in found):
        same = [(json.loads(key[1]), found[key]) for key in found if key[0] == metric]
        for number, (protocol, figures) in enumerate(same, 1):
            number = number if len(same) > 1 else None
            metrics.append(ComparedMetric(metric, number, protocol, figures))
    return metrics


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
                said = ", ".join(f"{v} in [{n}]" for n, v in enumerate(values, 1))
                differing.append(f"{key} {said}")
        notes.append(
            f"{metric} was measured by {len(same)} protocols, whose figures cannot be compared "
            f"with each other: {'; '.join(differing)}."
        )
    return notes
