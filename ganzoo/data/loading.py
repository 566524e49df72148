"""From what is given as a dataset to batches.

`sources` gives examples, `transforms` makes them all of one shape, `reading` goes through them
once, `keeping` decides where they stay, and from its `store` the `pipeline` makes batches.
"""

import os
from typing import Literal

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data import transforms
from ganzoo.data.keeping import open_stores
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.sources.opening import open_sources, reversed_pairs
from ganzoo.errors import InputError, unknown

__all__ = ["ONLY_FOR", "Pipeline", "load_dataset", "open_pipeline"]

# Arguments of `load_dataset` that concern one batch format; models of another have no such setting.
ONLY_FOR = {"input_channels": "paired", "direction": "paired"}


def load_dataset(
    dataset: str | os.PathLike | np.ndarray | tuple | tf.data.Dataset = "sample",
    batch_format: str = "images",
    *,
    image_shape: tuple[int, int, int],
    input_channels: int | None = None,
    batch_size: int = 64,
    split: str = "train",
    center_crop: int | None = None,
    fit: Literal["crop", "pad"] = "crop",
    jitter: float = 0.0,
    horizontal_flip: bool = False,
    direction: Literal["ab", "ba"] = "ab",
    shuffle: bool | None = None,
    seed: int = 0,
    skip_bad_images: bool = False,
    cache: Literal["auto", "none"] = "auto",
    cache_gib: float = 2.0,
    data_dir: str | None = None,
) -> tf.data.Dataset:
    """Returns batches for `fit`: one epoch, in another order each time it is iterated.

    Images are decoded, cropped and resized once, kept as uint8, and from there on shuffled,
    transformed and batched. Order and transforms are a function of (seed, epoch, index).

    Args:
        dataset: `"sample"`, the Fashion-MNIST images that ship with ganzoo; the name of a
            TensorFlow Dataset with an image feature, such as `"celeb_a"`; the path of a folder of
            images, with a `/` in it, or of an `.npz` file; an array, or a tuple of the format's
            two; or a `tf.data.Dataset` of single examples of the format. Images in arrays are
            uint8, or floats in [-1, 1]. docs/data.md has the layouts of folders.
        batch_format: `"images"`; `"labelled"` for `(images, labels)`; `"paired"` for `(inputs,
            targets)`; `"unpaired"` for `(images_a, images_b)`, which are shuffled and transformed
            independently, and whose epoch is one of the larger side. See `batch_formats`.
        image_shape: (height, width, channels) of the batches, 1 or 3 channels.
        input_channels: of `inputs`, where they are not those of `targets`; `paired` only.
        batch_size: examples in a batch.
        split: the source's split; of a TensorFlow Dataset also a part, such as `"train[:1000]"`.
            `"train"` of an unpaired one is its `trainA` and `trainB`. Of files and arrays without
            splits, a tenth is held out: `"train"` is the rest, `"validation"` and `"test"` are
            that tenth, and `"all"` is everything.
        center_crop: side, in pixels of the source, of a square cut from the centre first.
        fit: what to do with what has another aspect ratio or size: `"crop"` cuts the centre out
            and resizes it, with antialiasing; `"pad"` shrinks the whole image, or enlarges it by
            a whole factor, and puts it on black.
        jitter: keep images larger by this part, and cut `image_shape` out of each at a random
            place: 0.1171875 keeps 286 pixels for 256. Both images of a pair are cut alike.
        horizontal_flip: mirror every image with probability one half, both of a pair or neither.
        direction: `"ba"` makes the second image of a pair the input; `paired` only.
        shuffle: whether every epoch has an order of its own and drops its last, smaller batch; if
            not, examples come in the source's order and whole. Left out, all splits are shuffled
            but those whose name begins with `val` or `test`. `ganzoo train` always shuffles.
        seed: what order and transforms are drawn from.
        skip_bad_images: leave out files that cannot be read, and say so, instead of stopping. All
            are read before the first batch, whatever `cache` is.
        cache: `"none"` keeps no images, and decodes files of a folder whenever they are needed.
        cache_gib: images that take more GiB than this are kept in files under
            `$XDG_CACHE_HOME/ganzoo` instead of in memory, and found there by the next run.
        data_dir: TFDS's folder; left out, TFDS's own default.

    Raises:
        InputError: for an unknown dataset, split, format or fit, a format that the dataset does
            not make, arrays of another type or range, or a split smaller than a shuffled batch.
        ResourceError: if the data is not here and cannot be downloaded, or a file cannot be read.

    Example:

    >>> from ganzoo import load_dataset
    >>> images = next(iter(load_dataset("sample", image_shape=(28, 28, 1), batch_size=4)))
    >>> images.shape, float(images.numpy().min())
    (TensorShape([4, 28, 28, 1]), -1.0)
    """
    return open_pipeline(**locals()).epochs()


def open_pipeline(
    dataset, batch_format, *, image_shape, input_channels=None, batch_size, split, center_crop, fit,
    jitter, horizontal_flip, direction="ab", shuffle, seed, skip_bad_images, cache, cache_gib,
    data_dir,
) -> Pipeline:  # fmt: skip
    """Returns the `Pipeline` behind `load_dataset`, which has the same arguments."""
    if batch_format not in BATCH_FORMATS:
        raise unknown("batch format", batch_format, BATCH_FORMATS)
    if direction not in ("ab", "ba"):
        raise unknown("direction", direction, ("ab", "ba"))
    if input_channels not in (None, 1, 3):
        raise InputError(f"input_channels must be 1 or 3. Received: {input_channels}")
    if batch_format != "paired" and (input_channels is not None or direction != "ab"):
        raise InputError(
            "input_channels and direction are for batches of the format 'paired'. "
            f"Received: batch_format={batch_format!r}"
        )
    if not 0 <= jitter <= 1:
        raise InputError(f"jitter must be in 0 to 1. Received: {jitter}")
    if cache not in ("auto", "none"):
        raise unknown("value of cache", cache, ("auto", "none"))
    if cache_gib < 0:
        raise InputError(f"cache_gib must be at least 0. Received: {cache_gib}")
    sources = open_sources(dataset, batch_format, split, data_dir)
    if shuffle is None:
        shuffle = not split.startswith(("val", "test"))
    _check_batch_size(batch_size, {source.name: source.size for source in sources}, shuffle)
    for shape in (shape for source in sources for shape in source.shapes.values() if shape):
        transforms.check(shape, image_shape, center_crop, fit)
    if direction == "ba":
        sources = [reversed_pairs(source) for source in sources]
    recipe = recipe_for(image_shape, input_channels, center_crop, fit, jitter)
    stores = open_stores(sources, recipe, cache, cache_gib, skip_bad_images)
    # Some were skipped, maybe.
    _check_batch_size(batch_size, {store.name: len(store) for store in stores}, shuffle)
    return Pipeline(
        stores,
        batch_format,
        image_shape=image_shape,
        batch_size=batch_size,
        shuffle=shuffle,
        horizontal_flip=horizontal_flip,
        seed=seed,
    )


def recipe_for(image_shape, input_channels, center_crop, fit, jitter) -> transforms.Recipe:
    """Returns what is made of examples before they are kept; jitter keeps them larger."""
    *sides, channels = image_shape
    kept = [round((1 + jitter) * side) for side in sides]
    shapes = {
        "images": (*kept, channels),
        "labels": (),
        "inputs": (*kept, input_channels or channels),
        "targets": (*kept, channels),
    }
    return transforms.Recipe(shapes, center_crop, fit)


def _check_batch_size(batch_size, sizes, shuffle):
    smallest = min(sizes, key=sizes.get)
    # Shuffled batches are full ones, or none; in order, the last one may be smaller.
    if batch_size < 1 or (shuffle and batch_size > sizes[smallest]):
        raise InputError(
            f"The batch size must be in 1 to {sizes[smallest]}, the number of examples of "
            f"{smallest!r}. Received: {batch_size}"
        )
