"""A run's sample grids, one after another: how training went."""

import os
from pathlib import Path

from ganzoo.config import pretrained
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.images.animations import captioned, check_animation, save_animation
from ganzoo.images.files import read_image
from ganzoo.runs.folder import open_run
from ganzoo.runs.grids import grids_of
from ganzoo.saving.files import path_of

LAST_FRAME = 2.0  # seconds


def timelapse(
    run: str | os.PathLike,
    output: str | os.PathLike | None = None,
    *,
    title: str | None = None,
    fps: float = 5.0,
) -> Path:
    """Writes the grids of a run (`samples/TITLE-STEP.png`) as an animation, in order of steps.

    The step stands above each grid, and the last grid is shown for two seconds longer.

    Args:
        run: a run folder; training need not have ended.
        output: a `.gif` or `.mp4` file; left out, `timelapse.gif` in the run's folder.
        title: which grids, where a model makes several kinds: `a-b-a` or `b-a-b` of CycleGAN.
        fps: grids a second.

    Returns:
        Where it was written.

    Raises:
        InputError: for an unknown title, none where there are several, or a wrong format or `fps`.
        ResourceError: if the folder is no run, has no grids or a damaged one, or the output cannot
            be written.
    """
    run = open_run(run)
    if output is None:
        pretrained.check_writable(run.folder)
    output = run.folder / "timelapse.gif" if output is None else path_of(output)
    check_animation(output, fps)
    grids = grids_of(run)
    if not grids:
        raise ResourceError(f"The run has no sample grids yet. Received: {str(run.folder)!r}")
    if title is None and len(grids) > 1:
        raise InputError(f"Say which title: {', '.join(sorted(grids))}. Received: none")
    if title is not None and title not in grids:
        raise unknown("title", title, sorted(grids))

    steps = grids[title or min(grids)]
    pictures = {step: read_image(path) for step, path in steps.items()}
    height = max(picture.shape[0] for picture in pictures.values())
    # Earlier versions of ganzoo did not enlarge grids of small images.
    shown = {step: _enlarged(picture, height) for step, picture in pictures.items()}
    if len({picture.shape for picture in shown.values()}) > 1:
        sizes = sorted({"x".join(map(str, picture.shape)) for picture in pictures.values()})
        raise ResourceError(f"The grids are of different sizes. Received: {', '.join(sizes)}")
    frames = [captioned(picture, f"step {step:,}") for step, picture in shown.items()]
    save_animation(output, frames, fps, LAST_FRAME)
    return output


def _enlarged(picture, height):
    """A picture enlarged by the whole number that makes it that high, if there is one."""
    times = height // picture.shape[0] if height % picture.shape[0] == 0 else 1
    return picture.repeat(times, axis=0).repeat(times, axis=1)
