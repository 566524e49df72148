"""A run becomes a SavedModel."""

from pathlib import Path

from ganzoo.runs import load_run


def export(run, path) -> Path:
    """Exports the sampling network of a run's newest weights.

    Args:
        run: a run folder.
        path: where to write; nothing may be there.

    Returns:
        `path`.

    Raises:
        ResourceError: if `run` is no trained run, or something is at `path`.
    """
    path = Path(path)
    load_run(run).export(path)
    return path
