"""One pass over every example of a source, and what it shows about the data."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Attributes, LabelMaps, Labels, Part
from ganzoo.checking import alignment, duplicates
from ganzoo.data.reading import read_through
from ganzoo.data.sources.source import Source
from ganzoo.images.ranges import with_channels

SHOWN = 64  # images on a contact sheet
BLANK = 1.0  # standard deviation, in levels, of an image that shows nothing
SAME_SHAPE = 0.02  # difference of the logarithms of width / height


@dataclass(frozen=True)
class Survey:
    """What was found in one source.

    Attributes:
        source: what was surveyed.
        positions: of the examples that can be read.
        unreadable: the faults of the others.
        sizes: of images by part, int `(count, 2)`: heights and widths.
        channels: of each part that is images.
        labels: int `(count,)`, if batches have any.
        attributes: 0 or 1 `(count, attributes)`, if batches have any.
        class_pixels: of label maps, how many pixels each class has, int `(classes,)`.
        thumbnails: uint8 `(count, 16, 16, 3)`; of pairs both side by side.
        gradients: of the inputs and of the targets of pairs, `alignment.gradient_magnitude`, of at
            most `alignment.AT_MOST` pairs.
        compared: the numbers of these pairs among `positions`.
        shown: some of the images as a model would get them, uint8; of pairs both side by side.
    """

    source: Source
    positions: list[int]
    unreadable: list[str]
    sizes: dict[str, np.ndarray]
    channels: tuple[int, ...]
    labels: np.ndarray | None
    attributes: np.ndarray | None
    class_pixels: np.ndarray | None
    thumbnails: np.ndarray
    gradients: list[np.ndarray]
    compared: np.ndarray
    shown: np.ndarray

    def name(self, number: int) -> str:
        """Returns what messages call an example, by its number among those that can be read."""
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
        """The number of images of each class, classes without any included."""
        if self.labels is None:
            return {}
        counts = Counter(self.labels.tolist())
        labels = range(max([*counts, len(self.source.classes) - 1]) + 1)
        names = dict(enumerate(self.source.classes))
        return {names.get(label, str(label)): counts[label] for label in labels}

    @property
    def attribute_counts(self) -> dict[str, int]:
        """Of how many images each attribute is true."""
        if self.attributes is None:
            return {}
        names = self.source.attributes or map(str, range(self.attributes.shape[1]))
        counts = self.attributes.sum(0, dtype=np.int64).tolist()
        return dict(zip(names, counts, strict=True))

    @property
    def of_different_shapes(self) -> list[str]:
        """The pairs whose images differ in their ratio of width to height."""
        (heights_a, widths_a), (heights_b, widths_b) = (size.T for size in self.sizes.values())
        ratios = (widths_a / heights_a) / (widths_b / heights_b)
        return [
            f"{self.name(number)} ({widths_a[number]}x{heights_a[number]} and "
            f"{widths_b[number]}x{heights_b[number]})"
            for number in np.flatnonzero(abs(np.log(ratios)) > SAME_SHAPE)
        ]

    @cached_property
    def misaligned(self) -> tuple[float | None, list[str]]:
        """The fraction of pairs that do not belong together, and those found, the worst first.

        The fraction is None where there are no pairs, or too few for an estimate.
        """
        if not self.gradients or len(self.compared) < alignment.FEWEST:
            return None, []
        ranks = alignment.partner_ranks(*self.gradients)
        worst = np.flatnonzero(ranks < 0.5)
        worst = self.compared[worst[np.argsort(ranks[worst])]]
        return alignment.misaligned_fraction(ranks), [self.name(number) for number in worst]


def survey(
    source: Source, parts: Sequence[Part], preprocess: Callable[[dict], dict] | None = None
) -> Survey:
    """Decodes every example of a source, with progress.

    Args:
        source: the examples.
        parts: of the batches that are to be made of them; the source may have more.
        preprocess: returns an example as a model would get it; needed for `shown`.

    Raises:
        ResourceError: if the source itself cannot be read.
    """
    pictures = {part.source_name: part.kind for part in parts if part.kind.is_picture}
    conditions = {
        name: part.source_name
        for part in parts
        for name, kind in (("labels", Labels), ("attributes", Attributes))
        if isinstance(part.kind, kind)
    }

    def described(example):
        return _described(example, pictures, conditions, preprocess)

    subsets = {  # numbers, evenly spread, of what would be too much to collect of all
        "gradient": _spread(source.size, alignment.AT_MOST),
        "shown": _spread(source.size, SHOWN // len(pictures)),
    }
    collected, skipped, count = {}, {}, 0
    for added, parts in read_through(source, described, skip_bad=True, skipped=skipped):
        numbers = np.arange(count, count + added)
        for name, values in parts.items():
            subset = subsets.get(name.partition(" ")[0])
            some = values if subset is None else values[np.isin(numbers, subset)]
            collected.setdefault(name, []).append(some)
        count += added
    collected = {name: np.concatenate(values) for name, values in collected.items()}
    compared = subsets["gradient"]
    no_thumbnails = np.zeros((0, duplicates.SIDE, duplicates.SIDE, 3), np.uint8)
    return Survey(
        source=source,
        positions=[position for position in range(source.size) if position not in skipped],
        unreadable=[skipped[position] for position in sorted(skipped)],
        sizes={name: collected.get(f"size {name}", np.zeros((0, 2), int)) for name in pictures},
        channels=tuple(source.shapes[n][-1] for n, k in pictures.items() if not k.decodes),
        labels=collected.get("labels"),
        attributes=collected.get("attributes"),
        class_pixels=collected["pixels"].sum(0) if "pixels" in collected else None,
        thumbnails=collected.get("thumbnails", no_thumbnails),
        gradients=[values for name, values in collected.items() if name.startswith("gradient ")],
        compared=compared[compared < count],
        shown=collected.get("shown", np.zeros((0, 1, 1, 1), np.uint8)),
    )


def _described(example, pictures, conditions, preprocess):
    """Returns what a survey collects of one example, by name."""
    images = {name: with_channels(k.drawn(example[name]), 3) for name, k in pictures.items()}
    found = {f"size {name}": tf.shape(image)[:2] for name, image in images.items()}
    found["thumbnails"] = tf.concat([duplicates.thumbnail(image) for image in images.values()], 1)
    found |= {name: tf.cast(example[part], tf.int32) for name, part in conditions.items()}
    for name, kind in pictures.items():
        if isinstance(kind, LabelMaps):
            ids, classes = tf.cast(tf.reshape(example[name], [-1]), tf.int32), kind.classes
            found["pixels"] = tf.math.bincount(ids, None, classes, classes, tf.int64)
    if len(pictures) == 2:
        for name, image in images.items():
            found[f"gradient {name}"] = alignment.gradient_magnitude(image)
    if preprocess is not None:
        results = preprocess({name: example[name] for name in pictures})
        results = [pictures[name].drawn(result) for name, result in results.items()]
        channels = max(image.shape[-1] for image in results)
        found["shown"] = tf.concat([with_channels(image, channels) for image in results], 1)
    return found


def _spread(size, count):
    return np.unique(np.linspace(0, size - 1, min(size, count)).round().astype(int))
