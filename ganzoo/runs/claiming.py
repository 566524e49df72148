"""A run's folder, chosen and taken by one process."""

import os
from pathlib import Path

from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import Run, newest_run, next_run, open_run


def named_run(config, run_dir, resume):
    """Returns the run to write or to resume."""
    if run_dir is not None:
        return Run(Path(run_dir))
    return (newest_run(config) if resume else None) or next_run(config)


def check_writable(run, config, resume):
    """Checks that nothing in the run is in the way."""
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
    differences = open_run(run.folder).config().differences(config)
    if differences:
        raise InputError(
            f"The run to resume has other settings (the run's -> yours): {'; '.join(differences)}. "
            f"Received: {str(run.folder)!r}"
        )


def claimed(run, config, run_dir):
    """Returns the run with its folder made, or the next one if another process made it first."""
    try:
        while not run.config_path.exists():
            try:
                run.folder.mkdir(parents=True, exist_ok=run_dir is not None)
                break
            except FileExistsError:
                run = next_run(config)
    except OSError as error:
        raise ResourceError(f"The run folder cannot be made: {error}") from error
    return run
