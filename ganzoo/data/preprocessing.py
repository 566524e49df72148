"""From a source's examples to those that are cached: each part as its kind prepares it."""

from dataclasses import dataclass

import tensorflow as tf

from ganzoo.batch_formats import BatchFormat, Kind, Labels
from ganzoo.data.settings import DataSettings


@dataclass(frozen=True)
class Preprocessing:
    """Brings the parts of an example to the shapes in which they are cached.

    Args:
        kinds: of every part that there can be, by its name in sources.
        center_crop, fit: as in `load_dataset`.
    """

    kinds: dict[str, Kind]
    center_crop: int | None
    fit: str

    @classmethod
    def from_settings(cls, settings: DataSettings, batch_format: BatchFormat) -> "Preprocessing":
        """Returns the preprocessing for `load_dataset`'s arguments.

        Args:
            settings: these arguments.
            batch_format: of the batches, with these settings.
        """
        # Sources of images may have labels that the batches leave out.
        kinds = {"labels": Labels()}
        kinds |= {part.source_name: part.kind for part in batch_format.parts}
        return cls(kinds, settings.center_crop, settings.fit)

    def shapes(self, source_shapes: dict[str, tuple]) -> dict[str, tuple[int, ...]]:
        """Returns the cached shapes of parts that have these shapes in their source."""
        return {name: self.kinds[name].cached_shape(s) for name, s in source_shapes.items()}

    def apply(self, example: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        """Returns the parts of a source's example as they are cached."""
        return {
            name: self.kinds[name].prepared(
                part, self.kinds[name].cached_shape(tuple(part.shape)), self.center_crop, self.fit
            )
            for name, part in example.items()
        }
