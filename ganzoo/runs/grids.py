"""The sample grids in a run's folder: `samples/TITLE-STEP.png`."""

import re
from pathlib import Path

from ganzoo.runs.folder import Run


def grids_of(run: Run) -> dict[str, dict[int, Path]]:
    """Returns the grids of a run by title and step, in their order."""
    grids = {}
    for path in sorted(run.samples.glob("*.png")):
        if match := re.fullmatch(r"([^.].*)-(\d{8,})", path.stem):
            grids.setdefault(match[1], {})[int(match[2])] = path
    return {title: dict(sorted(steps.items())) for title, steps in grids.items()}


def last_grids(run: Run) -> dict[str, tuple[int, Path]]:
    """Returns of each title the newest grid and its step."""
    return {title: max(steps.items()) for title, steps in grids_of(run).items()}
