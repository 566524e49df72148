"""Decoded images kept as uint8 arrays: in memory up to a budget, beyond it in a file."""

import hashlib
import os
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
    transforms.check(image_shape, center_crop, fit)
    if cache_gib < 0:
        raise InputError(f"cache_gib must be at least 0. Received: {cache_gib}")
    shape = (source.size, *image_shape)
    if np.prod(shape, dtype=np.int64) <= cache_gib * 2**30:
        images, labels = np.empty(shape, np.uint8), np.full(source.size, -1, np.int32)
        _fill(images, labels, source, center_crop, fit)
        return Store(source.name, images, labels)

    recipe = f"{source.identity}/{image_shape}/{center_crop}/{fit}"
    stem = f"{Path(source.name).name}-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    images_path = _cache_folder() / f"{stem}.images.npy"
    labels_path = _cache_folder() / f"{stem}.labels.npy"
    if not images_path.exists():  # the images are renamed last, so they are whole
        temporary = images_path.with_suffix(f".{os.getpid()}.part")
        try:
            images = np.lib.format.open_memmap(temporary, "w+", np.uint8, shape)
            labels = np.full(source.size, -1, np.int32)
            _fill(images, labels, source, center_crop, fit)
            images.flush()
            np.save(labels_path, labels)
            temporary.rename(images_path)
        finally:
            temporary.unlink(missing_ok=True)
    return Store(source.name, np.load(images_path, mmap_mode="r"), np.load(labels_path))


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


def _cache_folder():
    root = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(root) / "ganzoo"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
