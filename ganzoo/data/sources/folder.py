"""A folder of pictures -> examples: which layouts it may have, and which it has.

| format | layouts |
|---|---|
| `images` | pictures, in subfolders too |
| `labelled` | a subfolder for each class; labels number them in the order of their names |
| `paired` | pictures with both images side by side, or subfolders `A` and `B` with equal names |
| `unpaired` | subfolders `A` and `B` |

Splits are subfolders `train`, `val` (or `valid`, `validation`) and `test` that hold such a layout, or
`trainA`, `trainB`, `testA` and so on in place of `A` and `B`. Where there are none, a tenth of the
files is held out: see `splits`.
"""

import re
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.data.sources import splits
from ganzoo.data.sources.files import Files, pictures_below
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError, listed, unknown

LAYOUTS = {
    "images": "FOLDER/image.jpg, in subfolders too",
    "labelled": "FOLDER/CLASS/image.jpg",
    "paired": "FOLDER/image.jpg with both images side by side, or FOLDER/A/name.jpg and "
    "FOLDER/B/name.jpg",
    "unpaired": "FOLDER/A/image.jpg and FOLDER/B/image.jpg",
}
SPLITS = {
    "train": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "test": "test", "": "",
}  # fmt: skip


def open_folder(given: str, batch_format: str, split: str) -> tuple[Source, ...]:
    """Returns a split of the pictures in a folder.

    Raises:
        ResourceError: if there is no such folder, or it cannot be read.
        InputError: if there are no pictures in it, its layout is not one of the format's, it has
            not that split, or the images of pairs do not match.
    """
    root = Path(given).expanduser()
    if not root.is_dir():
        raise ResourceError(f"There is no such folder of images. Received: {given!r}")
    if not pictures_below(root):
        raise InputError(f"There are no images in the folder or below it. Received: {given!r}")
