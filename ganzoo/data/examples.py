"""The examples that batches are made of: cached as uint8 arrays, or decoded each time."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Kind
from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.preprocessing import Preprocessing
from ganzoo.data.sources.source import Source


@dataclass(frozen=True)
class CropBoxes:
    """A crop box for each example, and whether the crop is mirrored left to right.

    `top` and `left` (int64) and `mirrored` (bool) are `(count,)`; both images of a pair share them.
    All boxes have one size.
    """

    top: tf.Tensor
    left: tf.Tensor
    mirrored: tf.Tensor
    height: int
    width: int


@dataclass(frozen=True)
class CachedExamples:
    """Examples part by part, as arrays in the shapes and types that kinds state for the cache.

    The arrays are in memory, or mapped from the cache's files.
    """

    name: str
    parts: dict[str, np.ndarray]

    def __len__(self):
        return len(next(iter(self.parts.values())))

    def shape(self, name: str) -> tuple[int, ...]:
        """Returns the shape of an example's part."""
        return self.parts[name].shape[1:]

    def array(self, name: str) -> np.ndarray:
        """Returns a part that is no picture, of all examples."""
        return self.parts[name]

    def gather(self, kinds: dict[str, Kind], indices: tf.Tensor, boxes: CropBoxes) -> list:
        """Returns parts of some examples as tensors, pictures cropped.

        Args:
            kinds: of the parts, by their names.
            indices: of the examples, int64 `(count,)`.
            boxes: as many.
        """
        parts = [self.parts[name] for name in kinds]

        def cropped(indices, top, left, mirrored):
            where = indices, top, left, mirrored, boxes.height, boxes.width
            return [k.gathered(part, *where) for k, part in zip(kinds.values(), parts, strict=True)]

        arguments = [indices, boxes.top, boxes.left, boxes.mirrored]
        # Eagerly, a list of one comes back as the one.
        gathered = tf.nest.flatten(numpy_function(cropped, arguments, [x.dtype for x in parts]))
        shapes = [
            k.cropped_shape(self.shape(n), boxes.height, boxes.width) for n, k in kinds.items()
        ]
        return [
            tf.ensure_shape(tensor, (*indices.shape, *shape))
            for tensor, shape in zip(gathered, shapes, strict=True)
        ]


@dataclass(frozen=True)
class UncachedExamples:
    """Examples of files that are decoded each time they are needed.

    Args:
        source: the files; it has random access.
        positions: of the examples in it that can be read.
        parts: of these, as in `CachedExamples`, those that are no pictures.
        preprocessing: of the decoded pictures.
    """

    source: Source
    positions: np.ndarray
    parts: dict[str, np.ndarray]
    preprocessing: Preprocessing

    def __len__(self):
        return len(self.positions)

    @property
    def name(self) -> str:
        return self.source.name

    def shape(self, name: str) -> tuple[int, ...]:
        """Returns the shape of an example's part, preprocessed."""
        return self.preprocessing.shapes(self.source.shapes)[name]

    def array(self, name: str) -> np.ndarray:
        """Returns a part that is no picture, of all examples."""
        return self.parts[name]

    def gather(self, kinds: dict[str, Kind], indices: tf.Tensor, boxes: CropBoxes) -> list:
        """Returns what `CachedExamples.gather` does; of one example where the index is a scalar."""
        if indices.shape.rank == 0:
            example = self.source.read(tf.gather(self.positions, indices))
            example = self.preprocessing.apply({name: example[name] for name in kinds})
            box = boxes.top, boxes.left, boxes.mirrored, boxes.height, boxes.width
            return [kind.cropped(example[name], *box) for name, kind in kinds.items()]

        def one(arguments):
            index, *box = arguments
            return self.gather(kinds, index, CropBoxes(*box, boxes.height, boxes.width))

        signature = [
            tf.TensorSpec(
                kind.cropped_shape(self.shape(name), boxes.height, boxes.width), kind.cached_type
            )
            for name, kind in kinds.items()
        ]
        arguments = (indices, boxes.top, boxes.left, boxes.mirrored)
        return tf.map_fn(one, arguments, fn_output_signature=signature, parallel_iterations=1)
