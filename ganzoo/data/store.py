"""Decoded examples kept as uint8 arrays: in memory up to a budget, beyond it in files."""

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
from ganzoo.errors import ResourceError

READ_AT_ONCE = 256


@dataclass(frozen=True)
class Store:
    """The examples of one source, part by part.

    Args:
        name: the source's.
        parts: images uint8 `(size, height, width, 1 or 3)`, labels int32 `(size,)`.
    """

    name: str
    parts: dict[str, np.ndarray]

    def __len__(self):
        return len(next(iter(self.parts.values())))

    @property
    def sides(self) -> tuple[int, int]:
        """The height and width of the images."""
        return next(part.shape[1:3] for part in self.parts.values() if part.ndim > 1)

    def gather(self, names, indices, tops, lefts, height: int, width: int) -> list[tf.Tensor]:
        """Returns the named parts of some examples; of images a rectangle cut out of each.

        Args:
            names: of parts.
            indices: int64 `(count,)`.
            tops, lefts: int64 `(count,)`, the rectangles' corners; those of a pair are the same.
            height, width: the size of all rectangles.
        """
        return [_gather(self.parts[name], indices, tops, lefts, height, width) for name in names]


def _gather(part, indices, tops, lefts, height, width):
    def copied(indices, tops, lefts):
        if part.ndim == 1:
            return part[indices]
        images = np.empty((len(indices), height, width, part.shape[-1]), np.uint8)
        for image, index, top, left in zip(images, indices, tops, lefts, strict=True):
            image[:] = part[index, top : top + height, left : left + width]
        return images

    gathered = tf.numpy_function(copied, [indices, tops, lefts], part.dtype)
    shape = (*indices.shape, height, width, part.shape[-1])
    return tf.ensure_shape(gathered, shape[: part.ndim])


def fill_stores(sources, shapes, center_crop, fit: str, cache_gib: float) -> tuple[Store, ...]:
    """Decodes, crops and resizes every example of all sources, once.

    Args:
        sources: those of one dataset.
        shapes: what each part is kept at: `{"images": (64, 64, 3), "labels": ()}`.
        center_crop, fit: as in `load_dataset`.
        cache_gib: the GiB in memory that all of them may take together.
    """
    needed = sum(
        source.size * math.prod(shapes[part])
        for source in sources
        for part in source.shapes
        if part != "labels"
    )
    fill = _fill_memory if needed <= cache_gib * 2**30 else _fill_file
    return tuple(
        fill(source, {part: shapes[part] for part in source.shapes}, center_crop, fit)
        for source in sources
    )


def _fill_memory(source, shapes, center_crop, fit):
    parts = {part: np.empty((source.size, *shape), _dtype(shape)) for part, shape in shapes.items()}
    _fill(parts, source, center_crop, fit)
    return Store(source.name, parts)


def _fill_file(source, shapes, center_crop, fit):
    recipe = f"{source.identity}/{source.size}/{shapes}/{center_crop}/{fit}/{transforms.VERSION}"
    name = f"{Path(source.name).name}-{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ganzoo"
    folder, temporary = root / name, root / f".{name}.{os.getpid()}.part"
    try:
        if not folder.exists():
            temporary.mkdir(parents=True)
            files = {
                part: _new_file(temporary / f"{part}.npy", (source.size, *shape), _dtype(shape))
                for part, shape in shapes.items()
            }
            _fill(files, source, center_crop, fit)
            for file in files.values():
                file.flush()
            with contextlib.suppress(OSError):  # another process was faster
                temporary.rename(folder)
        parts = {part: np.load(folder / f"{part}.npy", mmap_mode="r") for part in shapes}
        return Store(source.name, parts)
    except ResourceError:  # of the source
        raise
    except (OSError, ValueError) as error:
        raise ResourceError(
            f"The image cache cannot be used: {error}. Free space, delete it to have it made "
            f"again, or set XDG_CACHE_HOME or cache_gib. Received: {str(folder)!r}"
        ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _dtype(shape):
    return np.uint8 if shape else np.int32


def _new_file(path, shape, dtype):
    array = np.lib.format.open_memmap(path, "w+", dtype, shape)
    with path.open("r+b") as file:
        # A full disk shows now, as an error, and not as a crash when a page is written.
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array


def _fill(parts, source, center_crop, fit):
    def prepare(example):
        return {
            part: transforms.prepare(example[part], array.shape[1:], center_crop, fit)
            if array.ndim > 1
            else tf.cast(example[part], tf.int32)
            for part, array in parts.items()
        }

    batches = source.examples().map(prepare, tf.data.AUTOTUNE).batch(READ_AT_ONCE).prefetch(2)
    start = 0
    # The bar shows only where this takes over two seconds.
    with tqdm(total=source.size, desc=f"Reading {source.name}", unit=" images", delay=2) as bar:
        for some in batches.as_numpy_iterator():
            end = start + len(next(iter(some.values())))
            for part, array in parts.items():
                array[start:end] = some[part]
            bar.update(end - start)
            start = end
    if start != source.size:
        raise ResourceError(f"{source.name!r} has {start} examples of the stated {source.size}")
