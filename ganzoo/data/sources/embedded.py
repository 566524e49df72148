"""The Fashion-MNIST images that ship with ganzoo."""

from importlib import resources

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Attributes, BatchFormat, Images, LabelMaps, Labels
from ganzoo.batch_formats.attributes import columns_of
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, unknown

# The 10,000 test images of Fashion-MNIST, divided into three splits.
SPLITS = {
    "train": slice(0, 8000),
    "validation": slice(8000, 9000),
    "test": slice(9000, 10000),
}
DOMAINS = {"sneakers": 7, "ankle_boots": 9}  # by label
ATTRIBUTES = ("footwear", "top", "dark")
CLASSES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
)  # fmt: skip
FOOTWEAR = (5, 7, 9)  # sandals, sneakers, boots
TOPS = (0, 2, 4, 6)  # T-shirts, pullovers, coats, shirts
DARK = 128  # the mean level of what is not background is below it
FAINTEST_EDGE = 40.0  # by eye: seams and laces are drawn, most of a fabric's pattern is not


class SampleSource(Source):
    """Embedded images, and what belongs to them, as one array a part."""

    def __init__(self, name: str, subset: str, parts: dict[str, np.ndarray], **names):
        size = len(next(iter(parts.values())))
        shapes = {key: part.shape[1:] for key, part in parts.items()}
        super().__init__(name, f"sample/{subset}", size, shapes, **names)
        self._parts = parts

    def examples(self):
        return tf.data.Dataset.from_tensor_slices(self._parts).enumerate()


def open_sample(batch_format: BatchFormat, split: str) -> tuple[Source, ...]:
    """Returns the embedded images of a split; in pairs they are drawn from their edges.

    Raises:
        InputError: for an unknown split, or a format of parts that these images do not have.
    """
    if split not in SPLITS:
        raise unknown("split of 'sample'", split, SPLITS)
    file = resources.files("ganzoo.data") / "sample" / "fashion_mnist.npz"
    with resources.as_file(file) as path, np.load(path) as arrays:
        images = arrays["images"][SPLITS[split]][..., None]
        labels = arrays["labels"][SPLITS[split]].astype(np.int64)
    kinds = tuple(type(part.kind) for part in batch_format.parts)
    if kinds == (Images, Images) and batch_format.independent:
        return tuple(
            SampleSource(
                f"sample/{name}", f"{split}/{name}", {part.source_name: images[labels == label]}
            )
            for part, (name, label) in zip(batch_format.parts, DOMAINS.items(), strict=True)
        )
    if kinds == (Images, Images):
        pairs = dict(zip(batch_format.names, (edges(images), images), strict=True))
        return (SampleSource("sample", f"{split}/pairs", pairs),)
    if set(kinds) == {LabelMaps, Images} and len(kinds) == 2:
        ids = np.uint8(edges(images) > 0)  # 1 on a line
        parts = {p.name: ids if p.kind.decodes else images for p in batch_format.parts}
        return (SampleSource("sample", f"{split}/label maps", parts),)
    if kinds == (Images, Attributes):
        names = batch_format.names
        values = attributes(images, labels)
        chosen = columns_of(batch_format.parts[1].kind.names, ATTRIBUTES, "'sample'")
        chosen_names = tuple(ATTRIBUTES[column] for column in chosen)
        parts = dict(zip(names, (images, values[:, chosen]), strict=True))
        subset = f"{split}/{chosen_names}"
        return (SampleSource("sample", subset, parts, attributes=chosen_names),)
    if kinds not in ((Images,), (Images, Labels)):
        raise InputError(
            "The sample has images, with labels, attributes or label maps, in pairs, and in two "
            "domains. "
            f"Received: batch_format={batch_format.name!r}"
        )
    image = batch_format.parts[0].source_name
    label = batch_format.part_of(Labels)
    parts = {image: images, label.source_name if label else "labels": labels}
    return (SampleSource("sample", split, parts, classes=CLASSES),)


def attributes(images: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Returns what is true of each image, uint8 `(count, 3)`: `ATTRIBUTES`.

    Args:
        images: uint8 `(count, height, width, 1)`.
        labels: `(count,)`, their classes.
    """
    inked = images > 0
    levels = images.sum((1, 2, 3)) / np.maximum(inked.sum((1, 2, 3)), 1)
    facts = np.isin(labels, FOOTWEAR), np.isin(labels, TOPS), levels < DARK
    return np.stack(facts, axis=1).astype(np.uint8)


def edges(images: np.ndarray) -> np.ndarray:
    """Returns drawings of the images: lines one pixel wide, white on black, uint8.

    They are the local maxima of the gradient across its direction, as in Canny's detector.

    Args:
        images: uint8 `(count, height, width, 1)`.
    """

    def neighbour(levels, dy, dx):  # zeros beyond the border
        padded = np.pad(levels, ((0, 0), (1, 1), (1, 1)))
        return padded[:, 1 + dy : padded.shape[1] - 1 + dy, 1 + dx : padded.shape[2] - 1 + dx]

    smooth = images[..., 0].astype(np.float32)
    for dy, dx in ((1, 0), (0, 1)):
        around = neighbour(smooth, -dy, -dx) + neighbour(smooth, dy, dx)
        smooth = smooth / 2 + around / 4
    gradient_y = neighbour(smooth, 1, 0) - neighbour(smooth, -1, 0)
    gradient_x = neighbour(smooth, 0, 1) - neighbour(smooth, 0, -1)
    magnitude = np.hypot(gradient_x, gradient_y)
    # 0: across, 1: down to the right, 2: down, 3: down to the left.
    direction = np.round(np.arctan2(gradient_y, gradient_x) / (np.pi / 4)).astype(int) % 4
    steps = ((0, 1), (1, 1), (1, 0), (1, -1))
    ahead = np.choose(direction, [neighbour(magnitude, dy, dx) for dy, dx in steps])
    behind = np.choose(direction, [neighbour(magnitude, -dy, -dx) for dy, dx in steps])
    lines = (magnitude > FAINTEST_EDGE) & (magnitude >= ahead) & (magnitude > behind)
    return np.where(lines, np.uint8(255), np.uint8(0))[..., None]
