"""What commands on latents share: which models have any, their labels, files, and pictures."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from ganzoo.errors import InputError, ResourceError
from ganzoo.sampling import BATCH_SIZE


def check_has_latents(model) -> None:
    """Raises InputError for a model that does not sample from noise (`latents_of_seeds`)."""
    if not hasattr(model, "latents_of_seeds"):
        raise InputError(f"This model does not sample from noise. Received: {type(model).__name__}")


def checked_labels(model, labels: Sequence[int] | None) -> list[int]:
    """Returns the labels to make images of; left out, all of the model's; none if it has none.

    Raises:
        InputError: for labels of a model without any, or outside its classes.
    """
    classes = getattr(model, "num_classes", None)
    labels = list(range(classes or 0) if labels is None else labels)
    if labels and classes is None:
        raise InputError(f"This model has no labels. Received: {type(model).__name__}")
    if classes and not (labels and 0 <= min(labels) <= max(labels) < classes):
        raise InputError(
            f"Labels must be in 0 to num_classes - 1, {classes - 1}. "
            f"Received: {', '.join(map(str, labels)) or 'none'}"
        )
    return labels


def images_of(model, latents, labels: Sequence[int] = ()) -> np.ndarray:
    """Returns the images of latents.

    Args:
        model: a model that samples from noise.
        latents: float `(count, latent_dim)`.
        labels: of a model with labels, in turn: image i is of `labels[i % len(labels)]`.

    Returns:
        float32 `(count, height, width, channels)` in [-1, 1].
    """
    latents = np.asarray(latents, np.float32)
    images = []
    starts = range(0, len(latents), BATCH_SIZE)
    for start in tqdm(starts, "Generating", unit="batch", delay=2):
        inputs = latents[start : start + BATCH_SIZE]
        if len(labels):
            numbers = np.arange(start, start + len(inputs))
            inputs = inputs, np.asarray(labels)[numbers % len(labels)]
        images.append(model.predict_on_batch(inputs))
    return np.concatenate(images)


def read_latents(path: str | os.PathLike, latent_dim: int) -> np.ndarray:
    """Returns the latents in a `.npy` file, float32 `(count, latent_dim)`; one alone is a row.

    Raises:
        InputError: if they are not finite numbers of that length.
        ResourceError: if there is no such file, or it is no `.npy` file.
    """
    try:
        latents = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = getattr(error, "strerror", None) or "it is no .npy file of numbers"
        raise ResourceError(f"Latents cannot be read: {reason}. Received: {str(path)!r}") from error
    is_right = isinstance(latents, np.ndarray) and latents.dtype.kind in "fiu"
    latents = np.atleast_2d(latents) if is_right else latents
    if not is_right or latents.ndim != 2 or latents.shape[1] != latent_dim or not len(latents):
        shape = getattr(latents, "shape", "several arrays")
        raise InputError(
            f"Latents of this model are numbers of the shape (count, {latent_dim}). "
            f"Received: {shape} in {str(path)!r}"
        )
    if not np.isfinite(latents).all():
        raise InputError(f"Latents must be finite. Received: NaN or infinity in {str(path)!r}")
    return latents.astype(np.float32)


def write_latents(path: str | os.PathLike, latents: np.ndarray) -> None:
    """Writes latents `(count, latent_dim)` as a `.npy` file, whole or not at all.

    Raises:
        InputError: if the name does not end in `.npy`.
        ResourceError: if it cannot be written.
    """
    path = Path(path)
    if path.suffix != ".npy":
        raise InputError(f"Latents are written to a .npy file. Received: {str(path)!r}")
    temporary = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            np.save(file, latents)
        temporary.replace(path)
    except OSError as error:
        raise ResourceError(f"The latents cannot be written: {error}") from error
    finally:
        temporary.unlink(missing_ok=True)
