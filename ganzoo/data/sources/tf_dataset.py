"""A user's own `tf.data.Dataset` of single examples -> examples."""

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.sources.arrays import check_count, check_type, levels
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError


def open_tf_dataset(dataset: tf.data.Dataset, batch_format: str, split: str) -> tuple[Source, ...]:
    """Returns a split of a dataset of single examples, by index (see `held_out`).

    Args:
        dataset: finite; its elements are those of the format before batching. It is read once for
            each source, and once more if it does not know its length.
        batch_format, split: as in `load_dataset`.

    Raises:
        InputError: for elements that are no example of the format, or without an end.
    """
    names = BATCH_FORMATS[batch_format]
    spec = dataset.element_spec
    specs = spec if isinstance(spec, tuple) else (spec,)
    check_count(batch_format, len(specs))
    for part, one in zip(names, specs, strict=True):
        _check_spec(part, one)
    size = int(dataset.cardinality())
    if size == tf.data.INFINITE_CARDINALITY:
        raise InputError("A dataset must end; leave repeating to ganzoo. Received: an endless one")
    if size == tf.data.UNKNOWN_CARDINALITY:
        size = int(dataset.reduce(np.int64(0), lambda count, *_: count + 1))
    is_chosen = np.zeros(size, bool)
    is_chosen[chosen([str(number) for number in range(size)], split, "tf.data.Dataset")] = True

    def source(of_parts):  # {the source's part: the dataset's}
        def example(_, element):
            parts = dict(
                zip(names, element if isinstance(spec, tuple) else (element,), strict=True)
            )
            return {
                ours: parts[theirs] if ours == "labels" else levels(parts[theirs])
                for ours, theirs in of_parts.items()
            }

        def examples():
            numbered = dataset.enumerate().filter(lambda number, _: tf.gather(is_chosen, number))
            return numbered.map(example, tf.data.AUTOTUNE).enumerate()

        shapes = {
            ours: tuple(specs[names.index(theirs)].shape) for ours, theirs in of_parts.items()
        }
        return Source("tf.data.Dataset", None, int(is_chosen.sum()), shapes, examples)

    if batch_format == "unpaired":
        return tuple(source({"images": part}) for part in names)
    return (source({part: part for part in names}),)


def _check_spec(part, spec):
    shape = getattr(spec, "shape", None)
    if part == "labels":
        fits = shape == () and spec.dtype.is_integer
    else:
        fits = shape is not None and shape.rank == 3 and shape[-1] in (1, 3, 4)
    if not fits:
        wanted = "integers ()" if part == "labels" else "(height, width, 1, 3 or 4), unbatched"
        raise InputError(f"{part} must be {wanted}. Received: {spec}")
    if part != "labels":
        check_type(part, spec.dtype)
