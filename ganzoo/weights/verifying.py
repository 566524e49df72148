"""Whether an imported model answers as the original does."""

import os
import zipfile

import numpy as np

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError, ResourceError, listed
from ganzoo.saving.files import path_of

TOLERANCE = 1e-4  # of images in [-1, 1]: sums in another order differ by some 1e-6


def verify(
    model, path: str | os.PathLike, arrays: tuple[str, str] = ("inputs", "outputs")
) -> float:
    """Returns by how much a model's outputs differ at most from those of the original.

    Args:
        model: with the imported weights.
        path: an `.npz` file with inputs and outputs of the original: images in [-1, 1],
            `(batch, channels, height, width)` as in PyTorch or with channels last; or latents,
            `(batch, latent_dim)` or `(batch, latent_dim, 1, 1)`.
        arrays: the names of the two in the file.

    Raises:
        InputError: if they differ by more than 1e-4, or the file has not both or of other shapes.
        ResourceError: if the file cannot be read.
    """
    inputs, outputs = _read(path_of(path), arrays)
    outputs = channels_last(outputs, model.image_shape[-1])
    if abilities_of(model).translates:
        channels = model.example_shapes[next(iter(model.example_shapes))][-1]
        found = np.array(model.translate(channels_last(inputs, channels)))
    else:
        found = np.array(model(inputs.reshape(len(inputs), -1), training=False))
    if found.shape != outputs.shape:
        raise InputError(
            f"The original's outputs must have the shape {found.shape}. Received: {outputs.shape}"
        )
    difference = float(np.abs(found - outputs).max())
    if not difference <= TOLERANCE:
        raise InputError(
            f"The model's outputs must be the original's to {TOLERANCE:g}; they differ by "
            f"{difference:.2g} at most, {np.abs(found - outputs).mean():.2g} on average. "
            f"Received: {str(path)!r}"
        )
    return difference


def channels_last(images: np.ndarray, channels: int) -> np.ndarray:
    """Returns images with their channels last, which may be second, as PyTorch has them."""
    is_first = images.ndim == 4 and images.shape[1] == channels != images.shape[-1]
    return images.transpose(0, 2, 3, 1) if is_first else images


def _read(path, arrays):
    try:
        with np.load(path, allow_pickle=False) as file:
            if set(arrays) - set(file.files):
                raise InputError(
                    f"The file must have the arrays {' and '.join(arrays)}, it has "
                    f"{listed(file.files)}. Received: {str(path)!r}"
                )
            return [file[name].astype(np.float32) for name in arrays]
    except InputError:
        raise
    except (OSError, ValueError, AttributeError, zipfile.BadZipFile) as error:
        raise ResourceError(
            f"Not an .npz file of arrays: {error}. Received: {str(path)!r}"
        ) from error
