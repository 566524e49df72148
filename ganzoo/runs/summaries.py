"""The runs in a folder: what became of each, and its last losses."""

import csv
import json
import os
from dataclasses import dataclass
from pathlib import Path

import yaml

from ganzoo.errors import ResourceError
from ganzoo.runs.folder import Run
from ganzoo.saving.checkpoint_folders import newest_checkpoint, step_of
from ganzoo.saving.earlier_versions import present_name
from ganzoo.saving.files import path_of, written_by_ganzoo


@dataclass(frozen=True)
class RunSummary:
    """The state of a run, as its folder shows it.

    Attributes:
        folder: the run's.
        model, dataset: what was trained on what.
        state: `"running"`; `"finished"`; `"stopped"`, by a signal or a callback; `"failed"`,
            by an error; or `"died"`, by what leaves no time to write anything.
        step: the last step that is known of.
        resumes_at: the step of its newest checkpoint, from which it goes on; 0 without one.
        reason: the error that a failed run ended with.
        figures: the losses in the last row of its log, by name.
        verdicts: of `callbacks.Health`, `("discriminator_dominates", "collapsed", ...)`.
    """

    folder: Path
    model: str
    dataset: str
    state: str
    step: int
    resumes_at: int
    reason: str | None
    figures: dict[str, float]
    verdicts: tuple[str, ...]


def list_runs(folder: str | os.PathLike = "runs") -> list[RunSummary]:
    """Returns the runs in a folder, by name; or the one run whose folder it is.

    Args:
        folder: of run folders. Other folders, and files, are skipped.

    Raises:
        ResourceError: if there is no such folder, or a run's files are not what ganzoo wrote.
    """
    folder = path_of(folder)
    if not folder.is_dir():
        raise ResourceError(f"There is no such folder of runs. Received: {str(folder)!r}")
    runs = [Run(path) for path in (folder, *sorted(folder.iterdir()))]
    return [summarize(run) for run in runs if run.config_path.is_file()]


def summarize(run: Run) -> RunSummary:
    """Returns the state of a run, as its folder shows it.

    Raises:
        ResourceError: if its files are not what ganzoo wrote.
    """
    with written_by_ganzoo(run.folder, OSError, yaml.YAMLError):
        config = yaml.safe_load(run.config_path.read_text())
        status = json.loads(_text(run.status_path) or '{"state": "running", "step": 0}')
        rows = list(csv.DictReader(_text(run.log_path).splitlines()))
        verdicts = json.loads(_text(run.health_path) or '{"verdicts": []}')["verdicts"]
        last = {k: float(v) for k, v in rows[-1].items()} if rows else {"step": 0}
        newest = newest_checkpoint(run.checkpoints)
        resumes_at = step_of(newest) if newest else 0
        if status["state"] == "running" and not run.is_locked():
            status["state"] = "died"
        return RunSummary(
            folder=run.folder,
            model=config["model"],
            dataset=config["dataset"],
            state=status["state"],
            step=max(status["step"], int(last["step"]), resumes_at),
            resumes_at=resumes_at,
            reason=status.get("reason"),
            figures={k: v for k, v in last.items() if k not in ("step", "epoch")},
            verdicts=tuple(present_name(v["verdict"]) for v in verdicts),
        )


def _text(path):
    return path.read_text() if path.exists() else ""
