"""Files that datasets are made of, and whether one is the right one."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from ganzoo.errors import ResourceError
from ganzoo.saving.files import written_atomically

READ_AT_ONCE = 2**20


@dataclass(frozen=True)
class Archive:
    """A file to download.

    Args:
        url: where from.
        filename: what it is called in a folder of downloads.
        algorithm: of the checksum, `"md5"` or `"sha256"`.
        checksum: in hexadecimal.
        size: in bytes, if it is known.
    """

    url: str
    filename: str
    algorithm: str
    checksum: str
    size: int | None = None

    def verify(self, path: Path) -> None:
        """Reads a file to the end, with progress, to see that it is this one.

        Raises:
            ResourceError: if it is not, or cannot be read.
        """
        try:
            received_size = path.stat().st_size
            if self.size in (None, received_size):
                received = self._checksum_of(path, received_size)
                if received == self.checksum:
                    return
                received = f"{self.algorithm.upper()} {received}"
                right = f"{self.algorithm.upper()} {self.checksum}"
            else:
                received, right = f"{received_size:,} bytes", f"{self.size:,} bytes"
        except OSError as error:
            raise ResourceError(f"{error.strerror}. Received: {str(path)!r}") from error
        raise ResourceError(
            f"This is not {self.filename} as published: it has {received}, and {right} would be "
            f"right. Delete it, and get it again from {self.url}. Received: {str(path)!r}"
        )

    def _checksum_of(self, path, size):
        digest = hashlib.new(self.algorithm, usedforsecurity=False)
        for block in _blocks(path, size, "Checking"):
            digest.update(block)
        return digest.hexdigest()


def put_into(folder: Path, path: Path) -> None:
    """Makes a file appear in a folder, which is made if need be: as a hard link, or as a copy.

    Raises:
        ResourceError: if that fails.
    """
    with written_atomically(folder / path.name) as temporary:
        try:
            os.link(path, temporary)
        except OSError:  # another file system, or one without links
            with temporary.open("wb") as file:
                for block in _blocks(path, path.stat().st_size, "Copying"):
                    file.write(block)


def _blocks(path, size, title):
    bar = tqdm(total=size, desc=f"{title} {path.name}", unit="B", unit_scale=True, delay=2)
    with path.open("rb") as file, bar:
        while block := file.read(READ_AT_ONCE):
            yield block
            bar.update(len(block))
