"""Where batches get their examples: kept as uint8 arrays, or decoded each time."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from ganzoo.data.numpy_calls import numpy_function
from ganzoo.data.sources.source import Source
from ganzoo.data.transforms import Recipe


@dataclass(frozen=True)
class Cuts:
    """A rectangle of each image of a batch, and whether it is mirrored left to right.

    `tops`, `lefts` (int64) and `mirrored` (bool) are `(count,)`, those of a pair one and the same;
    all rectangles have one size.
    """

    tops: tf.Tensor
    lefts: tf.Tensor
    mirrored: tf.Tensor
    height: int
    width: int


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

    def gather(self, names, indices, cuts: Cuts) -> list[tf.Tensor]:
        """Returns the named parts of some examples, of images the cuts.

        Args:
            names: of parts.
            indices: int64 `(count,)`.
            cuts: as many.
        """
        parts = [self.parts[name] for name in names]

        def copied(indices, tops, lefts, mirrored):
            where = indices, tops, lefts, mirrored, cuts.height, cuts.width
            return [_chosen(part, *where) for part in parts]

        def shape(part):
            return () if part.ndim == 1 else (cuts.height, cuts.width, part.shape[-1])

        arguments = [indices, cuts.tops, cuts.lefts, cuts.mirrored]
        # Eagerly, a list of one comes back as the one.
        gathered = tf.nest.flatten(numpy_function(copied, arguments, [x.dtype for x in parts]))
        return [
            tf.ensure_shape(tensor, (*indices.shape, *shape(part)))
            for tensor, part in zip(gathered, parts, strict=True)
        ]


def _chosen(part, indices, tops, lefts, mirrored, height, width):
    is_whole = part.ndim == 1 or (part.shape[1:3] == (height, width) and not mirrored.any())
    if is_whole:
        return part[indices]
    # With whole pixels as elements, mirroring copies a pixel at a time and not a byte.
    pixels = part.view(f"V{part.shape[-1]}")[..., 0]
    cuts = np.empty((len(indices), height, width), pixels.dtype)
    for number, (index, top, left) in enumerate(zip(indices, tops, lefts, strict=True)):
        cut = pixels[index, top : top + height, left : left + width]
        cuts[number] = cut[:, ::-1] if mirrored[number] else cut
    return cuts[..., None].view(np.uint8)


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

    def gather(self, names, indices, cuts):
        """Returns what `Store.gather` does; of one example where the index is a scalar."""
        if indices.shape.rank == 0:
            example = self.source.read(tf.gather(self.positions, indices))
            example = self.recipe.prepare({name: example[name] for name in names})
            return [_cut(part, cuts) if part.shape.rank else part for part in example.values()]

        def one(arguments):
            index, *cut = arguments
            return self.gather(names, index, Cuts(*cut, cuts.height, cuts.width))

        shapes = [self.recipe.shapes[name] for name in names]
        signature = [
            tf.TensorSpec((cuts.height, cuts.width, shape[-1]), tf.uint8) if shape else tf.int32
            for shape in shapes
        ]
        arguments = (indices, cuts.tops, cuts.lefts, cuts.mirrored)
        return tf.map_fn(one, arguments, fn_output_signature=signature, parallel_iterations=1)


def _cut(image, cut):
    if image.shape[:2] != (cut.height, cut.width):
        image = image[cut.tops : cut.tops + cut.height, cut.lefts : cut.lefts + cut.width]
        image = tf.ensure_shape(image, (cut.height, cut.width, image.shape[-1]))
    return tf.cond(cut.mirrored, lambda: tf.reverse(image, [1]), lambda: image)
