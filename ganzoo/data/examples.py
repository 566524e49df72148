"""The examples that batches are made of: cached as uint8 arrays, or decoded each time."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.sources.source import Source
from ganzoo.data.transforms import Preprocessing


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
    """Examples part by part: images uint8 `(size, height, width, 1 or 3)`, labels int32 `(size,)`.

    The arrays are in memory, or mapped from the cache's files.
    """

    name: str
    parts: dict[str, np.ndarray]

    def __len__(self):
        return len(next(iter(self.parts.values())))

    @property
    def image_size(self) -> tuple[int, int]:
        """The height and width of the images."""
        return next(part.shape[1:3] for part in self.parts.values() if part.ndim > 1)

    @property
    def labels(self) -> np.ndarray | None:
        return self.parts.get("labels")

    def gather(self, names, indices: tf.Tensor, boxes: CropBoxes) -> list[tf.Tensor]:
        """Returns the named parts of some examples, images cropped.

        Args:
            names: of parts.
            indices: of the examples, int64 `(count,)`.
            boxes: as many.
        """
        parts = [self.parts[name] for name in names]

        def cropped(indices, top, left, mirrored):
            where = indices, top, left, mirrored, boxes.height, boxes.width
            return [_gathered(part, *where) for part in parts]

        def shape(part):
            return () if part.ndim == 1 else (boxes.height, boxes.width, part.shape[-1])

        arguments = [indices, boxes.top, boxes.left, boxes.mirrored]
        # Eagerly, a list of one comes back as the one.
        gathered = tf.nest.flatten(numpy_function(cropped, arguments, [x.dtype for x in parts]))
        return [
            tf.ensure_shape(tensor, (*indices.shape, *shape(part)))
            for tensor, part in zip(gathered, parts, strict=True)
        ]


def _gathered(part, indices, top, left, mirrored, height, width):
    if part.ndim == 1 or (part.shape[1:3] == (height, width) and not mirrored.any()):
        return part[indices]
    # With a pixel as one element, mirroring copies a pixel at a time and not a byte.
    pixels = part.view(f"V{part.shape[-1]}")[..., 0]
    crops = np.empty((len(indices), height, width), pixels.dtype)
    for number, (index, y, x) in enumerate(zip(indices, top, left, strict=True)):
        crop = pixels[index, y : y + height, x : x + width]
        crops[number] = crop[:, ::-1] if mirrored[number] else crop
    return crops[..., None].view(np.uint8)


@dataclass(frozen=True)
class UncachedExamples:
    """Examples of files that are decoded each time they are needed.

    Args:
        source: the files; it has random access.
        positions: of the examples in it that can be read.
        labels: of these, if they have any.
        preprocessing: of the decoded images.
    """

    source: Source
    positions: np.ndarray
    labels: np.ndarray | None
    preprocessing: Preprocessing

    def __len__(self):
        return len(self.positions)

    @property
    def name(self) -> str:
        return self.source.name

    @property
    def image_size(self) -> tuple[int, int]:
        """The height and width of the images, preprocessed."""
        return next(shape[:2] for shape in self.preprocessing.shapes.values() if shape)

    def gather(self, names, indices: tf.Tensor, boxes: CropBoxes) -> list[tf.Tensor]:
        """Returns what `CachedExamples.gather` does; of one example where the index is a scalar."""
        if indices.shape.rank == 0:
            example = self.source.read(tf.gather(self.positions, indices))
            example = self.preprocessing.apply({name: example[name] for name in names})
            return [_cropped(part, boxes) if part.shape.rank else part for part in example.values()]

        def one(arguments):
            index, *box = arguments
            return self.gather(names, index, CropBoxes(*box, boxes.height, boxes.width))

        shapes = [self.preprocessing.shapes[name] for name in names]
        signature = [
            tf.TensorSpec((boxes.height, boxes.width, shape[-1]), tf.uint8) if shape else tf.int32
            for shape in shapes
        ]
        arguments = (indices, boxes.top, boxes.left, boxes.mirrored)
        return tf.map_fn(one, arguments, fn_output_signature=signature, parallel_iterations=1)


def _cropped(image, box):
    if image.shape[:2] != (box.height, box.width):
        image = image[box.top : box.top + box.height, box.left : box.left + box.width]
        image = tf.ensure_shape(image, (box.height, box.width, image.shape[-1]))
    return tf.cond(box.mirrored, lambda: tf.reverse(image, [1]), lambda: image)
