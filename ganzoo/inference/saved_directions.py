"""Directions by name, in a run's folder: `directions/NAME.npz`."""

import json
import os
import re
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from ganzoo.config.pretrained import folder_of
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.saving.files import written_atomically, written_by_ganzoo


@dataclass(frozen=True)
class Direction:
    """A direction in latent space along which images get more of something.

    Attributes:
        name: what it is called in expressions.
        vector: float32 `(latent_dim,)`; as long as the latents' standard deviation along it, so
            that a strength of 1 is one standard deviation.
        method: `"means"` or `"logistic"`.
        source: the classifier, scores or attribute that decided which images are positive.
        samples: the number of images that it was found from.
        positives: the fraction of them that are positive.
        accuracy: the fraction of them on the right side of the plane that is normal to it.
    """

    name: str
    vector: np.ndarray
    method: str
    source: str
    samples: int
    positives: float
    accuracy: float


def check_name(name: str) -> None:
    """Raises InputError for a name that is not one plain word."""
    if not re.fullmatch(r"[\w.-]+", name) or name.startswith("."):
        raise InputError(
            f"A direction's name has letters, digits, '_', '-' and '.' only. Received: {name!r}"
        )


def save_direction(folder: Path, direction: Direction) -> Path:
    """Writes a direction to a run's folder, in place of one of the same name.

    Raises:
        ResourceError: if it cannot be written.
    """
    info = asdict(direction)
    vector = info.pop("vector")
    path = folder / "directions" / f"{direction.name}.npz"
    with written_atomically(path) as temporary, temporary.open("wb") as file:
        np.savez(file, vector=vector, facts=json.dumps(info))
    return path


def load_direction(folder: str | os.PathLike, name: str) -> Direction:
    """Returns the direction of that name in a run's folder.

    Raises:
        InputError: if there is none of that name.
        ResourceError: if the file is not what ganzoo wrote.
    """
    paths = _paths(folder_of(folder))
    if name not in paths:
        raise unknown("direction", name, paths)
    return _read(paths[name])


def list_directions(run: str | os.PathLike) -> list[Direction]:
    """Returns the directions that were found for a run, by name.

    Args:
        run: a run folder.

    Raises:
        ResourceError: if there is no such folder, or a file is not what ganzoo wrote.
    """
    folder = folder_of(run)
    if not folder.is_dir():
        raise ResourceError(f"There is no such run folder. Received: {str(run)!r}")
    return [_read(path) for path in _paths(folder).values()]


def _paths(folder):
    found = sorted((Path(folder) / "directions").glob("*.npz"))
    return {path.stem: path for path in found if not path.name.startswith(".")}


def _read(path):
    with written_by_ganzoo(path, OSError), np.load(path, allow_pickle=False) as content:
        return Direction(vector=content["vector"], **json.loads(str(content["facts"])))
