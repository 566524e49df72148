"""`compare`: runs side by side, as a table and as a page with their curves and grids."""

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ganzoo.config.presets import read_settings
from ganzoo.errors import InputError
from ganzoo.evaluation.comparing.charts import line_chart
from ganzoo.evaluation.comparing.metrics import ComparedMetric, compared_metrics, protocol_notes
from ganzoo.evaluation.comparing.page import comparison_page
from ganzoo.evaluation.comparing.text_table import text_table
from ganzoo.images.files import read_image
from ganzoo.runs.folder import open_run
from ganzoo.runs.grids import last_grids
from ganzoo.runs.summaries import RunSummary, summarize
from ganzoo.saving.files import path_of, write_bytes, written_by_ganzoo


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
        settings = [
            (name, [_setting(value) for value in values]) for name, values in self.settings.items()
        ]
        metrics = [row for metric in self.metrics for row in metric.rows()]
        sections = {"Runs": rows, "Settings that differ": settings, "Metrics": metrics}
        return {heading: rows for heading, rows in sections.items() if rows}

    def notes(self) -> list[str]:
        """Returns what the table cannot say, a sentence each."""
        notes = [
            f"{name} failed: {run.reason}"
            for name, run in zip(self.names, self.runs, strict=True)
            if run.reason
        ]
        if len(self.runs) > 1 and not self.settings:
            notes.append("No other setting differs.")
        if not self.metrics:
            notes.append("No metrics are recorded; `ganzoo evaluate RUN` measures some.")
        return [*notes, *protocol_notes(self.metrics)]

    def __str__(self):
        return text_table(self.names, self.sections(), self.notes())


def compare(runs: Sequence, output=None) -> Comparison:
    """Puts runs side by side: the settings that differ, losses, verdicts and metrics.

    Figures of one row were measured by one protocol; a metric of several has as many rows, and a
    note says what differs.

    Args:
        runs: run folders, or names of pretrained runs; one alone will do.
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
    names = [run.name for run in opened]
    if len(set(names)) < len(names):
        names = [str(run.folder) for run in opened]  # given differently, since they are others
    summaries = tuple(summarize(run) for run in opened)
    settings = [read_settings(run.config_path) for run in opened]
    comparison = Comparison(
        tuple(names), summaries, _differing(settings), tuple(compared_metrics(opened, settings))
    )
    if output is not None:
        _write_page(path_of(output), comparison, opened)
    return comparison


def _differing(settings):
    names = dict.fromkeys(name for values in settings for name in values)
    compared = {name: tuple(values.get(name) for values in settings) for name in names}
    return {
        name: values
        for name, values in compared.items()
        if name not in ("model", "dataset") and any(value != values[0] for value in values)
    }


def _figure(value):
    return "-" if value is None else f"{value:.4g}"


def _setting(value):
    return (
        "-"
        if value is None
        else value
        if isinstance(value, str)
        else json.dumps(value, default=str)
    )


def _write_page(output, comparison, runs):
    losses = {}  # by name, of each run the points
    for name, run in zip(comparison.names, runs, strict=True):
        for loss, points in _losses(run).items():
            losses.setdefault(loss, dict.fromkeys(comparison.names, ()))[name] = points
    curves = [line_chart(loss, points) for loss, points in losses.items()]
    for metric in comparison.metrics:
        if metric.has_several_steps:
            curves += [metric.chart(figure, comparison.names) for figure in metric.names]
    grids = {}  # by title, of each run the step and the picture
    for name, run in zip(comparison.names, runs, strict=True):
        for title, (step, picture) in _last_grids(run).items():
            grids.setdefault(title, {})[name] = (step, picture)
    page = comparison_page(
        comparison.names, comparison.sections(), comparison.notes(), curves, grids
    )
    write_bytes(output, page.encode("utf-8", "replace"))  # names of files can be any bytes


def _losses(run):
    """Returns the points `(step, value)` of each loss in a run's log."""
    losses = {}
    if run.log_path.exists():
        with written_by_ganzoo(run.log_path), run.log_path.open(newline="") as file:
            for row in csv.DictReader(file):
                step = int(row.pop("step"))
                row.pop("epoch")
                for name, value in row.items():
                    losses.setdefault(name, []).append((step, float(value)))
    return losses


def _last_grids(run):
    """Returns by title the step and the content of a run's newest grid."""
    newest = last_grids(run)
    for _, path in newest.values():
        read_image(path)  # refuses one that is damaged
    return {title: (step, path.read_bytes()) for title, (step, path) in newest.items()}
