"""`generate`: images from a run, or from an export of it."""

import collections
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganzoo.errors import InputError
from ganzoo.images.files import format_of, save_image
from ganzoo.images.grids import image_grid
from ganzoo.inference.sampling import BATCH_SIZE, sampled
from ganzoo.inference.sources import (
    Label,
    LatentSource,
    checked_labels,
    latent_space_of,
    open_source,
)
from ganzoo.saving.files import path_of


def generate(
    run: LatentSource,
    count: int = 64,
    *,
    seed: int = 0,
    labels: Sequence[Label] | None = None,
    truncation: float = 1.0,
    output: str | os.PathLike | None = None,
    checkpoint: str | int = "newest",
) -> np.ndarray:
    """Samples images from a run.

    Image i is the image of seed `seed + i`, whatever it is sampled with: `count=8` gives the first
    eight of `count=64`. Of a model with labels its label is `labels[i % len(labels)]`, and in a
    grid each row is of one label.

    Args:
        run: a run folder, an exported SavedModel's, or a model that samples from seeds.
        count: how many images.
        seed: the first image's seed.
        labels: the classes to generate, in turn; left out, all of the model's. Of a model with
            attributes what each is, all others being 0: `[{"Smiling": 1, "Male": 0.5}]`; left out,
            none and then each by itself.
        truncation: a factor, 0 to 1, of the latents' distance from their mean (see
            `ganzoo.randomness.priors.truncated`): 1 changes nothing, and below it images vary less.
        output: where to write them: a file (`grid.png`) for one grid, or a folder (one that exists,
            or a path with no suffix or a slash at its end) for images named by their seeds.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1].

    Raises:
        InputError: if `count`, `seed`, `truncation` or a label is out of range, the model has no
            labels, or the output is of no picture format.
        ResourceError: if `run` is no trained run and no export, or the output cannot be written.
    """
    as_grid = output is not None and is_file(output)
    if as_grid:
        format_of(output)
    batches, labels = _batches(run, count, seed, labels, truncation, checkpoint)
    if output is not None and not as_grid:
        batches = _written(batches, path_of(output), seed)
    images = np.concatenate(list(batches))
    if as_grid:
        save_image(output, _grid(images, len(labels)))
    return images


def generate_files(
    run: LatentSource,
    count: int,
    folder: str | os.PathLike,
    *,
    seed: int = 0,
    labels: Sequence[Label] | None = None,
    truncation: float = 1.0,
    checkpoint: str | int = "newest",
) -> None:
    """Samples any number of images into a folder: `generate`, without holding them in memory.

    Args:
        folder: where to write them, named by their seeds.
        run, count, seed, labels, truncation, checkpoint: as in `generate`.

    Raises:
        InputError, ResourceError: as in `generate`.
    """
    if not os.fspath(folder) or is_file(folder):
        raise InputError(f"The output must be a folder. Received: {str(folder)!r}")
    batches, _ = _batches(run, count, seed, labels, truncation, checkpoint)
    collections.deque(_written(batches, path_of(folder), seed), maxlen=0)


def is_file(output):
    """Whether an output is to be a file, and not a folder."""
    if output == "":
        raise InputError("The output must be a picture file or a folder. Received: ''")
    is_folder = str(output).endswith("/") or path_of(output).is_dir()
    return not is_folder and bool(Path(output).suffix)


def _batches(run, count, seed, labels, truncation, checkpoint):
    """Returns the batches of images, each made when it is asked for, and the labels."""
    if count < 1:
        raise InputError(f"The number of images must be at least 1. Received: {count}")
    if seed < 0 or seed + count > 2**63:
        raise InputError(f"Seeds must be in 0 to 2^63 - 1. Received: {seed}")
    if not 0 <= truncation <= 1:
        raise InputError(f"The truncation must be in 0 to 1. Received: {truncation}")
    model = open_source(run, checkpoint)
    if truncation != 1:
        latent_space_of(model, ", whose mean truncation needs")
    labels = checked_labels(model, labels)
    batches = sampled(model, count, seed=seed, labels=labels, truncation=truncation)
    total = -(-count // BATCH_SIZE)
    return tqdm(batches, "Generating", total, unit="batch", delay=2), labels


def _written(batches, folder, seed):
    """Yields the batches again, and writes their images into a folder, named by their seeds."""
    number = seed
    for batch in batches:
        for image in batch:
            save_image(folder / f"{number:06d}.png", image_grid(image[None], padding=0))
            number += 1
        yield batch


def _grid(images, label_count):
    """A square of images; with several labels, a row for each, black where one has fewer images."""
    if label_count < 2:
        return image_grid(images, enlarge=True)
    rows, columns = min(label_count, len(images)), -(-len(images) // label_count)
    cells = np.full((rows, columns, *images.shape[1:]), -1.0, np.float32)
    numbers = np.arange(len(images))
    cells[numbers % label_count, numbers // label_count] = images
    return image_grid(cells.reshape(-1, *images.shape[1:]), columns, enlarge=True)
