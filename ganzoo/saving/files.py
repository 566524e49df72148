"""Files and folders that appear complete or not at all, and what is said where one cannot be.

What is written goes to a hidden temporary path in the same folder, and takes its place by a rename
when it is complete. So a reader never meets half of a file, a writer that fails leaves what was
there before, and two processes that write one file each write a temporary one of their own. A
process that is killed may leave its temporary path behind, under a name that no reader asks for.
"""

import contextlib
import csv
import errno
import glob
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

from ganzoo.errors import InputError, ResourceError


def path_of(given: str | os.PathLike) -> Path:
    """Returns what somebody has given as a path, with the home folder in the place of a `~`.

    Raises:
        InputError: if it begins with `~`, and that has no home folder.
    """
    try:
        return Path(given).expanduser()
    except RuntimeError as error:
        raise InputError(
            "There is no home folder to put for ~; set HOME, or write the whole path. "
            f"Received: {str(given)!r}"
        ) from error


@contextlib.contextmanager
def written_atomically(
    path: str | os.PathLike, *, keep_suffix: bool = False, explain: bool = True
) -> Iterator[Path]:
    """Yields a temporary path for a file, which replaces `path` when the block has ended well.

    Folders on the way are made. If the block fails, the temporary file is removed and `path` is
    what it was.

    Args:
        path: the file.
        keep_suffix: whether the temporary path ends as `path` does, for a writer that chooses the
            format by it.
        explain: whether an `OSError` becomes a `ResourceError`; False where the caller has more to
            say.

    Raises:
        ResourceError: if the file cannot be written.
    """
    path = path_of(path)
    with _temporary(path, path.suffix if keep_suffix else "", explain and "file") as temporary:
        yield temporary
        temporary.replace(path)


@contextlib.contextmanager
def folder_written_atomically(
    path: str | os.PathLike,
    *,
    if_exists: Literal["fail", "replace", "keep"] = "fail",
    explain: bool = True,
) -> Iterator[Path]:
    """Yields a temporary path for a folder, which becomes `path` when the block has ended well.

    The block makes the folder: nothing is at the temporary path when it begins. Folders on the way
    to it are made. If the block fails, the temporary folder is removed and `path` is what it was.

    Args:
        path: the folder.
        if_exists: what happens if there is a folder already: `"fail"`, before the block and after
            it; `"replace"`; or `"keep"` the one that is there, which another process has made of
            the same content.
        explain: as of `written_atomically`.

    Raises:
        ResourceError: if the folder cannot be written.
    """
    path = path_of(path)
    with _temporary(path, "", explain and "folder") as temporary:
        if if_exists == "fail" and path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        yield temporary
        if if_exists == "replace" and path.exists():
            shutil.rmtree(path)
        try:
            temporary.rename(path)
        except OSError:
            if if_exists != "keep" or not path.is_dir():
                raise


@contextlib.contextmanager
def _temporary(path, suffix, kind):
    """Yields the temporary path; `kind` is what an error calls `path`, False to let it through."""
    # The process's number tells a person whether its writer still lives. It is not enough by
    # itself: processes in two containers, or of two machines with one file system, can share it.
    writer = f"{os.getpid()}-{os.urandom(2).hex()}"
    name = path.name.removesuffix(suffix)[:40]  # a name may be 255 bytes long, all in all
    temporary = path.with_name(f".{name}.{writer}.part{suffix}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
    except ResourceError:
        raise
    except OSError as error:
        if not kind:
            raise
        raise ResourceError(
            f"The {kind} cannot be written: {_reason(error, path, temporary)}. "
            f"Received: {str(path)!r}"
        ) from error
    finally:
        _remove(temporary)


def _reason(error, path, temporary):
    """Returns what the system says, in one line, with the name of what is in the way elsewhere."""
    reason = " ".join((error.strerror or str(error) or type(error).__name__).split())
    place = "" if error.strerror is None or error.filename is None else str(error.filename)
    is_own = place in ("", str(path)) or place.startswith(str(temporary))
    return reason if is_own else f"{reason}: {place!r}"


def _remove(path):
    with contextlib.suppress(OSError):  # the first error is the one to report
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def remove_leftovers(folder: str | os.PathLike, beginning: str) -> None:
    """Removes the temporary files and folders that killed processes left in a folder.

    It is for the one process that writes there, such as the one that has locked a run: it would
    remove what another is writing.

    Args:
        folder: where they are.
        beginning: of the names of what was being written, such as `"step-"`.
    """
    for path in Path(folder).glob(f".{glob.escape(beginning)}*.part*"):
        _remove(path)


def check_utf8(path: str | os.PathLike) -> None:
    """Raises an InputError for a path that is no UTF-8, where TensorFlow is to write: it cannot."""
    try:
        os.fspath(path).encode()
    except UnicodeEncodeError:
        raise InputError(
            f"TensorFlow writes to paths in UTF-8 alone; rename it. Received: {str(path)!r}"
        ) from None


def check_keras_file(path: str | os.PathLike) -> None:
    """Raises a ResourceError for a `.keras` file that is cut off, which Keras says is not there."""
    if not zipfile.is_zipfile(path):
        raise ResourceError(
            f"Not a complete .keras file: it is no zip file. Received: {str(path)!r}"
        )


def flush_to_disk(path: str | os.PathLike) -> None:
    """Waits until a file, or a folder's list of files, is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_bytes(path: str | os.PathLike, content: bytes) -> None:
    """Writes a file as `written_atomically` does."""
    with written_atomically(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: str | os.PathLike, text: str) -> None:
    """Writes a file of text, UTF-8, as `written_atomically` does."""
    write_bytes(path, text.encode())


def write_json(path: str | os.PathLike, value: Any, indent: int | None = None) -> None:
    """Writes a value as a JSON file that ends its last line, as `written_atomically` does."""
    write_text(path, json.dumps(value, indent=indent) + "\n")


def read_json(path: str | os.PathLike, check: Callable[[Any], Any] = lambda value: value) -> Any:
    """Returns what a JSON file holds that ganzoo itself writes.

    Args:
        path: the file.
        check: takes the file's value and returns the result. What it raises where it does not find
            what it takes out of the value says that the file is damaged.

    Raises:
        FileNotFoundError: if there is no such file.
        ResourceError: if it is not what ganzoo wrote.
    """
    with written_by_ganzoo(path):
        return check(json.loads(Path(path).read_text(encoding="utf-8")))


@contextlib.contextmanager
def written_by_ganzoo(path: str | os.PathLike, *more: type[Exception]) -> Iterator[None]:
    """Within the block a file is read that ganzoo wrote; where it is damaged, the error names it.

    Args:
        path: the file, or the folder whose files are read.
        *more: exceptions that say so as well, beside those of JSON, CSV and NPZ files, and of
            values that are missing or of another type.

    Raises:
        ResourceError: if the block raised one of these.
    """
    damage = (
        ValueError, LookupError, TypeError, AttributeError, EOFError, csv.Error, zipfile.BadZipFile,
    )  # fmt: skip
    try:
        yield
    except ResourceError:
        raise
    except (*damage, *more) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise ResourceError(f"Not what ganzoo wrote: {reason}. Received: {str(path)!r}") from error
