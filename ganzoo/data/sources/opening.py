"""What is given as a dataset -> examples: one file for each kind of thing that can be given."""

import os

import numpy as np
import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.batch_formats import BatchFormat
from ganzoo.data.sources.arrays import open_arrays, open_npz
from ganzoo.data.sources.embedded import open_sample
from ganzoo.data.sources.folder import open_folder
from ganzoo.data.sources.named import open_named
from ganzoo.data.sources.source import Source
from ganzoo.data.sources.tf_dataset import open_tf_dataset
from ganzoo.data.tfds.preparing import is_path
from ganzoo.errors import InputError

NO_DATASET = "none"  # of an imported run whose data nobody has named


def open_sources(
    dataset,
    batch_format: BatchFormat | str,
    split: str,
    data_dir: str | None = None,
    *,
    direction: str = "ab",
) -> tuple[Source, ...]:
    """Returns a split as one source, or as one for each part where these are independent.

    What is not here yet is downloaded and prepared. The sources may have more parts than the
    format needs.

    Args:
        dataset, split, data_dir, direction: as in `load_dataset`.
        batch_format: with the settings of the data, where its kinds have some; or its name.

    Raises:
        InputError: for an unknown dataset or split, a dataset that does not make the format, or
            one without examples.
        ResourceError: if the data is not here and cannot be downloaded, or cannot be read.
    """
    if isinstance(dataset, str) and dataset == NO_DATASET:
        raise InputError(
            "The run names no data: it was imported, without --dataset. Received: dataset='none'"
        )
    if isinstance(batch_format, str):
        batch_format = batch_formats.batch_format(batch_format)
    is_reversed = direction == "ba"
    as_given = batch_format.reversed() if is_reversed else batch_format
    sources = _open(dataset, as_given, split, data_dir)
    for source in sources:
        for part in batch_format.pictures:
            if part.source_name in source.shapes:
                part.kind.check_source(source.shapes[part.source_name], source.name)
        if source.size == 0:
            raise InputError(f"There are no examples in {source.name!r}. Received: split={split!r}")
        if is_reversed:  # other examples to a cache
            source.identity = source.identity and f"{source.identity}/ba"
            source.shapes = {name: source.shapes[name] for name in batch_format.names}
    return sources


def _open(dataset, batch_format, split, data_dir):
    if isinstance(dataset, tf.data.Dataset):
        return open_tf_dataset(dataset, batch_format, split)
    if isinstance(dataset, (np.ndarray, tuple)):
        arrays = dataset if isinstance(dataset, tuple) else (dataset,)
        return open_arrays(arrays, batch_format, split)
    if not isinstance(dataset, (str, os.PathLike)):
        raise InputError(
            "A dataset is a name, a path, an array, a tuple of arrays or a tf.data.Dataset. "
            f"Received: {type(dataset).__name__}"
        )
    name = os.fspath(dataset)
    if name == "sample":
        return open_sample(batch_format, split)
    if name.endswith(".npz"):
        return open_npz(name, batch_format, split)
    if isinstance(dataset, os.PathLike) or is_path(name, data_dir):
        return open_folder(name, batch_format, split)
    return open_named(name, batch_format, split, data_dir)
