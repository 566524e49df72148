"""A run's folder, chosen and claimed by one process."""

import os
import re

from ganzoo.config.config import Config
from ganzoo.data.tfds.preparing import is_name
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import RUNS, Run, open_run
from ganzoo.saving.files import check_utf8, path_of


def named_run(config: Config, run_dir: str | os.PathLike | None, resume: bool) -> Run:
    """Returns the run to write or to resume; its folder need not exist.

    Args:
        config: of the training, which names the run if nothing else does.
        run_dir: the folder that the user has named, if any.
        resume: whether an existing run is wanted, where there is one.
    """
    if run_dir is not None:
        return Run(path_of(run_dir))
    return (_newest_run(config) if resume else None) or _next_run(config)


def _newest_run(config: Config) -> Run | None:
    """Returns the run with the highest N of those named `runs/MODEL-DATASET-N`, or None."""
    number = max(_numbers(config), default=None)
    return None if number is None else _numbered(config, number)


def _next_run(config: Config) -> Run:
    """Returns the run that a new training of this name would write."""
    return _numbered(config, max(_numbers(config), default=0) + 1)


def _numbered(config, number):
    dataset = config.values["dataset"]
    if not (dataset == "sample" or is_name(dataset, config.values["data_dir"])):
        dataset = path_of(dataset).resolve().name.removesuffix(".npz")  # a path's last part
    return Run(RUNS / f"{config.model}-{dataset.replace('/', '-')}-{number}")


def _numbers(config):
    stem = re.escape(_numbered(config, "").folder.name)
    folders = RUNS.iterdir() if RUNS.is_dir() else ()
    matches = (re.fullmatch(rf"{stem}([0-9]+)", folder.name) for folder in folders)
    return [int(match[1]) for match in matches if match]


def check_writable(run: Run, config: Config, recorded: Config | None, resume: bool) -> None:
    """Checks that a training may write a run.

    Args:
        run: its folder need not exist.
        config: of the training.
        recorded: the settings that the run's `config.yaml` holds, where there is one to resume.
        resume: whether the run may exist.

    Raises:
        InputError: if the run has settings that a resumed run cannot change, or the folder's path
            is no UTF-8.
        ResourceError: if the folder cannot be written, or holds something that is no run to resume.
    """
    check_utf8(run.folder.absolute())
    ancestor = next(p for p in (run.folder, *run.folder.absolute().parents) if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK | os.X_OK):
        raise ResourceError(f"The run folder cannot be written. Received: {str(run.folder)!r}")
    if not run.folder.exists() or not any(run.folder.iterdir()):
        return
    if not resume:
        raise ResourceError(
            f"The run folder holds something already; resume it, or name another. "
            f"Received: {str(run.folder)!r}"
        )
    if recorded is None:
        open_run(run.folder)  # raises, and names what is missing
    elif differences := recorded.differences(config, moved_data=run.data() is not None):
        raise InputError(
            f"The run to resume has other settings (the run's -> yours): {'; '.join(differences)}. "
            f"Received: {str(run.folder)!r}"
        )


def claimed(run: Run, config: Config, is_named: bool) -> Run:
    """Makes the folder of a new run, and returns the run.

    Args:
        run: the run to write.
        config: of the training.
        is_named: whether the user has named the folder. Otherwise it is the next free one, should
            another process have made this one first.

    Raises:
        ResourceError: if the folder cannot be made.
    """
    try:
        while not run.config_path.exists():
            try:
                run.folder.mkdir(parents=True, exist_ok=is_named)
                break
            except FileExistsError:
                run = _next_run(config)
    except OSError as error:
        raise ResourceError(f"The run folder cannot be made: {error}") from error
    return run
