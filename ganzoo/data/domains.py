"""The examples that a pipeline shuffles together."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Kind, Labels, Part
from ganzoo.data.examples import CachedExamples, CropBoxes, UncachedExamples
from ganzoo.errors import InputError


@dataclass(frozen=True)
class Domain:
    """Examples that are shuffled together: all, or those of one side of an unpaired dataset.

    `parts` are the ones that batches have. `suffix` ends the names of the domain's random streams,
    so that two domains share no noise.
    """

    examples: CachedExamples | UncachedExamples
    parts: tuple[Part, ...]
    suffix: str = ""

    @property
    def kinds(self) -> dict[str, Kind]:
        """The kinds of the parts, by their names in the examples."""
        return {part.source_name: part.kind for part in self.parts}

    @property
    def size(self) -> tuple[int, int] | None:
        """The height and width of the examples' pictures; None if there are none."""
        sizes = (kind.size(self.examples.shape(name)) for name, kind in self.kinds.items())
        return next(filter(None, sizes), None)

    def evenly_spaced(self, count: int) -> dict[str, np.ndarray]:
        """Returns the parts of at most so many examples, from the first to the last, as cached."""
        size = len(self.examples)
        indices = np.unique(np.linspace(0, size - 1, min(size, count)).astype(np.int64))
        zeros = tf.zeros(len(indices), tf.int64)
        height, width = self.size or (0, 0)
        boxes = CropBoxes(zeros, zeros, tf.zeros(len(indices), tf.bool), height, width)
        parts = self.examples.gather(self.kinds, tf.constant(indices), boxes)
        return {name: part.numpy() for name, part in zip(self.kinds, parts, strict=True)}

    @property
    def num_classes(self) -> int | None:
        """The largest label and one; None where there are no labels.

        Raises:
            InputError: for a label below 0.
        """
        part = next((part for part in self.parts if isinstance(part.kind, Labels)), None)
        if part is None:
            return None
        labels = self.examples.array(part.source_name)
        if labels.min() < 0:
            raise InputError(
                f"The labels of {self.examples.name!r} must be 0 or above; a negative one says "
                f"that there is none. Received: {labels.min()}"
            )
        return int(labels.max()) + 1
