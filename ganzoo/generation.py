"""Images from a trained run."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganzoo.errors import InputError, ResourceError
from ganzoo.images import format_of, image_grid, save_image
from ganzoo.latents import check_has_latents, checked_labels
from ganzoo.runs import load_run
from ganzoo.sampling import BATCH_SIZE, sampled


def generate(
    run,
    count: int = 64,
    *,
    seed: int = 0,
    labels: Sequence[int] | None = None,
    truncation: float = 1.0,
    output=None,
    checkpoint: str = "newest",
) -> np.ndarray:
    """Samples images from a run.

    Image i is the image of seed `seed + i`, whatever it is sampled with: `count=8` gives the first
    eight of `count=64`. Of a model with labels its label is `labels[i % len(labels)]`, and in a
    grid each row is of one label.

    Args:
        run: a run folder, or a model that samples from seeds (`latents_of_seeds`).
        count: how many images.
        seed: the first image's seed.
        labels: the classes to make, in turn; left out, all of the model's.
        truncation: a factor, 0 to 1, of the latents' distance from their mean (see
            `ganzoo.priors.truncated`): 1 changes nothing, and below it images vary less.
        output: where to write them: a file (`grid.png`) for one grid, or a folder (one that exists,
            or a path with no suffix or a slash at its end) for images named by their seeds.
        checkpoint: of a run folder, `"newest"`, or `"best"` as training was evaluated.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1].

    Raises:
        InputError: if `count`, `seed`, `truncation` or a label is out of range, the model has no
            labels, or the output is of no picture format.
        ResourceError: if `run` is no trained run, or the output cannot be written.
    """
    if count < 1:
        raise InputError(f"The number of images must be at least 1. Received: {count}")
    if seed < 0 or seed + count > 2**63:
        raise InputError(f"Seeds must be in 0 to 2^63 - 1. Received: {seed}")
    if not 0 <= truncation <= 1:
        raise InputError(f"The truncation must be in 0 to 1. Received: {truncation}")
    if output == "":
        raise InputError("The output must be a picture file or a folder. Received: ''")
    as_grid = (
        output is not None
        and not str(output).endswith("/")
        and not Path(output).is_dir()
        and bool(Path(output).suffix)
    )
    if as_grid:
        format_of(output)
    model = load_run(run, checkpoint) if isinstance(run, (str, Path)) else run
    check_has_latents(model)
    if truncation != 1 and not hasattr(model, "prior"):
        raise InputError(
            "Truncation needs to know the mean of the latents, and this model does not say what "
            f"they are drawn from (`prior`). Received: {type(model).__name__}"
        )
    labels = checked_labels(model, labels)

    batches = sampled(model, count, seed=seed, labels=labels, truncation=truncation)
    total = -(-count // BATCH_SIZE)
    images = np.concatenate(list(tqdm(batches, "Generating", total, unit="batch", delay=2)))
    if output is not None:
        _write(images, Path(output), as_grid, seed, len(labels))
    return images


def parse_labels(text: str) -> list[int]:
    """Returns the labels that a list of classes and ranges of classes stands for.

    Raises:
        InputError: if the text is no such list.

    >>> parse_labels("7,0-3")
    [7, 0, 1, 2, 3]
    """
    return _numbers(text, 6, "Labels are classes and ranges, such as 0,1,2 or 0-9")


def parse_seeds(text: str) -> list[int]:
    """Returns the seeds of a list of seeds and ranges of seeds, as `parse_labels` does labels."""
    return _numbers(text, 19, "Seeds are whole numbers and ranges, such as 3,17,29 or 0-8")


def _numbers(text, digits, rule):
    numbers = []
    for part in text.split(","):
        pattern = rf"\s*(\d{{1,{digits}}})(?:-(\d{{1,{digits}}}))?\s*"
        match = re.fullmatch(pattern, part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not first <= last < first + 10**6:
            raise InputError(f"{rule}. Received: {text!r}")
        numbers += range(first, last + 1)
    return numbers


def _write(images, output, as_grid, seed, label_count):
    try:
        if as_grid:
            output.parent.mkdir(parents=True, exist_ok=True)
            save_image(output, _grid(images, label_count))
        else:
            output.mkdir(parents=True, exist_ok=True)
            for number, image in enumerate(images, seed):
                save_image(output / f"{number:06d}.png", image_grid(image[None], padding=0))
    except OSError as error:
        raise ResourceError(f"The images cannot be written: {error}") from error


def _grid(images, label_count):
    """A square of images; with several labels, a row for each, black where one has fewer images."""
    if label_count < 2:
        return image_grid(images)
    rows, columns = min(label_count, len(images)), -(-len(images) // label_count)
    cells = np.full((rows, columns, *images.shape[1:]), -1.0, np.float32)
    numbers = np.arange(len(images))
    cells[numbers % label_count, numbers // label_count] = images
    return image_grid(cells.reshape(-1, *images.shape[1:]), columns)
