"""Images that latents are found for: as they are given, what is found, and how it is written.

`project` finds latents by gradient descent, `reconstruct` by a model's encoder.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.files import read_image, save_image
from ganzoo.images.grids import image_grid
from ganzoo.images.label_maps import Color
from ganzoo.images.ranges import from_uint8
from ganzoo.inference.latent_files import write_latents
from ganzoo.inference.sampling import BATCH_SIZE
from ganzoo.saving.files import path_of

Images = np.ndarray | str | os.PathLike | Sequence[str | os.PathLike]


@dataclass(frozen=True)
class Found:
    """The latents found for given images.

    Attributes:
        latents: float32 `(count, latent_dim)`.
        images: theirs, float32 `(count, height, width, channels)` in [-1, 1].
        psnr: of these against the images given, in dB, `(count,)`: 10 log10(1 / MSE) of images
            from 0 to 1.
    """

    latents: np.ndarray
    images: np.ndarray
    psnr: np.ndarray


def encodings(model, images: np.ndarray) -> np.ndarray:
    """Returns the latents that a model's encoder finds, float32 `(count, *latent_shape)`.

    Args:
        model: one that encodes, or an export of such a model.
        images: float `(count, height, width, channels)` in [-1, 1].
    """
    starts = range(0, len(images), BATCH_SIZE)
    found = [np.asarray(model.encode(images[n : n + BATCH_SIZE])) for n in starts]
    return np.concatenate(found).astype(np.float32)


def given_images(
    images: Images, image_shape: tuple[int, int, int], background: Color
) -> tuple[list[str], np.ndarray]:
    """Returns names and images `(count, *image_shape)`, float32 in [-1, 1].

    Args:
        images: float images in [-1, 1], or one, or the path of a picture, or a list of them.
        image_shape: that they must have.
        background: the colour behind what is transparent in a picture.

    Raises:
        InputError: for images of another shape or range, none, or two pictures of one name.
        ResourceError: for a picture that cannot be read.
    """
    is_path = isinstance(images, (str, Path))
    if is_path or (
        isinstance(images, Sequence) and all(isinstance(i, (str, Path)) for i in images)
    ):
        paths = [path_of(images)] if is_path else [path_of(path) for path in images]
        names = [path.stem for path in paths]
        repeated = next((name for name in names if names.count(name) > 1), None)
        if repeated is not None or not paths:
            raise InputError(
                "There must be pictures, each of a name of its own. "
                f"Received: {'none' if repeated is None else f'two of the name {repeated!r}'}"
            )
        arrays = []
        for path in paths:
            arrays.append(from_uint8(read_image(path, background)).numpy())
            if arrays[-1].shape != image_shape:
                raise _wrong_shape(image_shape, f"{arrays[-1].shape} in {str(path)!r}")
        return names, np.stack(arrays)
    images = np.asarray(images, np.float32)
    images = images[None] if images.ndim == 3 else images
    if images.shape[1:] != image_shape or not len(images):
        raise _wrong_shape(image_shape, images.shape)
    if not (np.isfinite(images).all() and abs(images).max() <= 1):
        raise InputError(
            f"Images must be in [-1, 1]. Received: {images.min():.4g} to {images.max():.4g}"
        )
    return [f"{number:06d}" for number in range(len(images))], images


def _wrong_shape(image_shape, received):
    return InputError(f"Images must have the model's shape, {image_shape}. Received: {received}")


def write_found(folder: Path, names, latents, targets, made) -> None:
    """Writes latents, `NAME.npy`, and the given images beside those found, `NAME.png`.

    And `latents.npy`, all of them. Of an image there may be several, `(count, ..., *image_shape)`.
    """
    for name, vector, target, image in zip(names, latents, targets, made, strict=True):
        write_latents(folder / f"{name}.npy", vector[None])
        strip = np.concatenate([target[None], image.reshape(-1, *target.shape)])
        save_image(folder / f"{name}.png", image_grid(strip, len(strip), enlarge=True))
    write_latents(folder / "latents.npy", latents)
