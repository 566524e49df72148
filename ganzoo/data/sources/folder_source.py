"""What every source of picture files in a folder has in common."""

import abc
from pathlib import Path

import tensorflow as tf

from ganzoo.data.sources.files import Files
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.layout import Layout
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError
from ganzoo.images.files import PICTURE_FORMATS
from ganzoo.images.folders import pictures_below


class FolderSource(Source):
    """Examples made of picture files; a subclass says in `read` what of which files.

    Args:
        name: the folder.
        identity, shapes, **names: as in `Source`.
        *files: of which an example takes the one at its position, from each.
    """

    has_random_access = True
    what = "images"
    is_side = False  # of an unpaired dataset

    def __init__(self, name: str | Path, identity, shapes, *files: Files, **names):
        super().__init__(str(name), identity, len(files[0]), shapes, **names)
        self._files = files

    @abc.abstractmethod
    def read(self, position): ...

    def class_counts(self) -> dict[str, int]:
        """Returns how many examples there are of each class; nothing where there are none."""
        return {}

    def examples(self):
        faults = set(self.known_faults())
        readable = [position for position in range(self.size) if position not in faults]
        positions = tf.data.Dataset.from_tensor_slices(tf.constant(readable, tf.int64))
        examples = positions.map(lambda p: (p, self.read(p)), tf.data.AUTOTUNE)
        return examples.ignore_errors()

    def files(self):
        # The names of the folders of two sides belong to the names; that of one folder may change.
        is_alone = len(self._files) == 1 and not self.is_side
        return {
            name if is_alone else f"{files.root.name}/{name}": size
            for files in self._files
            for name, size in files.bytes.items()
        }

    def known_faults(self):
        return list(dict.fromkeys(position for files in self._files for position in files.faults))

    def fault(self, position):
        found = (files.fault(position) for files in self._files)
        now_readable = (
            f"An image that could not be read can be now. Received: {self.example_name(position)!r}"
        )
        return next(filter(None, found), now_readable)

    def example_name(self, position):
        return str(self._files[0].paths[position])


def pictures_of(folder: Path) -> list[str]:
    """Returns the names of all pictures in a folder and below it; it must have some."""
    names = pictures_below(folder)
    if not names:
        raise InputError(
            f"There are no images in the folder or below it ({', '.join(PICTURE_FORMATS)}). "
            f"Received: {str(folder)!r}"
        )
    return names


def in_split(names: list[str], layout: Layout, folder: str | Path) -> list[str]:
    """Returns the names that are in the layout's split, where a tenth is to be held out."""
    if layout.held_out is None:
        return names
    return [names[position] for position in chosen(names, layout.held_out, str(folder))]
