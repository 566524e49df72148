"""The pictures of a model that translates: an upload or a drawing, and examples of its data."""

import collections
import functools
import shlex

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import batch_format
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError, unknown
from ganzoo.images.files import encoded
from ganzoo.images.ranges import to_uint8
from ganzoo.inference.translation import kind_of_inputs
from ganzoo.web.samples import Picture, again
from ganzoo.web.shown import Shown
from ganzoo.web.uploads import uploaded

EXAMPLES = 64  # of the held-out split
COLOURS = 12  # of a palette


def translated(
    shown: Shown, content: bytes, direction: str, seed: int, back: bool, step: int | None
) -> Picture:
    """Returns what a model makes of an uploaded picture, in its size.

    Args:
        shown: of a model that translates.
        content: of a picture file.
        direction: one of the model's.
        seed: of Pix2Pix's noise.
        back: whether to translate the result back, with a model of two directions.
        step: of a checkpoint, or None.

    Raises:
        InputError: for a picture that cannot be read, or a direction that the model has not.
    """
    directions = shown.abilities.directions
    if direction not in directions or (back and len(directions) < 2):
        raise unknown("direction", f"{direction} and back" if back else direction, directions)
    model = shown.model(step)
    kind = kind_of_inputs(shown.folder if shown.run else model, model, directions.index(direction))
    with uploaded(content) as path:
        batch = kind.finished(tf.constant(kind.read_file(path)[None]))
    images = model.translate(batch, direction, seed)
    if back:
        images = model.translate(images, direction[::-1], seed)
    options = f"--direction {direction}" + (
        f" --seed {seed}" if shown.abilities.has_targets else ""
    )
    keywords = f', direction="{direction}"' + (f", seed={seed}" if "seed" in options else "")
    of_step = again(None, step)
    options, keywords = options + of_step[0], keywords + of_step[1]
    source = shlex.quote(shown.source)
    return Picture(
        encoded(to_uint8(images)[0].numpy()),
        command=f"ganzoo translate {source} input.png {options} --output translated",
        python=f'ganzoo.translate({shown.source!r}, "input.png", "translated"{keywords})',
    )


def example(shown: Shown, number: int, side: str) -> Picture:
    """Returns an example of the run's held-out split, an input or the target beside it.

    Args:
        shown: of a run, whose data is here.
        number: of the example, from 0 on; after the last the first comes again.
        side: `"a"` or `"b"`.
    """
    if side not in ("a", "b"):
        raise unknown("side", side, ("a", "b"))
    examples = _examples(shown)[side == "b"]
    return Picture(encoded(examples[number % len(examples)]))


def palette(shown: Shown) -> list[str]:
    """Returns the commonest colours of the inputs of the held-out split, as `#rrggbb`."""
    if shown.run is None:
        return ["#000000", "#ffffff"]
    images = _examples(shown)[0]
    colours = images.repeat(3 // images.shape[-1], axis=-1).reshape(-1, 3)
    counts = collections.Counter(map(tuple, colours[:: max(1, len(colours) // 200_000)].tolist()))
    return ["#{:02x}{:02x}{:02x}".format(*colour) for colour, _ in counts.most_common(COLOURS)]


@functools.lru_cache(maxsize=4)
def _examples(shown):
    """Returns the pictures of both parts of the held-out split, uint8 `(count, ..., channels)`."""
    if shown.run is None:
        raise InputError("Examples are of a run's data, not of an export's. Received: an export")
    shown.check_data()
    config = shown.run.config()
    values = config.arguments(DataSettings) | {
        "split": "test", "shuffle": False, "jitter": 0.0, "horizontal_flip": False,
    }  # fmt: skip
    pipeline = open_pipeline(config.values["dataset"], config.batch_format, DataSettings(**values))
    declared = batch_format(config.batch_format).with_settings(DataSettings(**values))
    return [
        _pictures(part.kind, examples)
        for part, examples in zip(declared.parts, pipeline.first_examples(EXAMPLES), strict=True)
    ]


def _pictures(kind, examples):
    """Returns examples as uint8 pictures, as they can be uploaded again."""
    if not examples.dtype.is_integer:
        return to_uint8(examples).numpy()
    if kind.colors:  # that stand for classes
        return np.asarray(kind.colors, np.uint8)[examples.numpy()]
    return examples.numpy().astype(np.uint8)[..., None]  # ids, all but black
