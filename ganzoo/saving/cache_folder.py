"""Where ganzoo keeps what it can make or fetch again, and where TFDS keeps its datasets."""

import os
from pathlib import Path

from ganzoo.errors import InputError
from ganzoo.saving.files import path_of


def cache_folder() -> Path:
    """Returns `$GANZOO_CACHE`, else `$XDG_CACHE_HOME/ganzoo`, else `~/.cache/ganzoo`.

    The folder need not exist.
    """
    if chosen := os.environ.get("GANZOO_CACHE"):
        return path_of(chosen)
    return path_of(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "ganzoo"


def folder_of_tfds(data_dir: str | None) -> Path:
    """Returns a folder of TensorFlow Datasets.

    Args:
        data_dir: what was given; None for TFDS's default, `$TFDS_DATA_DIR` or
            `~/tensorflow_datasets`.

    Raises:
        InputError: if that is a file.
    """
    folder = path_of(data_dir or os.environ.get("TFDS_DATA_DIR") or "~/tensorflow_datasets")
    if folder.is_file():
        raise InputError(
            f"TensorFlow Datasets are in a folder (data_dir). Received: the file {str(folder)!r}"
        )
    return folder
