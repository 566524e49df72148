"""Latents in `.npy` files."""

import os

import numpy as np

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.files import path_of, written_atomically


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
    return checked_latents(latents, latent_dim, f" in {str(path)!r}")


def checked_latents(latents, latent_dim: int, where: str = "") -> np.ndarray:
    """Returns latents as float32 `(count, latent_dim)`; one alone is a row.

    Args:
        latents: what should be such an array.
        latent_dim: how many numbers each has.
        where: they are from, for the message.

    Raises:
        InputError: if they are not finite numbers of that length.
    """
    is_array = isinstance(latents, np.ndarray) and latents.dtype.kind in "fiu"
    rows = np.atleast_2d(latents) if is_array else np.zeros(0)
    if rows.ndim != 2 or rows.shape[1] != latent_dim or not len(rows):
        kind = f"{latents.dtype} {latents.shape}" if hasattr(latents, "dtype") else "several arrays"
        raise InputError(
            f"Latents of this model are numbers of the shape (count, {latent_dim}). "
            f"Received: {kind}{where}"
        )
    if not np.isfinite(rows).all():
        raise InputError(f"Latents must be finite. Received: NaN or infinity{where}")
    return rows.astype(np.float32)


def write_latents(path: str | os.PathLike, latents: np.ndarray) -> None:
    """Writes latents `(count, latent_dim)` as a `.npy` file, whole or not at all.

    Raises:
        InputError: if the name does not end in `.npy`.
        ResourceError: if it cannot be written.
    """
    path = path_of(path)
    if path.suffix != ".npy":
        raise InputError(f"Latents are written to a .npy file. Received: {str(path)!r}")
    with written_atomically(path) as temporary, temporary.open("wb") as file:
        np.save(file, latents)
