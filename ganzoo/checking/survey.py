"""One look at every example of a source, and what it shows about the data."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import tensorflow as tf

from ganzoo.checking import alignment, duplicates
from ganzoo.data.reading import read_through
from ganzoo.data.sources.source import Source
from ganzoo.images.ranges import on_white, with_channels

SHOWN = 64  # images on a contact sheet
BLANK = 1.0  # standard deviation, in levels, of an image that shows nothing
UNLIKE = 0.02  # of the ratio of width to height


@dataclass(frozen=True)
class Survey:
    """What was found in one source.

    Attributes:
        source: what was looked at.
        positions: of the examples that can be read.
        unreadable: what is wrong with the others.
        sizes: of images by part, int `(count, 2)`: heights and widths.
        labels: int `(count,)`, if there are any.
        thumbnails: uint8 `(count, 16, 16, 3)`; of pairs both beside each other.
        structures: of pairs, those of both images, of at most `alignment.AT_MOST` of them.
        structured: the numbers of these pairs among `positions`.
        shown: some of the images as a model would get them, uint8; of pairs both in one.
    """

    source: Source
    positions: list[int]
    unreadable: list[str]
    sizes: dict[str, np.ndarray]
    labels: np.ndarray | None
    thumbnails: np.ndarray
    structures: list[np.ndarray]
    structured: np.ndarray
    shown: np.ndarray

    def name(self, number: int) -> str:
        """Returns what to call the example of that number among those that can be read."""
        return self.source.example_name(self.positions[number])

    @cached_property
    def copies(self) -> list[list[str]]:
        """The groups of near-duplicates, by name."""
        groups = duplicates.near_duplicates(self.thumbnails[: duplicates.AT_MOST])
        return [[self.name(number) for number in group] for group in groups]

    @property
    def blank(self) -> list[str]:
        """The images of one colour."""
        contrast = self.thumbnails.std((1, 2)).max(-1)
        return [self.name(number) for number in np.flatnonzero(contrast < BLANK)]

    @property
    def class_counts(self) -> dict[str, int]:
        """How many images each class has, those without any included."""
        if self.labels is None:
            return {}
        counts = Counter(self.labels.tolist())
        labels = range(max([*counts, len(self.source.classes) - 1]) + 1)
        names = dict(enumerate(self.source.classes))
        return {names.get(label, str(label)): counts[label] for label in labels}

    @property
    def unlike(self) -> list[str]:
        """The pairs whose images are of different shapes, apart from their scale."""
        (heights_a, widths_a), (heights_b, widths_b) = (size.T for size in self.sizes.values())
        ratios = (widths_a / heights_a) / (widths_b / heights_b)
        return [
            f"{self.name(number)} ({widths_a[number]}x{heights_a[number]} and "
            f"{widths_b[number]}x{heights_b[number]})"
            for number in np.flatnonzero(abs(np.log(ratios)) > UNLIKE)
        ]

    @cached_property
    def misfits(self) -> tuple[float | None, list[str]]:
        """The share of pairs that do not belong together, and those that are seen, worst first.

        The share is None where there are too few pairs to tell.
        """
        if len(self.structured) < alignment.FEWEST:
            return None, []
        fits = alignment.fits(*self.structures)
        worst = np.flatnonzero(fits < 0.5)
        worst = self.structured[worst[np.argsort(fits[worst])]]
        return alignment.misfits(fits), [self.name(number) for number in worst]


def survey(source: Source, batch_format: str, prepare=None) -> Survey:
    """Decodes every example of a source, with progress.

    Args:
        source: what to look at.
        batch_format: what is to be made of it.
        prepare: makes of an example what a model would get; needed for `shown`.

    Raises:
        ResourceError: if the source fails as a whole.
    """
    # A source may have more parts than the format needs.
    pictures = ["inputs", "targets"] if batch_format == "paired" else ["images"]

    def look(example):
        found = {}
        if batch_format == "labelled":
            found["labels"] = tf.cast(example["labels"], tf.int32)
        images = {part: _in_colour(example[part]) for part in pictures}
        for part, image in images.items():
            found[f"size of {part}"] = tf.shape(image)[:2]
        found["thumbnails"] = tf.concat([_thumbnail(image) for image in images.values()], 1)
        if len(pictures) == 2:
            for part, image in images.items():
                found[f"structure of {part}"] = alignment.structure(image)
        if prepare is not None:
            prepared = prepare({part: example[part] for part in pictures})
            channels = max(image.shape[-1] for image in prepared.values())
            found["shown"] = tf.concat([with_channels(i, channels) for i in prepared.values()], 1)
        return found

    kept = {}
    skipped, count = {}, 0
    wanted = {  # numbers, evenly spread, where not all can be kept
        "structure": _spread(source.size, alignment.AT_MOST),
        "shown": _spread(source.size, SHOWN // len(pictures)),
    }
    for added, parts in read_through(source, look, skip_bad=True, skipped=skipped):
        numbers = np.arange(count, count + added)
        for name, values in parts.items():
            chosen = wanted.get(name.partition(" ")[0])
            some = values if chosen is None else values[np.isin(numbers, chosen)]
            kept.setdefault(name, []).append(some)
        count += added
    kept = {name: np.concatenate(values) for name, values in kept.items()}
    structured = wanted["structure"]
    return Survey(
        source,
        [position for position in range(source.size) if position not in skipped],
        [skipped[position] for position in sorted(skipped)],
        {part: kept.get(f"size of {part}", np.zeros((0, 2), int)) for part in pictures},
        kept.get("labels"),
        kept.get("thumbnails", np.zeros((0, duplicates.SIDE, duplicates.SIDE, 3), np.uint8)),
        [values for name, values in kept.items() if name.startswith("structure of")],
        structured[structured < count],
        kept.get("shown", np.zeros((0, 1, 1, 1), np.uint8)),
    )


def _spread(size, count):
    return np.unique(np.linspace(0, size - 1, min(size, count)).round().astype(int))


def _in_colour(image):
    image = tf.image.convert_image_dtype(image, tf.uint8)
    return with_channels(on_white(image) if image.shape[-1] == 4 else image, 3)


def _thumbnail(image):
    small = tf.image.resize(image, (duplicates.SIDE, duplicates.SIDE), antialias=True)
    return tf.saturate_cast(tf.round(small), tf.uint8)
