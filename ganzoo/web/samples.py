"""The pictures of a model that samples: one of a seed, walls, walks, a square between four."""

import shlex
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.data.loading import load_dataset
from ganzoo.errors import InputError
from ganzoo.images.files import encoded
from ganzoo.images.grids import image_grid
from ganzoo.inference import expressions
from ganzoo.inference.arithmetic import arithmetic
from ganzoo.inference.generation import generate
from ganzoo.inference.interpolation import interpolate
from ganzoo.inference.saved_directions import load_direction
from ganzoo.inference.sources import checked_labels, images_of
from ganzoo.metrics.neighbours import nearest_neighbours
from ganzoo.web.shown import Shown

MOST_SEEDS = 64
MOST_STEPS = 64  # of a walk, from one waypoint to the next


@dataclass(frozen=True)
class Picture:
    """The content of a file, and what gives it again.

    Attributes:
        content: of the file.
        kind: its MIME type.
        command, python: the command and the Python call that make it.
    """

    content: bytes
    kind: str = "image/png"
    command: str = ""
    python: str = ""


def image(shown: Shown, seed: int, label, truncation: float, step: int | None) -> Picture:
    """Returns the image of a seed, byte for byte what `ganzoo generate` writes.

    Args:
        shown: of a model that samples.
        seed: from 0 on.
        label: a class, by number or name, or attributes by name; None for a model without labels.
        truncation: as `generate` takes it.
        step: of a checkpoint, or None.

    Raises:
        InputError: as `generate` does.
    """
    labels = None if label is None else [label]
    images = generate(shown.model(step), 1, seed=seed, labels=labels, truncation=truncation)
    options, keywords = again(label, step, truncation)
    return Picture(
        encoded(image_grid(images, enlarge=True)),
        command=f"ganzoo generate {shlex.quote(shown.source)} -n 1 --seed {seed}{options} "
        f"--output {seed}.png",
        python=f'ganzoo.generate({shown.source!r}, 1, seed={seed}{keywords}, output="{seed}.png")',
    )


def again(
    label, step: int | None, truncation: float = 1.0, several_labels: bool = True
) -> tuple[str, str]:
    """Returns the options of a command, and the arguments of its function, that mean the same.

    Args:
        label, step, truncation: as in `image`.
        several_labels: whether the command takes labels, as most do, or one label.
    """
    name, given = ("labels", [label]) if several_labels else ("label", label)
    options = keywords = ""
    if isinstance(label, dict):
        options += " --attributes " + shlex.quote(",".join(f"{k}={v:g}" for k, v in label.items()))
    elif label is not None:
        options += f" --{name} {shlex.quote(str(label))}"
    keywords += "" if label is None else f", {name}={given!r}"
    if truncation != 1:
        options += f" --truncation {truncation:g}"
        keywords += f", truncation={truncation:g}"
    if step is not None:
        options += f" --checkpoint {step}"
        keywords += f", checkpoint={step}"
    return options, keywords


def wall(shown: Shown, seeds: list[int], label, truncation: float, step: int | None) -> Picture:
    """Returns the images of seeds in one row, without borders."""
    if not 1 <= len(seeds) <= MOST_SEEDS:
        raise InputError(f"There must be 1 to {MOST_SEEDS} seeds. Received: {len(seeds)}")
    model = shown.model(step)
    latents = _latents(model, seeds)
    if truncation != 1:
        latents = np.asarray(model.truncate(latents, truncation))
    row = _row(images_of(model, latents, _labels(model, label)))
    if seeds != list(range(seeds[0], seeds[0] + len(seeds))):
        return row  # which no one command makes
    options, keywords = again(label, step, truncation)
    return replace(
        row,
        command=f"ganzoo generate {shlex.quote(shown.source)} -n {len(seeds)} --seed {seeds[0]}"
        f"{options} --output wall.png",
        python=f"ganzoo.generate({shown.source!r}, {len(seeds)}, seed={seeds[0]}{keywords}, "
        'output="wall.png")',
    )


def pad(shown: Shown, corners: list[int], x: float, y: float, label, step: int | None) -> Picture:
    """Returns the image at a place of the square between four seeds: x to the right, y down."""
    if len(corners) != 4 or not (0 <= x <= 1 and 0 <= y <= 1):
        raise InputError(f"A place is in 0 to 1 between four seeds. Received: {corners}, {x}, {y}")
    labels = None if label is None else [label]
    images = interpolate(shown.model(step), corners, grid=True, at=(x, y), labels=labels)
    options, keywords = again(label, step)
    listed = ",".join(map(str, corners))
    return replace(
        _row(images),
        command=f"ganzoo interpolate {shlex.quote(shown.source)} --seeds {listed} --grid "
        f"--at {x:g},{y:g}{options} --output place.png",
        python=f"ganzoo.interpolate({shown.source!r}, {corners}, grid=True, at=({x:g}, {y:g})"
        f'{keywords}, output="place.png")',
    )


def moved(shown: Shown, seed: int, strengths: dict, label, step: int | None) -> Picture:
    """Returns the image of a seed, moved along saved directions by so many deviations."""
    model = shown.model(step)
    latents = _latents(model, [seed])
    for name, strength in strengths.items():
        latents = latents + np.float32(strength) * load_direction(shown.folder, name).vector
    expression = f"seed {seed}" + "".join(f" + {s:g} direction {n}" for n, s in strengths.items())
    options, keywords = again(label, step)
    source = shown.source
    return Picture(
        encoded(image_grid(images_of(model, latents, _labels(model, label)), enlarge=True)),
        command=f'ganzoo arithmetic {shlex.quote(source)} "{expression}" --neighbours 0{options} '
        "--output moved.png",
        python=f'ganzoo.arithmetic({source!r}, "{expression}", neighbours=0{keywords}).images',
    )


def walk(
    shown: Shown, seeds: list[int], steps: int, loop: bool, label, step: int | None
) -> Picture:
    """Returns a GIF of the walk through seeds, as `ganzoo interpolate` writes it."""
    if not 2 <= len(seeds) <= MOST_SEEDS or not 1 <= steps <= MOST_STEPS:
        raise InputError(
            f"A walk is of 2 to {MOST_SEEDS} seeds and 1 to {MOST_STEPS} steps between two. "
            f"Received: {len(seeds)} and {steps}"
        )
    labels = None if label is None else [label]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "walk.gif"
        interpolate(shown.model(step), seeds, steps=steps, loop=loop, labels=labels, output=path)
        content = path.read_bytes()
    listed = ",".join(map(str, seeds))
    options = f"--seeds {listed} --steps {steps}" + (" --loop" if loop else "")
    keywords = f"{seeds}, steps={steps}" + (", loop=True" if loop else "")
    more = again(label, step)
    options, keywords = options + more[0], keywords + more[1]
    return Picture(
        content, "image/gif",
        f"ganzoo interpolate {shlex.quote(shown.source)} {options} --output walk.gif",
        f'ganzoo.interpolate({shown.source!r}, {keywords}, output="walk.gif")',
    )  # fmt: skip


def added(shown: Shown, expression: str, label, step: int | None) -> Picture:
    """Returns the figure of an expression, as `ganzoo arithmetic` writes it.

    Raises:
        InputError: for a wrong expression, or one that names a file.
    """
    if (count := _checked_seeds(expressions.parse(expression))) > MOST_SEEDS:
        raise InputError(
            f"On the page an expression has at most {MOST_SEEDS} seeds. Received: {count}"
        )
    labels = None if label is None else [label]
    directions = shown.folder if shown.run else None
    result = arithmetic(shown.model(step), expression, labels=labels, directions=directions)
    options, keywords = again(label, step)
    source, quoted = shlex.quote(shown.source), shlex.quote(expression)
    return Picture(
        encoded(result.figure),
        command=f"ganzoo arithmetic {source} {quoted}{options} --output sum.png",
        python=f'ganzoo.arithmetic({shown.source!r}, {expression!r}{keywords}, output="sum.png")',
    )


def nearest(shown: Shown, seed: int, label, truncation: float, step: int | None) -> Picture:
    """Returns the image of a seed and the five training images nearest to it, in pixels."""
    if shown.run is None:
        raise InputError("Training images are a run's, not an export's. Received: an export")
    labels = None if label is None else [label]
    model = shown.model(step)
    images = generate(model, 1, seed=seed, labels=labels, truncation=truncation)
    config = shown.run.config()
    shown.check_data()
    settings = config.arguments(load_dataset) | {
        "shuffle": False, "jitter": 0.0, "horizontal_flip": False,
    }  # fmt: skip
    batches = load_dataset(**settings, batch_format=config.batch_format)
    training = batches.map(lambda *parts: tf.nest.flatten(parts)[0])
    return Picture(encoded(nearest_neighbours(images, training).picture()))


def _latents(model, seeds):
    if not all(0 <= seed < 2**63 for seed in seeds):
        raise InputError(f"Seeds must be in 0 to 2^63 - 1. Received: {seeds}")
    return np.asarray(model.latents_of_seeds(tf.constant(seeds, tf.int64)))


def _labels(model, label):
    """Returns the label of all images, as `images_of` takes it."""
    labels = checked_labels(model, None if label is None else [label])
    return labels[:1]


def _row(images):
    return Picture(encoded(image_grid(images, len(images), padding=0)))


def _checked_seeds(node):
    """Returns how many seeds an expression names.

    Raises:
        InputError: if it names a file, as `latents FILE` does: no request does.
    """
    if isinstance(node, expressions.Saved):
        if node.kind != "direction":
            raise InputError(f"On the page an expression names no file. Received: {node.kind}")
        return 0
    if isinstance(node, expressions.Seeds):
        return len(node.seeds)
    if isinstance(node, expressions.Mean):
        return _checked_seeds(node.of)
    return sum(_checked_seeds(term) for _, term in node.terms)
