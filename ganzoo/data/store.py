"""Decoded images kept as uint8 arrays: in memory up to a budget, beyond it in a file."""

import contextlib
import hashlib
import math
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import tensorflow as tf
from tqdm import tqdm

from ganzoo.data import transforms
from ganzoo.data.sources import Source
from ganzoo.errors import InputError, ResourceError

READ_AT_ONCE = 256


@dataclass(frozen=True)
class Store:
    """`images` uint8 `(size, height, width, channels)`, `labels` int32 `(size,)` (-1: none)."""

    name: str
    images: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.images)


def fill_store(source: Source, image_shape, center_crop, fit: str, cache_gib: float) -> Store:
    """Decodes, crops and resizes every example of a source, once."""
    transforms.check(source.shape, image_shape, center_crop, fit)
    if cache_gib < 0:
        raise InputError(f"cache_gib must be at least 0. Received: {cache_gib}")
    shape = (source.size, *image_shape)
    if math.prod(shape) <= cache_gib * 2**30:
        images, labels = np.empty(shape, np.uint8), np.full(source.size, -1, np.int32)
        _fill(images, labels, source, center_crop, fit)
        return Store(source.name, images, labels)

    recipe = f"{source.identity}/{shape}/{center_crop}/{fit}/{transforms.VERSION}"
    name = f"{Path(source.name).name}-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganzoo"
    folder, temporary = root / name, root / f".{name}.{os.getpid()}.part"
    try:
        if not folder.exists():
            temporary.mkdir(parents=True)
            _write(temporary, shape, source, center_crop, fit)
            with contextlib.suppress(OSError):  # another process was faster
                temporary.rename(folder)
        images = np.load(folder / "images.npy", mmap_mode="r")
        return Store(source.name, images, np.load(folder / "labels.npy"))
    except ResourceError:  # of the source
        raise
    except (OSError, ValueError) as error:
        raise ResourceError(
            f"The image cache cannot be used: {error}. Free space, delete it to have it made "
            f"again, or set XDG_CACHE_HOME or cache_gib. Received: {str(folder)!r}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _write(folder, shape, source, center_crop, fit):
    images = np.lib.format.open_memmap(folder / "images.npy", "w+", np.uint8, shape)
    with (folder / "images.npy").open("r+b") as file:
        # A full disk shows now, as an error, and not as a crash when a page is written.
        os.posix_fallocate(file.fileno(), 0, (folder / "images.npy").stat().st_size)
    labels = np.full(source.size, -1, np.int32)
    _fill(images, labels, source, center_crop, fit)
    images.flush()
    np.save(folder / "labels.npy", labels)


def _fill(images, labels, source, center_crop, fit):
    def prepare(example):
        image = transforms.prepare(example["images"], images.shape[1:], center_crop, fit)
        return image, tf.cast(example.get("labels", -1), tf.int32)

    batches = source.examples().map(prepare, tf.data.AUTOTUNE).batch(READ_AT_ONCE).prefetch(2)
    start = 0
    # The bar shows only where this takes over two seconds.
    with tqdm(total=source.size, desc=f"Reading {source.name}", unit=" images", delay=2) as bar:
        for some_images, some_labels in batches.as_numpy_iterator():
            end = start + len(some_images)
            images[start:end], labels[start:end] = some_images, some_labels
            bar.update(end - start)
            start = end
    if start != source.size:
        raise ResourceError(f"{source.name!r} has {start} examples of the stated {source.size}")
