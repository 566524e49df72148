"""`arithmetic`: sums of latents, drawn as a figure: a smiling woman - a woman + a man."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from PIL import Image, ImageDraw, ImageFont

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.images.files import format_of, save_image
from ganzoo.images.grids import image_grid, square_columns
from ganzoo.images.ranges import with_channels
from ganzoo.inference import expressions
from ganzoo.inference.latent_files import read_latents, write_latents
from ganzoo.inference.saved_directions import load_direction
from ganzoo.inference.sources import Label, LatentSource, checked_labels, images_of, open_source

NOISE = 0.25  # of the neighbours, uniform in plus and minus this: arXiv:1511.06434, figure 7
PADDING = 2  # pixels around a picture, as in `image_grid`


@dataclass(frozen=True)
class Arithmetic:
    """The result of `arithmetic`.

    Attributes:
        latents: of the results, float32 `(count, latent_dim)`.
        images: of the results, float32 `(count, height, width, channels)` in [-1, 1].
        neighbours: images around the only result, the same; none around several.
        figure: all of it as a picture, uint8 `(height, width, 3)`.
    """

    latents: np.ndarray
    images: np.ndarray
    neighbours: np.ndarray
    figure: np.ndarray


def arithmetic(
    run: LatentSource,
    expression: str,
    *,
    labels: Sequence[Label] | None = None,
    neighbours: int = 9,
    seed: int = 0,
    directions: str | os.PathLike | None = None,
    output: str | os.PathLike | None = None,
    latents_output: str | os.PathLike | None = None,
    checkpoint: str | int = "newest",
) -> Arithmetic:
    """Adds and subtracts latents, and draws the pictures of the terms and of the result.

    The figure is that of Radford et al. (2015, arXiv:1511.06434, figure 7): a column for each term,
    its exemplars above and their mean below, then the result, then `neighbours` of it, whose
    latents are the result's plus noise, uniform in -0.25 to 0.25. In the paper's square the result
    itself is the one in the middle. Directions are shown by their names.

    Latents are added as they are: a mean of three is shorter than each of the three.

    Args:
        run: a run folder, an exported SavedModel's, or a model that samples from noise.
        expression: such as `"mean(seeds 3,17,29) - mean(seeds 1,2) + 2 direction smile"`: terms are
            `seed N`, `seeds A,B-C`, `latents FILE.npy`, `direction NAME` of the run, `mean(...)`
            and brackets, each with a number before it if need be. `seeds` are several rows; what
            has one row is added to each of them, and each row of the sum is a result.
        labels: for a model with labels, the classes (or the attributes by name) of the results, in
            turn; one result is shown in all of them. Left out, all of the model's. Terms are shown
            in the first.
        neighbours: the number of neighbours to show, where there is one result.
        seed: for the neighbours' noise.
        directions: the run whose directions the expression names; left out, `run`, if it is no
            model.
        output: the picture file to write the figure to.
        latents_output: the `.npy` file to write the results' latents to.
        checkpoint: of a run folder, `"newest"`, `"best"` as training was evaluated, or a step.

    Raises:
        InputError: for an invalid expression (with the position), numbers of rows that do not
            match, an unknown direction, or labels for a model without any.
        ResourceError: if `run` is no trained run and no export, or a file cannot be read or
            written.

    Example:

    >>> from ganzoo import DCGAN, arithmetic
    >>> model = DCGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2)
    >>> arithmetic(model, "mean(seeds 0-2) - seed 3", neighbours=4).neighbours.shape
    (4, 8, 8, 1)
    """
    tree = expressions.parse(expression)
    if neighbours < 0:
        raise InputError(f"neighbours must be at least 0. Received: {neighbours}")
    if output is not None:
        format_of(output)
    folder = run if isinstance(run, (str, os.PathLike)) else directions
    model = open_source(run, checkpoint)
    labels = checked_labels(model, labels)

    terms = []  # (factor, the term's latents, those of its exemplars)
    for factor, node in tree.terms:
        exemplars = []
        terms.append((factor, _value(node, model, folder, exemplars), exemplars))
    latents = _added([(factor, value) for factor, value, _ in terms])
    if len(latents) == 1 and labels:
        latents = np.repeat(latents, len(labels), 0)
    images = images_of(model, latents, labels)
    around = np.zeros((0, *images.shape[1:]), np.float32)
    if len(latents) == 1 and neighbours:
        noise = randomness.uniform(
            (neighbours, latents.shape[1]), randomness.key(seed, "neighbours", 0)
        )
        around = images_of(model, latents + NOISE * (2.0 * noise.numpy() - 1.0), labels[:1])

    columns = []  # (factor, what stands in a picture's place, pictures)
    for (factor, value, exemplars), (_, node) in zip(terms, tree.terms, strict=True):
        if exemplars:
            above = np.concatenate(exemplars)
            # A term that is its only exemplar is shown once.
            above = above[:0] if np.array_equal(above, value) else above
            pictures = images_of(model, np.concatenate([above, value]), labels[:1])
            columns.append((factor, "", pictures))
        else:
            columns.append((factor, getattr(node, "name", "(...)"), None))
    result = Arithmetic(latents, images, around, _figure(columns, images, around))
    if latents_output is not None:
        write_latents(latents_output, latents)
    if output is not None:
        save_image(output, result.figure)
    return result


def _value(node, model, folder, exemplars):
    """The latents of a node, `(rows, latent_dim)`; those with a picture join the exemplars."""
    if isinstance(node, expressions.Mean):
        return _value(node.of, model, folder, exemplars).mean(0, keepdims=True)
    if isinstance(node, expressions.Sum):
        return _added([(factor, _value(n, model, folder, exemplars)) for factor, n in node.terms])
    if isinstance(node, expressions.Saved) and node.kind == "direction":
        if folder is None:
            raise InputError(
                f"Directions belong to a run folder; give that. Received: a model, and the "
                f"direction {node.name!r}"
            )
        vector = load_direction(folder, node.name).vector[None]
        size = model.latent_shape[-1]
        if vector.shape[1] != size:
            raise InputError(
                f"The direction {node.name!r} must be of this model's latents, {size} numbers. "
                f"Received: {vector.shape[1]}"
            )
        return vector
    if isinstance(node, expressions.Seeds):
        latents = model.latents_of_seeds(tf.constant(node.seeds, tf.int64)).numpy()
    else:
        latents = read_latents(node.name, model.latent_shape[-1])
    exemplars.append(latents)
    return latents


def _added(terms):
    rows = sorted({len(value) for _, value in terms} | {1})
    if len(rows) > 2:
        raise InputError(
            "Terms must have one row, or as many as the others; mean(...) makes one of several. "
            f"Received: {', '.join(str(len(value)) for _, value in terms)} rows"
        )
    return sum(np.float32(factor) * value for factor, value in terms)


def _figure(columns, results, neighbours):
    """Columns that end in one line, with signs between them; then results, then neighbours."""
    parts = []  # (what stands before it, its grid)
    for factor, word, pictures in columns:
        sign = "-" if factor < 0 else "+" if parts else ""
        number = "" if abs(factor) == 1 else f"{abs(factor):g}"
        text = " ".join(part for part in (sign + number, word) if part)
        parts.append((text, None if pictures is None else image_grid(pictures, 1)))
    parts.append(("=", image_grid(results, max(1, len(results) // 8))))
    if len(neighbours):
        parts.append((" ", image_grid(neighbours, square_columns(len(neighbours)))))
    cell = results.shape[1] + PADDING
    font = ImageFont.load_default(max(8, cell // 4))
    gaps = [round(font.getlength(sign)) + cell // 4 if sign else 0 for sign, _ in parts]
    grids = [grid for _, grid in parts if grid is not None]
    height = max(map(len, grids))
    width = sum(gaps) + sum(grid.shape[1] for grid in grids)
    canvas = Image.new("RGB", (width, height), "white")
    draw, left = ImageDraw.Draw(canvas), 0
    for (sign, grid), gap in zip(parts, gaps, strict=True):
        middle = left + gap // 2, height - PADDING - cell // 2
        draw.text(middle, sign, fill="black", font=font, anchor="mm")
        left += gap
        if grid is None:
            continue
        picture = Image.fromarray(with_channels(tf.constant(grid), 3).numpy())
        canvas.paste(picture, (left, height - len(grid)))
        left += grid.shape[1]
    return np.asarray(canvas)
