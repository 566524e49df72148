"""A user's own `tf.data.Dataset` of single examples -> examples."""

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Attributes, BatchFormat, Kind
from ganzoo.data.sources.arrays import check_count
from ganzoo.data.sources.decoding import from_array
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError


class TfDatasetSource(Source):
    """A split of a `tf.data.Dataset` whose elements are single examples.

    Args:
        dataset: of tensors, or of tuples of them.
        is_chosen: bool `(count,)`, which of the dataset's elements are in the split.
        elements: for each part, which tensor of an element it is, by its number, and its kind.
    """

    def __init__(
        self,
        dataset: tf.data.Dataset,
        is_chosen: np.ndarray,
        elements: dict[str, tuple[int, Kind]],
    ):
        specs = _as_tuple(dataset.element_spec)
        shapes = {part: tuple(specs[number].shape) for part, (number, _) in elements.items()}
        super().__init__("tf.data.Dataset", None, int(is_chosen.sum()), shapes)
        kinds = [kind for _, kind in elements.values()]
        self.attributes = next((kind.names for kind in kinds if isinstance(kind, Attributes)), ())
        self._dataset = dataset
        self._is_chosen = is_chosen
        self._elements = elements

    def examples(self):
        numbered = self._dataset.enumerate()
        in_split = numbered.filter(lambda number, _: tf.gather(self._is_chosen, number))
        return in_split.map(self._example, tf.data.AUTOTUNE).enumerate()

    def _example(self, number_of_element, element):
        tensors = _as_tuple(element)
        where = tf.strings.join([f"{self.name} ", tf.strings.as_string(number_of_element)])
        return {
            part: from_array(kind, tensors[number], where)
            for part, (number, kind) in self._elements.items()
        }


def open_tf_dataset(
    dataset: tf.data.Dataset, batch_format: BatchFormat, split: str
) -> tuple[Source, ...]:
    """Returns a split of a dataset of single examples, by index (see `held_out`).

    Args:
        dataset: finite; its elements are those of the format before batching. It is read once for
            each source, and once more if it does not know its length.
        batch_format: with the settings of the data.
        split: as in `load_dataset`.

    Raises:
        InputError: for elements that are no example of the format, or without an end.
    """
    specs = _as_tuple(dataset.element_spec)
    check_count(batch_format, len(specs))
    for part, spec in zip(batch_format.parts, specs, strict=True):
        part.kind.check_spec(part.name, spec)
    size = int(dataset.cardinality())
    if size == tf.data.INFINITE_CARDINALITY:
        raise InputError("A dataset must end; leave repeating to ganzoo. Received: an endless one")
    if size == tf.data.UNKNOWN_CARDINALITY:
        size = int(dataset.reduce(np.int64(0), lambda count, *_: count + 1))
    is_chosen = np.zeros(size, bool)
    is_chosen[chosen([str(number) for number in range(size)], split, "tf.data.Dataset")] = True
    elements = [
        {part.source_name: (number, part.kind)} for number, part in enumerate(batch_format.parts)
    ]
    if batch_format.independent:
        return tuple(TfDatasetSource(dataset, is_chosen, element) for element in elements)
    together = {name: found for element in elements for name, found in element.items()}
    return (TfDatasetSource(dataset, is_chosen, together),)


def _as_tuple(element):
    return element if isinstance(element, tuple) else (element,)
