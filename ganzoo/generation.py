"""Images from a trained run."""

from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganzoo.errors import InputError, ResourceError
from ganzoo.images import format_of, image_grid, save_image
from ganzoo.runs import load_run

BATCH_SIZE = 64


def generate(run, count: int = 64, *, seed: int = 0, output=None) -> np.ndarray:
    """Samples images from a run's newest weights.

    Image i is the image of seed `seed + i`, whatever it is sampled with: `count=8` gives the first
    eight of `count=64`.

    Args:
        run: a run folder, or a model that samples from seeds (`latents_of_seeds`).
        count: how many images.
        seed: the first image's seed.
        output: where to write them: a file (`grid.png`) for one grid, or a folder (one that exists,
            or a path with no suffix or a slash at its end) for images named by their seeds.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1].

    Raises:
        InputError: if `count` or `seed` is out of range, or the output is of no picture format.
        ResourceError: if `run` is no trained run, or the output cannot be written.
    """
    if count < 1:
        raise InputError(f"The number of images must be at least 1. Received: {count}")
    if seed < 0 or seed + count > 2**63:
        raise InputError(f"Seeds must be in 0 to 2^63 - 1. Received: {seed}")
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
    model = load_run(run) if isinstance(run, (str, Path)) else run
    if not hasattr(model, "latents_of_seeds"):
        raise InputError(f"This model does not sample from noise. Received: {type(model).__name__}")

    batches = []
    for start in tqdm(range(0, count, BATCH_SIZE), desc="Generating", unit="batch", delay=2):
        seeds = seed + np.arange(start, min(start + BATCH_SIZE, count))
        batches.append(model.predict_on_batch(model.latents_of_seeds(seeds)))
    images = np.concatenate(batches)
    if output is not None:
        _write(images, Path(output), as_grid, seed)
    return images


def _write(images, output, as_grid, seed):
    try:
        if as_grid:
            output.parent.mkdir(parents=True, exist_ok=True)
            save_image(output, image_grid(images))
        else:
            output.mkdir(parents=True, exist_ok=True)
            for number, image in enumerate(images, seed):
                save_image(output / f"{number:06d}.png", image_grid(image[None], padding=0))
    except OSError as error:
        raise ResourceError(f"The images cannot be written: {error}") from error
