"""From a dataset to batches: all the steps that `ganzoo.data` lists, one after another."""

import os
from typing import Literal

import numpy as np
import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.batch_formats import Labels
from ganzoo.data.caching import open_examples
from ganzoo.data.levels import warn_of_levels
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.preprocessing import Preprocessing
from ganzoo.data.settings import DataSettings
from ganzoo.data.sources.opening import open_sources
from ganzoo.errors import InputError
from ganzoo.images.fitting import check_center_crop


def load_dataset(
    dataset: str | os.PathLike | np.ndarray | tuple | tf.data.Dataset = "sample",
    batch_format: str = "images",
    *,
    image_shape: tuple[int, int, int],
    input_channels: int | None = None,
    attributes: tuple[str, ...] = (),
    input_classes: int | None = None,
    input_colors: tuple[str, ...] = (),
    color_distance: float = 0.0,
    batch_size: int = 64,
    split: str = "train",
    center_crop: int | None = None,
    fit: Literal["crop", "pad"] = "crop",
    background: str = "white",
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

    Images are decoded, cropped and resized once, cached as uint8, and from there on shuffled,
    augmented and batched. Order and augmentation are a function of (seed, epoch, index).

    Args:
        dataset: `"sample"`, the Fashion-MNIST images that ship with ganzoo; the name of a
            TensorFlow Dataset with an image feature, such as `"celeb_a"`; the path of a folder of
            images, with a `/` in it, or of an `.npz` file; an array, or a tuple of the format's
            two; or a `tf.data.Dataset` of single examples of the format. Images in arrays are
            uint8, or floats in [-1, 1]. docs/data.md has the layouts of folders.
        batch_format: `"images"`; `"labelled"` for `(images, labels)`; `"paired"` for `(inputs,
            targets)`; `"unpaired"` for `(images_a, images_b)`, which are shuffled and augmented
            independently, and whose epoch is one of the larger side; `"attributes"` for `(images,
            attributes)`; `"label_maps"` for `(inputs, targets)` whose inputs are numbers of
            classes. See `batch_formats`.
        image_shape: (height, width, channels) of the batches. Grey becomes colour where they have 3
            channels, and colour grey where they have 1; arrays may have any number of channels,
            which is then that of the batches.
        input_channels: of `inputs`, where they are not those of `targets`; `paired` only.
        attributes: names of the attributes that batches have, in this order; left out, all that the
            data has. `attributes` only.
        input_classes: how many classes label maps have, 2 to 256; `label_maps` only, like the next
            two.
        input_colors: the colours that stand for these classes, in the order of their numbers:
            `"#0000de"` and so on, or the path of a text file with one on each line; left out, the
            pixels of label maps are the numbers.
        color_distance: how far a pixel may be from its colour, a Euclidean distance in levels of 0
            to 255: it is taken for the nearest one, and refused beyond that.
        batch_size: examples in a batch.
        split: the source's split; of a TensorFlow Dataset also a part, such as `"train[:1000]"`.
            `"train"` of an unpaired one is its `trainA` and `trainB`. Of files and arrays without
            splits, a tenth is held out: `"train"` is the rest, `"validation"` and `"test"` are
            that tenth, and `"all"` is everything.
        center_crop: side, in pixels of the source, of a square cut from the centre first.
        fit: how an image of another aspect ratio or size is made to fit: `"crop"` crops the centre
            and resizes it, with antialiasing; `"pad"` shrinks the image, or enlarges it by an
            integer factor, and pads it with black.
        background: the colour behind transparent pixels: `"white"`, `"black"`, or `"#rrggbb"`.
        jitter: resize images to be larger by this fraction, and crop `image_shape` out of each at
            random: 0.1171875 makes 286 pixels of 256. Both images of a pair have one crop box.
        horizontal_flip: mirror every image with probability one half, both of a pair or neither.
        direction: `"ba"` makes the second image of a pair the input; of pairs only.
        shuffle: whether every epoch has an order of its own and drops its last, smaller batch; if
            not, all examples come, in the source's order. Left out, all splits are shuffled but
            those whose name begins with `val` or `test`. `ganzoo train` always shuffles.
        seed: of the order and the augmentation.
        skip_bad_images: skip files that cannot be read, with a warning, instead of stopping. All
            are read before the first batch, whatever `cache` is.
        cache: `"none"` caches no images, and decodes files of a folder whenever they are needed.
        cache_gib: images that take more GiB than this are cached in files under
            `$XDG_CACHE_HOME/ganzoo` instead of in memory, and found there by the next run.
        data_dir: TFDS's folder; left out, TFDS's own default.

    Raises:
        InputError: for an unknown dataset, split, format, attribute or fit, a format that the
            dataset does not make, arrays of another type or range, or a split smaller than a
            shuffled batch.
        ResourceError: if the data is not here and cannot be downloaded, or a file cannot be read.

    Example:

    >>> from ganzoo import load_dataset
    >>> images = next(iter(load_dataset("sample", image_shape=(28, 28, 1), batch_size=4)))
    >>> images.shape, float(images.numpy().min())
    (TensorShape([4, 28, 28, 1]), -1.0)
    """
    settings = DataSettings(
        image_shape=image_shape,
        input_channels=input_channels,
        attributes=tuple(attributes),
        input_classes=input_classes,
        input_colors=tuple(input_colors),
        color_distance=color_distance,
        batch_size=batch_size,
        split=split,
        center_crop=center_crop,
        fit=fit,
        background=background,
        jitter=jitter,
        horizontal_flip=horizontal_flip,
        direction=direction,
        shuffle=shuffle,
        seed=seed,
        skip_bad_images=skip_bad_images,
        cache=cache,
        cache_gib=cache_gib,
        data_dir=data_dir,
    )
    return open_pipeline(dataset, batch_format, settings).epochs()


def open_pipeline(
    dataset: str | os.PathLike | np.ndarray | tuple | tf.data.Dataset,
    batch_format: str,
    settings: DataSettings,
    *,
    batches_per_step: int = 1,
) -> Pipeline:
    """Returns the `Pipeline` behind `load_dataset`, which explains the arguments and errors.

    `batches_per_step` is that of a `Pipeline`.

    With `cache="none"` all files are read once here, to know which can be; otherwise they are
    decoded into the cache.
    """
    settings.check_format(batch_format)
    declared = batch_formats.batch_format(batch_format).with_settings(settings)
    sources = open_sources(
        dataset, declared, settings.split, settings.data_dir, direction=settings.direction
    )
    sizes = {source.name: source.size for source in sources}
    _check_batch_size(sizes, settings, batches_per_step)
    for source in sources:
        for part in declared.pictures:
            check_center_crop(source.shapes[part.source_name], settings.center_crop)
    examples = open_examples(
        sources,
        Preprocessing.from_settings(settings, declared),
        settings.cache,
        settings.cache_gib,
        settings.skip_bad_images,
    )
    # Files that cannot be read may have been skipped.
    sizes = {some.name: len(some) for some in examples}
    _check_batch_size(sizes, settings, batches_per_step)
    pipeline = Pipeline(
        examples,
        declared,
        image_shape=settings.image_shape,
        batch_size=settings.batch_size,
        shuffle=settings.is_shuffled,
        horizontal_flip=settings.horizontal_flip,
        seed=settings.seed,
        batches_per_step=batches_per_step,
        class_names=sources[0].classes if declared.part_of(Labels) else (),
        files={name: size for source in sources for name, size in source.files().items()},
    )
    for domain in pipeline.domains:
        warn_of_levels(domain)
    return pipeline


def _check_batch_size(sizes, settings, batches_per_step):
    smallest = min(sizes, key=sizes.get)
    batch_size = settings.batch_size
    # Shuffled batches are full ones, or none; in order, the last one may be smaller.
    if batch_size < 1 or (settings.is_shuffled and batch_size > sizes[smallest]):
        raise InputError(
            f"The batch size must be in 1 to {sizes[smallest]}, the number of examples of "
            f"{smallest!r}. Received: {batch_size}"
        )
    if settings.is_shuffled and batches_per_step * batch_size > sizes[smallest]:
        raise InputError(
            f"A step takes {batches_per_step} batches, so that the batch size must be in 1 to "
            f"{sizes[smallest] // batches_per_step}: {smallest!r} has {sizes[smallest]} examples. "
            f"Received: {batch_size}"
        )
