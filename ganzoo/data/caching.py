"""Sources -> examples: each is read once, and cached in memory, in files, or not at all.

So it is known before the first batch which files can be read. The next run finds the cache's files,
and in them also which files were skipped.
"""

import hashlib
import json
import logging
import math
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ganzoo.data.examples import CachedExamples, UncachedExamples
from ganzoo.data.preprocessing import Preprocessing
from ganzoo.data.reading import read_through
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.cache_folder import cache_folder
from ganzoo.saving.files import folder_written_atomically

logger = logging.getLogger(__name__)
VERSION = 2  # of the preprocessing; caches of another are not read
NAMED = 3  # unreadable files in a warning


def open_examples(
    sources: Sequence[Source],
    preprocessing: Preprocessing,
    cache: str,
    cache_gib: float,
    skip_bad: bool,
) -> tuple[CachedExamples | UncachedExamples, ...]:
    """Reads every example of all sources of a dataset.

    Args:
        sources: one, or those of both sides.
        preprocessing: of the examples.
        cache: `"none"` to cache none.
        cache_gib: the GiB in memory that all of them may take together.
        skip_bad: whether files that cannot be read are skipped.

    Returns:
        The examples of each source.

    Raises:
        InputError: for `"none"` and a source without random access.
        ResourceError: for files that cannot be read, or a cache that cannot be used.
    """
    if cache == "none":
        return tuple(_uncached(source, preprocessing, skip_bad) for source in sources)
    in_memory = cached_bytes(sources, preprocessing) <= cache_gib * 2**30
    cached = _in_memory if in_memory else _in_files
    return tuple(cached(source, preprocessing, skip_bad) for source in sources)


def cached_bytes(sources: Sequence[Source], preprocessing: Preprocessing) -> int:
    """Returns the size in bytes of all sources' pictures in the cache."""
    return sum(
        source.size * math.prod(shape)
        for source in sources
        for part, shape in preprocessing.shapes(source.shapes).items()
        if preprocessing.kinds[part].is_picture
    )


def _in_memory(source, preprocessing, skip_bad):
    parts = {
        part: np.empty((source.size, *shape), preprocessing.kinds[part].cached_type)
        for part, shape in preprocessing.shapes(source.shapes).items()
    }
    skipped = _fill(parts, source, preprocessing.apply, skip_bad)
    return CachedExamples(source.name, _readable(parts, skipped, source, skip_bad))


def _in_files(source, preprocessing, skip_bad):
    shapes = preprocessing.shapes(source.shapes)
    key = f"{shapes}/{preprocessing.center_crop}/{preprocessing.fit}/{VERSION}"
    key += "".join(preprocessing.kinds[part].cache_key for part in shapes)
    parts, skipped = _from_files(source, key, shapes, preprocessing.apply, preprocessing, skip_bad)
    return CachedExamples(source.name, _readable(parts, skipped, source, skip_bad))


def _uncached(source, preprocessing, skip_bad):
    if not source.has_random_access:
        raise InputError(
            "cache='none' decodes files of a folder whenever they are needed; this dataset needs "
            f"the cache (with cache_gib=0 it takes no memory). Received: {source.name!r}"
        )
    pictures = {part for part in source.shapes if preprocessing.kinds[part].is_picture}
    shapes = preprocessing.shapes(source.shapes)
    small = {part: shape for part, shape in shapes.items() if part not in pictures}

    def without_pictures(example):
        return preprocessing.apply({part: example[part] for part in small})

    key = "which can be read"
    key += "".join(preprocessing.kinds[part].cache_key for part in shapes)
    parts, skipped = _from_files(source, key, small, without_pictures, preprocessing, skip_bad)
    parts = _readable(parts, skipped, source, skip_bad)
    positions = [position for position in range(source.size) if position not in skipped]
    return UncachedExamples(source, np.array(positions, np.int64), parts, preprocessing)


def _from_files(source, key, shapes, transform, preprocessing, skip_bad):
    """Returns the preprocessed parts, and the faults of the skipped files, by position."""
    digest = hashlib.sha256(f"{source.identity}/{source.size}/{key}".encode()).hexdigest()[:16]
    name = f"{Path(source.name).name}-{digest}"
    folder = cache_folder() / name
    try:
        if source.identity is None:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # What is mapped from deleted files stays until it is let go.
            with tempfile.TemporaryDirectory(
                prefix=f".{name}.", dir=folder.parent, ignore_cleanup_errors=True
            ) as temporary:
                _write(Path(temporary), source, shapes, transform, preprocessing, skip_bad)
                return _mapped(Path(temporary), shapes)
        if not folder.exists():
            with folder_written_atomically(folder, if_exists="keep", explain=False) as temporary:
                temporary.mkdir()
                _write(temporary, source, shapes, transform, preprocessing, skip_bad)
        return _mapped(folder, shapes)
    except ResourceError:  # of the source
        raise
    except (OSError, ValueError) as error:
        raise ResourceError(
            f"The image cache cannot be used: {error}. Free space, delete it to have it made "
            f"again, or set XDG_CACHE_HOME or cache_gib. Received: {str(folder)!r}"
        ) from error


def _write(folder, source, shapes, transform, preprocessing, skip_bad):
    files = {
        part: _new_file(
            folder / f"{part}.npy", (source.size, *shape), preprocessing.kinds[part].cached_type
        )
        for part, shape in shapes.items()
    }
    skipped = _fill(files, source, transform, skip_bad)
    for file in files.values():
        file.flush()
    (folder / "skipped.json").write_text(json.dumps(skipped))


def _mapped(folder, shapes):
    parts = {part: np.load(folder / f"{part}.npy", mmap_mode="r") for part in shapes}
    skipped = json.loads((folder / "skipped.json").read_text())
    return parts, {int(position): fault for position, fault in skipped.items()}


def _fill(parts, source, transform, skip_bad):
    """Writes the examples that can be read one after another; returns the others' faults."""
    start, skipped = 0, {}
    for count, some in read_through(source, transform, skip_bad, skipped):
        for part, array in parts.items():
            array[start : start + count] = some[part]
        start += count
    return skipped


def _readable(parts, skipped, source, skip_bad):
    """Returns the parts without the space of the skipped examples.

    Of these it warns, or raises the first one's error if none may be skipped.
    """
    faults = list(skipped.values())
    if faults and not skip_bad:
        raise ResourceError(faults[0])
    if len(faults) == source.size:
        raise ResourceError(f"No image can be read; of the first: {faults[0]}")
    if faults:
        logger.warning(
            "Skipped %d of the %d images in %s: %s%s", len(faults), source.size, source.name,
            "; ".join(faults[:NAMED]), "; ..." if len(faults) > NAMED else "",
        )  # fmt: skip
    return {part: array[: source.size - len(faults)] for part, array in parts.items()}


def _new_file(path, shape, dtype):
    array = np.lib.format.open_memmap(path, "w+", dtype, shape)
    with path.open("r+b") as file:
        # A full disk shows now, as an error, and not as a crash when a page is written.
        os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
    return array
