"""Where batches get their examples: kept as uint8 arrays, or decoded each time."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.data.sources import Source
from ganzoo.data.transforms import Recipe


@dataclass(frozen=True)
class Store:
    """Kept examples, part by part: images uint8 `(size, height, width, 1 or 3)`, labels int32."""

    name: str
    parts: dict[str, np.ndarray]

    def __len__(self):
        return len(next(iter(self.parts.values())))

    @property
    def sides(self) -> tuple[int, int]:
        """The height and width of the images."""
        return next(part.shape[1:3] for part in self.parts.values() if part.ndim > 1)

    @property
    def labels(self) -> np.ndarray | None:
        return self.parts.get("labels")

    def gather(self, names, indices, tops, lefts, height: int, width: int) -> list[tf.Tensor]:
        """Returns the named parts of some examples; of images a rectangle cut out of each.

        Args:
            names: of parts.
            indices: int64 `(count,)`.
            tops, lefts: int64 `(count,)`, the rectangles' corners; those of a pair are the same.
            height, width: the size of all rectangles.
        """
        return [_gather(self.parts[name], indices, tops, lefts, height, width) for name in names]


def _gather(part, indices, tops, lefts, height, width):
    def copied(indices, tops, lefts):
        if part.ndim == 1:
            return part[indices]
        images = np.empty((len(indices), height, width, part.shape[-1]), np.uint8)
        for image, index, top, left in zip(images, indices, tops, lefts, strict=True):
            image[:] = part[index, top : top + height, left : left + width]
        return images

    gathered = tf.numpy_function(copied, [indices, tops, lefts], part.dtype)
    shape = (*indices.shape, height, width, part.shape[-1])
    return tf.ensure_shape(gathered, shape[: part.ndim])


@dataclass(frozen=True)
class OnDemand:
    """Examples of files that are decoded each time they are asked for; otherwise as `Store`.

    Args:
        source: the files.
        positions: of the examples in it that can be read.
        labels: of these, if they have any.
        recipe: what is made of them.
    """

    source: Source
    positions: np.ndarray
    labels: np.ndarray | None
    recipe: Recipe

    def __len__(self):
        return len(self.positions)

    @property
    def name(self):
        return self.source.name

    @property
    def sides(self):
        return next(shape[:2] for shape in self.recipe.shapes.values() if shape)

    def gather(self, names, indices, tops, lefts, height, width):
        def cut(index, top, left):
            example = self.source.read(tf.gather(self.positions, index))
            example = self.recipe.prepare({name: example[name] for name in names})
            return [
                part[top : top + height, left : left + width] if self.recipe.shapes[name] else part
                for name, part in example.items()
            ]

        shapes = (self.recipe.shapes[name] for name in names)
        images = [tf.TensorSpec((height, width, shape[-1]), tf.uint8) for shape in shapes if shape]
        labels = [tf.TensorSpec((), tf.int32)] * (len(names) - len(images))
        signature = [*images, *labels]
        return tf.map_fn(
            lambda where: cut(*where), (indices, tops, lefts), fn_output_signature=signature
        )
