"""Folders of pictures: which files and folders in them are data, and which are passed over.

Passed over are hidden files and folders, what systems and archives leave behind (`__MACOSX`,
`@eaDir`, `Thumbs.db`, ...), and what ganzoo itself writes: run folders, exports and caches.
"""

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ganzoo.errors import ResourceError
from ganzoo.images.files import is_picture

JUNK = {
    "__macosx", "@eadir", "#recycle", "$recycle.bin", "lost+found", "system volume information",
    "__pycache__",
}  # fmt: skip


def is_data_folder(folder: Path) -> bool:
    """Whether a folder's pictures can be data: it is neither hidden, nor junk, nor of ganzoo."""
    if folder.name.startswith(".") or folder.name.lower() in JUNK:
        return False
    is_run = (folder / "config.yaml").is_file() and (folder / "status.json").is_file()
    return not is_run and not (folder / "saved_model.pb").is_file()


def subfolders(folder: Path) -> list[Path]:
    """Returns the folders in a folder that can be data, sorted.

    Raises:
        ResourceError: if the folder cannot be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise ResourceError(f"{error.strerror}. Received: {str(folder)!r}") from error
    return [path for path in paths if path.is_dir() and is_data_folder(path)]


def pictures_below(folder: Path) -> list[str]:
    """Returns the names, relative to a folder, of all pictures in it and below it, sorted.

    Links are followed, each folder once.

    Raises:
        ResourceError: if one of the folders cannot be read.
    """
    return sorted(name for name in _files_below(folder) if is_picture(name))


def passed_over(folder: Path) -> dict[str, int]:
    """Returns how many files in a folder and below it are no pictures, by their suffixes."""
    others = (Path(name) for name in _files_below(folder) if not is_picture(name))
    return dict(sorted(Counter(path.suffix.lower() or path.name for path in others).items()))


def _files_below(folder: Path) -> Iterator[str]:
    def fail(error):
        raise ResourceError(f"{error.strerror}. Received: {str(error.filename)!r}") from error

    seen = set()
    for where, folders, files in os.walk(folder, onerror=fail, followlinks=True):
        if os.path.realpath(where) in seen:  # a link led back
            folders.clear()
            continue
        seen.add(os.path.realpath(where))
        folders[:] = [name for name in folders if is_data_folder(Path(where, name))]
        place = Path(where).relative_to(folder)
        yield from ((place / name).as_posix() for name in files)
