"""Walks between images: from seed to seed, from class to class, or through given latents."""

import itertools
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError, unknown
from ganzoo.images.animations import (
    ANIMATION_FORMATS,
    check_animation,
    is_animation,
    save_animation,
)
from ganzoo.images.files import PICTURE_FORMATS, save_image
from ganzoo.images.grids import image_grid
from ganzoo.inference.latent_files import checked_latents, read_latents
from ganzoo.inference.sources import (
    Label,
    LatentSource,
    checked_labels,
    images_of,
    latent_space_of,
    open_source,
)
from ganzoo.randomness.priors import PATHS, between
from ganzoo.saving.files import path_of


def interpolate(
    run: LatentSource,
    waypoints: Sequence[int] | np.ndarray | str | os.PathLike | None = None,
    *,
    steps: int = 8,
    labels: Sequence[Label] | None = None,
    path: str = "auto",
    grid: bool = False,
    at: tuple[float, float] | None = None,
    loop: bool = False,
    fps: float = 10.0,
    output: str | os.PathLike | None = None,
    checkpoint: str | int = "newest",
) -> np.ndarray:
    """Generates the images on a path through the latent space of a model.

    The path leads through any number of waypoints, in their order; or, as a grid, fills the square
    between four of them at the corners: down both sides first, and then across. Between two latents
    it is the path of their prior: an arc of a sphere for a normal one
    (`ganzoo.randomness.priors.between`), a straight line for a uniform one. Between two classes the
    one-hot vectors are mixed linearly.

    Args:
        run: a run folder, an exported SavedModel's, or a model that samples from seeds.
        waypoints: seeds; or latents `(count, latent_dim)`, also as an `.npy` file of them. Left
            out: the first two seeds, of a grid the first four; with several labels the first one.
        steps: from one waypoint to the next. A walk through n of them has (n - 1) steps + 1 images.
        labels: for a model with labels, the class of each waypoint, or its attributes by name. One
            label is that of all images, and with several labels a single waypoint is that of all
            images. Left out: class 0, or no attribute, for all images.
        path: `"spherical"` or `"linear"`; `"auto"` is the prior's.
        grid: four waypoints are the corners of a square of (steps + 1)^2 images: the first two
            above, the others below.
        at: in place of a grid's images the one at a place of its square: how far to the right and
            how far down, 0 to 1.
        loop: from the last waypoint the path leads back to the first, and ends just before it.
        fps: images a second of an animation.
        output: where to write it: a picture file (one row, or the grid), `.gif` or `.mp4`.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1]; a grid's row by row.

    Raises:
        InputError: if an argument is out of range or does not fit the others or the model, or two
            waypoints that follow each other are of opposite directions.
        ResourceError: if `run` is no trained run and no export, latents cannot be read, or the
            output cannot be written.
    """
    if steps < 1:
        raise InputError(f"The number of steps must be at least 1. Received: {steps}")
    if path not in ("auto", *PATHS):
        raise unknown("path", path, ("auto", *PATHS))
    if output is not None:
        _check_output(output, grid, fps)
    if grid and loop:
        raise InputError("A grid cannot be a loop, as a walk can. Received: grid and loop")
    _check_place(at, grid)

    model = open_source(run, checkpoint)
    if path == "auto":
        path = latent_space_of(model, "; say which path, spherical or linear").path
    if waypoints is None:
        waypoints = range(1 if labels is not None and len(labels) > 1 else 4 if grid else 2)
    latents = _latents(model, waypoints)
    labels = checked_labels(model, first_label(model) if labels is None else labels)
    count = max(len(latents), len(labels))
    if len(latents) not in (1, count) or len(labels) not in (0, 1, count):
        raise InputError(
            "There must be a label for each waypoint, or one label, or one waypoint. "
            f"Received: {len(latents)} waypoints, {len(labels)} labels"
        )
    if (grid and count != 4) or count < 2:
        needed = "four waypoints, its corners" if grid else "two waypoints"
        raise InputError(
            f"A {'grid' if grid else 'walk'} needs {'' if grid else 'at least '}{needed}. "
            f"Received: {count}"
        )

    def between_waypoints(points, path):
        points = np.broadcast_to(points, (count, points.shape[1]))
        if at is not None:
            return in_square(points, [at[1]], [at[0]], path)
        return _square(points, steps, path) if grid else _walk(points, steps, loop, path)

    latents = between_waypoints(latents, path)
    if len(set(labels)) > 1:
        if not getattr(model, "attributes", ()):
            labels = np.eye(model.num_classes, dtype=np.float32)[labels]
        labels = between_waypoints(np.asarray(labels, np.float32), "linear")
    images = images_of(model, latents, labels)
    if output is not None:
        columns = steps + 1 if grid and at is None else len(images)
        _write(images, path_of(output), columns, fps)
    return images


def _check_output(output, grid, fps):
    suffix = Path(output).suffix.lower()
    if is_animation(output) and not grid:
        check_animation(output, fps)
    elif is_animation(output):
        raise InputError(f"A grid is one picture, no animation. Received: {str(output)!r}")
    elif suffix not in PICTURE_FORMATS:
        raise unknown("format", suffix, dict.fromkeys([*ANIMATION_FORMATS, *PICTURE_FORMATS]))


def _check_place(at, grid):
    if at is not None and not (grid and len(at) == 2 and all(0 <= share <= 1 for share in at)):
        raise InputError(
            f"A place is two numbers in 0 to 1, of a grid. Received: at={at}, grid={grid}"
        )


def first_label(model) -> list[Label]:
    """The label of a walk for which none is given."""
    abilities = abilities_of(model)
    if abilities.attributes:
        return [{}]
    return [0] if abilities.num_classes else []


def _latents(model, waypoints):
    """The waypoints' latents, float `(count, latent_dim)`."""
    if isinstance(waypoints, (str, os.PathLike)):
        return read_latents(waypoints, model.latent_shape[-1])
    points = np.asarray(waypoints)
    if points.ndim != 1 or (points.dtype.kind == "f" and points.size):
        return checked_latents(points, model.latent_shape[-1])
    if points.dtype.kind not in "iu" or points.min() < 0 or points.max() >= 2**63:
        received = ", ".join(map(str, points[:5])) or "none"
        raise InputError(f"Waypoints are latents, or seeds in 0 to 2^63 - 1. Received: {received}")
    return np.asarray(model.latents_of_seeds(points))


def _walk(points, steps, loop, path):
    fractions = np.arange(steps) / steps
    stops = [*points, points[0]] if loop else points
    legs = [between(start, end, fractions, path) for start, end in itertools.pairwise(stops)]
    return np.concatenate(legs if loop else [*legs, points[-1:]]).astype(np.float32)


def in_square(corners, down, across, path: str) -> np.ndarray:
    """Returns latents in the square between four, down both sides first, and then across.

    Args:
        corners: their latents `(4, latent_dim)`, the first two above.
        down: how far down each row is, `(rows,)`: 0 is above, 1 is below.
        across: how far to the right each column is, `(columns,)`.
        path: as in `between`.

    Returns:
        float32 `(rows * columns, latent_dim)`, row by row.
    """
    left, right = (between(corners[side], corners[side + 2], down, path) for side in (0, 1))
    columns = between(left, right, across, path)
    return columns.swapaxes(0, 1).reshape(-1, corners.shape[1])


def _square(corners, steps, path):
    fractions = np.arange(steps + 1) / steps
    return in_square(corners, fractions, fractions, path)


def _write(images, output, columns, fps):
    if is_animation(output):
        frames = [image_grid(image[None], padding=0, enlarge=True) for image in images]
        return save_animation(output, frames, fps)
    save_image(output, image_grid(images, columns, enlarge=True))
