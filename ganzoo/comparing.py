"""`compare`: runs side by side, as a table and as a page with their curves and grids."""

import csv
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganzoo import charts
from ganzoo.comparison_page import comparison_page
from ganzoo.errors import InputError, ResourceError
from ganzoo.images import read_image
from ganzoo.measuring import HIGHER_IS_BETTER
from ganzoo.presets import read_settings
from ganzoo.runs import open_run
from ganzoo.summaries import RunSummary, summarize
from ganzoo.text_table import text_table

# Settings that make other images of the same data, or others of it the real ones: figures of runs
# that differ in one of them cannot be compared, although a protocol does not name it.
_OF_IMAGES = (
    "dataset", "image_shape", "input_channels", "split", "center_crop", "fit", "direction",
)  # fmt: skip
_FOUND = {"ms_ssim_by_class"}  # what `class_diversity` has in its protocol and has measured


@dataclass(frozen=True)
class ComparedMetric:
    """A metric of some runs, measured by one protocol, so that its figures can be compared.

    Attributes:
        metric: its name.
        number: 1, 2, ... where there are several protocols of this metric; otherwise None.
        protocol: what `metrics.Result` has there, and the run's settings that say what its images
            were.
        figures: of each run, the figures by name of each step: `[{step: {"fid": 30.2}}]`; none
            where the run was not measured so.
    """

    metric: str
    number: int | None
    protocol: dict[str, object]
    figures: tuple[dict[int, dict[str, float]], ...]

    @property
    def names(self) -> list[str]:
        """The figures' names, the one to compare first."""
        return list(
            dict.fromkeys(n for run in self.figures for found in run.values() for n in found)
        )

    def best_step(self, run: int) -> int:
        """Returns the step at which the first figure of a run, given by its number, is best."""
        base = self.metric.removesuffix("_ab").removesuffix("_ba")
        best = max if base in HIGHER_IS_BETTER else min
        figures = self.figures[run]
        return best(figures, key=lambda step: next(iter(figures[step].values())))

    def label(self, name: str) -> str:
        label = name if name.startswith(self.metric) else f"{self.metric}: {name}"
        return label if self.number is None else f"{label} [{self.number}]"


@dataclass(frozen=True)
class Comparison:
    """Runs side by side; as text it is what `ganzoo compare` prints.

    Attributes:
        names: the runs', each a name of its own.
        runs: what became of each.
        settings: those that differ, by name, each run's value; None where it has no such setting.
            `model` and `dataset` are in `runs`.
        metrics: what was measured, a metric with several protocols several times.
    """

    names: tuple[str, ...]
    runs: tuple[RunSummary, ...]
    settings: dict[str, tuple]
    metrics: tuple[ComparedMetric, ...]

    def sections(self) -> dict[str, list[tuple[str, list[str]]]]:
        """Returns the table: under each heading its rows, `(label, a cell for each run)`."""
        losses = list(dict.fromkeys(name for run in self.runs for name in run.figures))
        rows = [
            (name, [str(getattr(run, name)) for run in self.runs])
            for name in ("model", "dataset", "state")
        ]
        rows.append(("step", [f"{run.step:,}" for run in self.runs]))
        rows += [(name, [_figure(run.figures.get(name)) for run in self.runs]) for name in losses]
        rows.append(
            ("health", [", ".join(dict.fromkeys(run.verdicts)) or "-" for run in self.runs])
        )
        if any(run.reason for run in self.runs):
            rows.append(("error", [run.reason or "-" for run in self.runs]))
        settings = [
            (name, [_setting(value) for value in values]) for name, values in self.settings.items()
        ]
        metrics = [row for metric in self.metrics for row in _metric_rows(metric)]
        sections = {"Runs": rows, "Settings that differ": settings, "Metrics": metrics}
        return {heading: rows for heading, rows in sections.items() if rows}

    def notes(self) -> list[str]:
        """Returns what the table cannot say, a sentence each."""
        notes = []
        if len(self.runs) > 1 and not self.settings:
            notes.append("No other setting differs.")
        if not self.metrics:
            notes.append("No metrics are recorded; `ganzoo evaluate RUN` measures some.")
        for metric in dict.fromkeys(m.metric for m in self.metrics if m.number):
            notes.append(_protocols_note([m for m in self.metrics if m.metric == metric]))
        return notes

    def __str__(self):
        return text_table(self.names, self.sections(), self.notes())


def compare(runs: Sequence, output=None) -> Comparison:
    """Puts runs side by side: the settings that differ, losses, verdicts and metrics.

    Figures of one row were measured by one protocol; a metric of several has as many rows, and a
    note says what differs.

    Args:
        runs: run folders; one alone will do.
        output: an `.html` file for a page with the same, the curves of losses and metrics over the
            steps, and each run's last sample grids. It needs no network and runs no script. Its
            folder is made if it is not there.

    Raises:
        InputError: if there is no run, one is given twice, or the output is no `.html` file.
        ResourceError: if a folder is no run, a run's files are not what ganzoo wrote, or the output
            cannot be written.
    """
    if output is not None and Path(output).suffix != ".html":
        raise InputError(f"The output must be an .html file. Received: {str(output)!r}")
    opened = [open_run(run) for run in ([runs] if isinstance(runs, str | os.PathLike) else runs)]
    if not opened:
        raise InputError(f"There must be a run to compare. Received: {runs!r}")
    places = [run.folder.resolve() for run in opened]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise InputError(f"A run is given twice. Received: {str(opened[number].folder)!r}")
    names = [place.name for place in places]
    if len(set(names)) < len(names):
        names = [str(run.folder) for run in opened]  # given differently, since they are others
    summaries = tuple(summarize(run) for run in opened)
    settings = [read_settings(run.config_path) for run in opened]
    comparison = Comparison(
        tuple(names), summaries, _differing(settings), tuple(_metrics(opened, settings))
    )
    if output is not None:
        _write_page(Path(output), comparison, opened)
    return comparison


def _differing(settings):
    names = dict.fromkeys(name for values in settings for name in values)
    compared = {name: tuple(values.get(name) for values in settings) for name in names}
    return {
        name: values
        for name, values in compared.items()
        if name not in ("model", "dataset") and any(value != values[0] for value in values)
    }


def _metrics(runs, settings):
    """Returns the runs' `ComparedMetric`s, a metric's together."""
    found = {}  # by metric and protocol, of each run the figures by step
    for number, (run, values) in enumerate(zip(runs, settings, strict=True)):
        images = {name: values[name] for name in _OF_IMAGES if values.get(name) is not None}
        for result in run.results():
            protocol = {k: v for k, v in result["protocol"].items() if k not in _FOUND} | images
            if protocol.get("reference") == images.get("dataset"):
                protocol.pop("reference", None)  # the same, said twice
            key = (result["metric"], json.dumps(protocol, sort_keys=True))
            figures = found.setdefault(key, tuple({} for _ in runs))[number]
            figures[result["step"]] = {name: float(v) for name, v in result["values"].items()}
    for metric in dict.fromkeys(metric for metric, _ in found):
        same = [(json.loads(p), figures) for (m, p), figures in found.items() if m == metric]
        for number, (protocol, figures) in enumerate(same, 1):
            yield ComparedMetric(metric, number if len(same) > 1 else None, protocol, figures)


def _metric_rows(metric):
    newest = [max(figures, default=None) for figures in metric.figures]
    for name in metric.names:
        cells = [
            "-" if step is None else f"{_figure(figures[step].get(name))} at {step:,}"
            for figures, step in zip(metric.figures, newest, strict=True)
        ]
        yield metric.label(name), cells
        if name == metric.names[0] and any(len(figures) > 1 for figures in metric.figures):
            best = [metric.best_step(n) if f else None for n, f in enumerate(metric.figures)]
            yield (
                f"{metric.label(name)}, best",
                [
                    "-" if step is None else f"{_figure(figures[step][name])} at {step:,}"
                    for figures, step in zip(metric.figures, best, strict=True)
                ],
            )


def _protocols_note(metrics):
    """Says how the protocols of one metric differ."""
    keys = dict.fromkeys(key for metric in metrics for key in metric.protocol)
    differing = [
        f"{key} " + ", ".join(f"{_setting(m.protocol.get(key))} in [{m.number}]" for m in metrics)
        for key in keys
        if any(m.protocol.get(key) != metrics[0].protocol.get(key) for m in metrics)
    ]
    return (
        f"{metrics[0].metric} was measured by {len(metrics)} protocols, whose figures cannot be "
        f"compared with each other: {'; '.join(differing)}."
    )


def _figure(value):
    return "-" if value is None else f"{value:.4g}"


def _setting(value):
    return "-" if value is None else json.dumps(value) if not isinstance(value, str) else value


def _write_page(output, comparison, runs):
    losses = {}  # by name, of each run the points
    for name, run in zip(comparison.names, runs, strict=True):
        for loss, points in _losses(run).items():
            losses.setdefault(loss, dict.fromkeys(comparison.names, ()))[name] = points
    curves = [charts.line_chart(loss, points) for loss, points in losses.items()]
    for metric in comparison.metrics:
        if any(len(figures) > 1 for figures in metric.figures):
            curves += [_metric_chart(metric, figure, comparison.names) for figure in metric.names]
    grids = {}  # by title, of each run the step and the picture
    for name, run in zip(comparison.names, runs, strict=True):
        for title, (step, picture) in _last_grids(run).items():
            grids.setdefault(title, {})[name] = (step, picture)
    page = comparison_page(
        comparison.names, comparison.sections(), comparison.notes(), curves, grids
    )
    temporary = output.with_name(f".{output.name}.part")
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8")
        temporary.replace(output)
    except OSError as error:
        raise ResourceError(
            f"The page cannot be written: {error.strerror}. Received: {str(output)!r}"
        ) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def _losses(run):
    """Returns the points `(step, value)` of each loss in a run's log."""
    losses = {}
    if run.log_path.exists():
        try:
            with run.log_path.open(newline="") as file:
                for row in csv.DictReader(file):
                    step = int(row.pop("step"))
                    row.pop("epoch")
                    for name, value in row.items():
                        losses.setdefault(name, []).append((step, float(value)))
        except (ValueError, KeyError, TypeError, csv.Error) as error:
            raise ResourceError(
                f"Not what ganzoo wrote: {error}. Received: {str(run.log_path)!r}"
            ) from error
    return losses


def _metric_chart(metric, figure, names):
    points = {
        name: [(step, figures[step][figure]) for step in sorted(figures) if figure in figures[step]]
        for name, figures in zip(names, metric.figures, strict=True)
    }
    return charts.line_chart(metric.label(figure), points, dots=True)


def _last_grids(run):
    """Returns by title the step and the content of a run's newest grid."""
    newest = {}
    for path in sorted(run.samples.glob("*.png")):
        if match := re.fullmatch(r"(.+)-([0-9]{8,})\.png", path.name):
            newest[match[1]] = max(newest.get(match[1], (0, path)), (int(match[2]), path))
    for _, path in newest.values():
        read_image(path)  # refuses one that is damaged
    return {title: (step, path.read_bytes()) for title, (step, path) in newest.items()}
