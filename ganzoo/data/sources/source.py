"""What a dataset is to the rest of `data/`: examples in one order, made of named parts."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import tensorflow as tf


@dataclass(frozen=True)
class Source:
    """The examples of one split; an unpaired dataset is two sources.

    An example is a dict of parts. Those that are images are `(height, width, 1, 3 or 4)`, uint8 or
    of a type that is scaled by its range; labels are whole numbers.

    Args:
        name: what messages call it.
        identity: where the examples come from: a cache of them is known by it. None if that cannot
            be told, and nothing of them is left on disk.
        size: how many there are.
        shapes: the shape of every part, such as `{"images": (28, 28, 1), "labels": ()}`; a side
            that is not the same in all examples is None.
        examples: returns them as a `tf.data.Dataset` of `(position, example)`, in this order. Of
            files those that cannot be read are left out.
        read: of files, returns the example at a position, an int64 tensor.
        faults: of files, what is wrong, by position, with those that are known to be unreadable.
        fault: of files, returns what is wrong with the one at a position that was left out.
        path: of files, returns the path of the one at a position.
        classes: what the labels stand for, in their order, where that is known.
    """

    name: str
    identity: str | None
    size: int
    shapes: dict[str, tuple[int | None, ...]]
    examples: Callable[[], tf.data.Dataset]
    read: Callable[[tf.Tensor], dict] | None = None
    faults: dict[int, str] = field(default_factory=dict)
    fault: Callable[[int], str] | None = None
    path: Callable[[int], str] | None = None
    classes: tuple[str, ...] = ()


def reversed_pairs(source: Source) -> Source:
    """Returns a source of pairs with what was input as target, and the reverse."""

    def turned(example):
        return {"inputs": example["targets"], "targets": example["inputs"]}

    return replace(
        source,
        identity=source.identity and f"{source.identity}/ba",
        shapes=turned(source.shapes),
        examples=lambda: source.examples().map(lambda number, example: (number, turned(example))),
        read=source.read and (lambda position: turned(source.read(position))),
    )
