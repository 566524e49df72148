"""`reconstruct`: pictures through a model's encoder and its generator."""

import os
from collections.abc import Sequence

import numpy as np

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError
from ganzoo.inference.encodings import Found, Images, encodings, given_images, write_found
from ganzoo.inference.sources import (
    Label,
    LatentSource,
    background_of,
    checked_labels,
    images_of,
    open_source,
)
from ganzoo.metrics.pairs import psnr
from ganzoo.saving.files import path_of


def reconstruct(
    run: LatentSource,
    images: Images,
    *,
    labels: Sequence[Label] | None = None,
    output: str | os.PathLike | None = None,
    checkpoint: str | int = "newest",
) -> Found:
    """Encodes images, and makes images of their latents again.

    A model whose losses compare no image with its reconstruction, such as ALI, reconstructs what is
    in an image and not its pixels. The latents can be walked between (`ganzoo.interpolate`), added
    and subtracted (`ganzoo.arithmetic`).

    Args:
        run: a run folder, an exported SavedModel's, or a model; it has an encoder.
        images: float `(count, height, width, channels)` in [-1, 1], or one such image, or the path
            of a picture, or a list of them, all of the model's `image_shape`. Behind what is
            transparent in a picture is what the run's data has there, `background`; white, where
            `run` is no run folder.
        labels: for a model with labels, those that the results are to be of: the ages of a face;
            classes by number or name, or attributes by name. Left out, all classes in turn.
        output: a folder for the latents, `NAME.npy` for each picture, the pictures beside their
            reconstructions, `NAME.png`, and `latents.npy`, all of them.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Returns:
        Latents, images and PSNR; of labels, images `(count, len(labels), ...)` and PSNR likewise.

    Raises:
        InputError: for a model without an encoder, images of another size or range, labels for a
            model without any, or others than it has.
        ResourceError: if `run` is no trained run and no export, a picture cannot be read, or the
            output cannot be written.
    """
    model = open_source(run, checkpoint)
    if not abilities_of(model).encodes:
        raise InputError(
            "This model has no encoder; `project` finds latents without one. "
            f"Received: {type(model).__name__}"
        )
    labels = checked_labels(model, labels)
    names, targets = given_images(images, model.image_shape, background_of(run))
    latents = encodings(model, targets)
    if not labels:
        made = images_of(model, latents, [])
        decibels = psnr(made, targets)
    else:
        of_each = [images_of(model, latents, [label]) for label in labels]
        made = np.stack(of_each, axis=1)
        decibels = np.stack([psnr(images, targets) for images in of_each], axis=1)
    if output is not None:
        write_found(path_of(output), names, latents, targets, made)
    return Found(latents, made, decibels)
