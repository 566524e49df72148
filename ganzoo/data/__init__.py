"""From a dataset's name to batches: `sources`, `transforms`, `store`, `pipeline`, in this order."""

from typing import Literal

import tensorflow as tf

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.sources import open_source
from ganzoo.data.store import fill_store
from ganzoo.errors import InputError, unknown

__all__ = ["Pipeline", "load_dataset", "open_pipeline"]


def load_dataset(
    dataset: str = "sample",
    batch_format: str = "images",
    *,
    image_shape: tuple[int, int, int],
    batch_size: int = 64,
    split: str = "train",
    center_crop: int | None = None,
    fit: Literal["crop", "pad"] = "crop",
    horizontal_flip: bool = False,
    shuffle: bool | None = None,
    seed: int = 0,
    cache_gib: float = 2.0,
    data_dir: str | None = None,
) -> tf.data.Dataset:
    """Returns batches for `fit`: one epoch, in another order each time it is iterated.

    Images are decoded, cropped and resized once, kept as uint8, and from there on shuffled,
    transformed and batched. Order and transforms are a function of (seed, epoch, index).

    Args:
        dataset: `"sample"`, the Fashion-MNIST images that ship with ganzoo, or the name of a
            TensorFlow Dataset with an image feature, such as `"celeb_a"`.
        batch_format: `"images"`, or `"labelled"` for `(images, labels)`; see `batch_formats`.
        image_shape: (height, width, channels) of the batches, 1 or 3 channels.
        batch_size: images in a batch.
        split: the source's split; of a TensorFlow Dataset also a part, such as `"train[:1000]"`.
        center_crop: side, in pixels of the source, of a square cut from the centre first.
        fit: what to do with what has another aspect ratio or size: `"crop"` cuts the centre out
            and resizes it, with antialiasing; `"pad"` shrinks the whole image, or enlarges it by
            a whole factor, and puts it on black.
        horizontal_flip: mirror every image with probability one half.
        shuffle: whether every epoch has an order of its own and drops its last, smaller batch; if
            not, examples come in the source's order and whole. Left out, all splits are shuffled
            but those whose name begins with `val` or `test`. `ganzoo train` always shuffles.
        seed: what order and transforms are drawn from.
        cache_gib: images that take more GiB than this are kept in a file under
            `$XDG_CACHE_HOME/ganzoo` instead of in memory, and found there by the next run.
        data_dir: TFDS's folder; left out, TFDS's own default.

    Raises:
        InputError: for an unknown dataset, split, format or fit, or a split smaller than a batch.
        ResourceError: if the data is not here and cannot be downloaded.

    Example:

    >>> from ganzoo import load_dataset
    >>> images = next(iter(load_dataset("sample", image_shape=(28, 28, 1), batch_size=4)))
    >>> images.shape, float(images.numpy().min())
    (TensorShape([4, 28, 28, 1]), -1.0)
    """
    return open_pipeline(**locals()).epochs()


def open_pipeline(
    dataset, batch_format, *, image_shape, batch_size, split, center_crop, fit, horizontal_flip,
    shuffle, seed, cache_gib, data_dir,
) -> Pipeline:  # fmt: skip
    """Returns the `Pipeline` behind `load_dataset`, which has the same arguments."""
    if batch_format not in BATCH_FORMATS:
        raise unknown("batch format", batch_format, BATCH_FORMATS)
    source = open_source(dataset, split, data_dir)
    if batch_format not in source.formats:
        raise InputError(
            f"Dataset {dataset!r} gives batches of the formats {', '.join(source.formats)}. "
            f"Received: batch_format={batch_format!r}"
        )
    if not 1 <= batch_size <= source.size:
        raise InputError(
            f"The batch size must be in 1 to {source.size}, the number of examples of "
            f"{dataset!r}. Received: {batch_size}"
        )
    if shuffle is None:
        shuffle = not split.startswith(("val", "test"))
    store = fill_store(source, tuple(image_shape), center_crop, fit, cache_gib)
    return Pipeline(
        store,
        batch_format,
        batch_size=batch_size,
        shuffle=shuffle,
        horizontal_flip=horizontal_flip,
        seed=seed,
    )
