"""What a dataset is to the rest of `data/`: examples in one order, made of named parts."""

import abc

import tensorflow as tf

from ganzoo.errors import ResourceError


class Source(abc.ABC):
    """The examples of one split; an unpaired dataset is two sources.

    An example is a dict of parts. Those that are images are `(height, width, 1, 3 or 4)`, uint8 or
    of a type that is scaled by its range; labels are integers.

    A source of files has random access: `read` decodes the example at any position. Files may turn
    out to be unreadable: `examples` leaves them out, and `fault` explains why.

    Args:
        name: what messages call it.
        identity: identifies the examples: their cache is found by it. None if nothing does, and
            then nothing of them is left on disk.
        size: the number of examples.
        shapes: the shape of every part, such as `{"images": (28, 28, 1), "labels": ()}`; a side
            that is not the same in all examples is None.
        classes: the names of the labels, in their order, where they are known.
        attributes: the names of the attributes, in their order, where they are known.
    """

    has_random_access = False

    def __init__(
        self,
        name: str,
        identity: str | None,
        size: int,
        shapes: dict[str, tuple[int | None, ...]],
        classes: tuple[str, ...] = (),
        attributes: tuple[str, ...] = (),
    ):
        self.name = name
        self.identity = identity
        self.size = size
        self.shapes = shapes
        self.classes = classes
        self.attributes = attributes

    @abc.abstractmethod
    def examples(self) -> tf.data.Dataset:
        """Returns `(position, example)` of all examples that can be read, in their order."""

    def read(self, position: tf.Tensor) -> dict[str, tf.Tensor]:
        """Returns the example at a position, an int64 scalar; only with random access."""
        raise NotImplementedError(f"{type(self).__name__} has no random access")

    def known_faults(self) -> list[int]:
        """Returns the positions of files that are known to be unreadable before they are read."""
        return []

    def files(self) -> dict[str, int]:
        """Returns the sizes in bytes of the files that the examples are made of, by their names."""
        return {}

    def fault(self, position: int) -> str:
        """Returns why `examples` left the one at a position out, as an error's message.

        Raises:
            ResourceError: if the source is not made of files, and so has too few examples.
        """
        raise ResourceError(f"{self.name!r} has {position} examples of the stated {self.size}")

    def example_name(self, position: int) -> str:
        """Returns what messages call the example at a position: of files the path."""
        return f"{self.name} {position}"
