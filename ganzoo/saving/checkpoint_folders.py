"""The folders of a run's checkpoints: `step-00000250` and so on, the newest and the best of them.

It is imported without TensorFlow, for `ganzoo runs`; `checkpoints.py` has what is in them.
"""

import re
from pathlib import Path

from ganzoo.saving.files import path_of, read_json

_NAME = re.compile(r"step-(\d{8,})")
BEST = "best.json"


def checkpoints(directory) -> list[Path]:
    """Returns the checkpoints' folders in `directory`, oldest first."""
    directory = path_of(directory)
    found = directory.iterdir() if directory.is_dir() else ()
    return sorted((path for path in found if _NAME.fullmatch(path.name)), key=step_of)


def step_of(folder: Path) -> int:
    """Returns the step of a checkpoint's folder."""
    return int(_NAME.fullmatch(folder.name)[1])


def newest_checkpoint(directory) -> Path | None:
    """Returns the folder of the newest checkpoint in `directory`, or None if there is none."""
    return next(reversed(checkpoints(directory)), None)


def best_checkpoint(directory) -> Path | None:
    """Returns the folder of the best checkpoint in `directory`, or None if none was chosen.

    Raises:
        ResourceError: if the file that names it is damaged.
    """
    directory = path_of(directory)
    try:
        return read_json(directory / BEST, lambda best: directory / f"step-{best['step']:08d}")
    except FileNotFoundError:
        return None


def set_aside_newer(directory, step: int) -> None:
    """Renames the checkpoints of later steps, `step-N` to `step-N.damaged`: nothing is deleted.

    Where that name is taken, by an earlier damage at the same step, it is `step-N.damaged-2`.
    """
    for folder in checkpoints(directory):
        if step_of(folder) > step:
            aside = folder.with_name(f"{folder.name}.damaged")
            number = 2
            while aside.exists():
                aside = folder.with_name(f"{folder.name}.damaged-{number}")
                number += 1
            folder.rename(aside)
