"""`reconstruct`: pictures through a model's encoder and its generator."""

import os
from pathlib import Path

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError
from ganzoo.inference.encodings import Found, Images, encodings, given_images, psnr, write_found
from ganzoo.inference.sources import (
    Label,
    LatentSource,
    background_of,
    checked_labels,
    images_of,
    open_source,
)


def reconstruct(
    run: LatentSource,
    images: Images,
    *,
    label: Label | None = None,
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
        label: for a model with labels, the class that the results are of, or their attributes.
        output: a folder for the latents, `NAME.npy` for each picture, the pictures beside their
            reconstructions, `NAME.png`, and `latents.npy`, all of them.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Raises:
        InputError: for a model without an encoder, images of another size or range, a label for a
            model without any, or none for a model with labels.
        ResourceError: if `run` is no trained run and no export, a picture cannot be read, or the
            output cannot be written.
    """
    model = open_source(run, checkpoint)
    abilities = abilities_of(model)
    if not abilities.encodes:
        raise InputError(
            "This model has no encoder; `project` finds latents without one. "
            f"Received: {type(model).__name__}"
        )
    if label is None and abilities.takes_labels:
        raise InputError("This model makes images of a label; say which (label). Received: none")
    labels = checked_labels(model, None if label is None else [label])
    names, targets = given_images(images, model.image_shape, background_of(run))
    latents = encodings(model, targets)
    made = images_of(model, latents, labels)
    if output is not None:
        write_found(Path(output), names, latents, targets, made)
    return Found(latents, made, psnr(made, targets))
