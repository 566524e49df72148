"""A folder of pictures -> examples; `layout` says which folders it may have."""

import abc
import hashlib
from pathlib import Path, PurePosixPath

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Attributes, BatchFormat, Labels, Part
from ganzoo.data.sources.attribute_table import read_attributes
from ganzoo.data.sources.files import Files, pictures_below
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.layout import Layout, find_layout, wrong
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, listed
from ganzoo.images.files import PICTURE_FORMATS


def open_folder(given: str, batch_format: BatchFormat, split: str) -> tuple[Source, ...]:
    """Returns a split of the pictures in a folder.

    Raises:
        ResourceError: if there is no such folder, or it cannot be read.
        InputError: if its layout is not one of the format's, pictures are missing where they
            should be, it does not have that split, or pairs are incomplete.
    """
    layout = find_layout(given, batch_format, split)
    if batch_format.part_of(Labels):
        return (LabelledImages(given, layout, batch_format),)
    if batch_format.part_of(Attributes):
        return (AttributedImages(given, layout, batch_format),)
    if batch_format.is_paired:
        of_layout = TwoFolderPairs if "A" in layout.sides else SideBySidePairs
        return (of_layout(given, layout, batch_format),)
    parts = batch_format.parts
    return tuple(Images(layout, *of) for of in zip(layout.sides, parts, strict=True))


class FolderSource(Source):
    """Examples made of picture files; a subclass says in `read` what of which files.

    Args:
        name: the folder.
        identity, shapes, **names: as in `Source`.
        *files: of which an example takes the one at its position, from each.
    """

    has_random_access = True

    def __init__(self, name: str | Path, identity, shapes, *files: Files, **names):
        super().__init__(str(name), identity, len(files[0]), shapes, **names)
        self._files = files

    @abc.abstractmethod
    def read(self, position): ...

    def examples(self):
        faults = set(self.known_faults())
        readable = [position for position in range(self.size) if position not in faults]
        positions = tf.data.Dataset.from_tensor_slices(tf.constant(readable, tf.int64))
        examples = positions.map(lambda p: (p, self.read(p)), tf.data.AUTOTUNE)
        return examples.ignore_errors()

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


class Images(FolderSource):
    """All pictures in one folder and below it."""

    def __init__(self, layout: Layout, side: str, part: Part):
        folder = layout.sides[side]
        self._images = Files(folder, _in_split(_pictures(folder), layout, folder))
        self._name = part.source_name
        shapes = {self._name: self._images.shape}
        super().__init__(folder, self._images.identity, shapes, self._images)

    def read(self, position):
        return {self._name: self._images.read(position)}


class LabelledImages(FolderSource):
    """Pictures in a subfolder for each class."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        folder = layout.sides[""]
        names = _pictures(folder)
        for name in names:
            if "/" not in name:
                raise wrong(given, batch_format, f"{name!r} is in no folder of a class")
        with_images = {name.partition("/")[0] for name in names}
        for name in layout.classes:
            if (folder / name).is_dir() and name not in with_images:
                raise InputError(f"A class without images. Received: {str(folder / name)!r}")
        names = _in_split(names, layout, folder)
        self._images = Files(folder, names)
        number = {name: label for label, name in enumerate(layout.classes)}
        self._labels = tf.constant([number[name.partition("/")[0]] for name in names], tf.int64)
        (picture,), label = batch_format.pictures, batch_format.part_of(Labels)
        self._names = picture.source_name, label.source_name
        super().__init__(
            folder,
            f"{self._images.identity}/{layout.classes}",
            dict(zip(self._names, (self._images.shape, ()), strict=True)),
            self._images,
            classes=tuple(layout.classes),
        )

    def read(self, position):
        images, labels = self._images.read(position), tf.gather(self._labels, position)
        return dict(zip(self._names, (images, labels), strict=True))


class AttributedImages(FolderSource):
    """Pictures with their rows of `attributes.csv`, which is in the folder that was given."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        root, folder = Path(given).expanduser(), layout.sides[""]
        (picture,), part = batch_format.pictures, batch_format.part_of(Attributes)
        self._names = picture.source_name, part.source_name
        names, values = read_attributes(root, _pictures(root), part.kind.names)
        pictures = _in_split(_pictures(folder), layout, folder)
        self._images = Files(folder, pictures)
        rows = [values[(folder / name).relative_to(root).as_posix()] for name in pictures]
        self._attributes = np.stack(rows)
        digest = hashlib.sha256(self._attributes.tobytes()).hexdigest()
        super().__init__(
            folder,
            f"{self._images.identity}/{names}/{digest}",
            dict(zip(self._names, (self._images.shape, (len(names),)), strict=True)),
            self._images,
            attributes=names,
        )

    def read(self, position):
        values = self._images.read(position), tf.gather(self._attributes, position)
        return dict(zip(self._names, values, strict=True))


class TwoFolderPairs(FolderSource):
    """Pairs in two folders, with the same names apart from their suffixes."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        a, b = (_by_stem(layout.sides[side]) for side in "AB")
        if a.keys() != b.keys():
            alone_a, alone_b = sorted(a.keys() - b), sorted(b.keys() - a)
            raise InputError(
                f"Pairs are named alike in A and B; without a partner are {len(alone_a)} of "
                f"{len(a)} in A: {listed(alone_a)}; and {len(alone_b)} of {len(b)} in B: "
                f"{listed(alone_b)}. Received: {given!r}"
            )
        stems = _in_split(list(a), layout, given)
        self._a = Files(layout.sides["A"], [a[stem] for stem in stems])
        self._b = Files(layout.sides["B"], [b[stem] for stem in stems])
        identity = f"{self._a.identity}/{self._b.identity}"
        self._names = batch_format.names
        shapes = dict(zip(self._names, (self._a.shape, self._b.shape), strict=True))
        super().__init__(given, identity, shapes, self._a, self._b)

    def read(self, position):
        images = self._a.read(position), self._b.read(position)
        return dict(zip(self._names, images, strict=True))


class SideBySidePairs(FolderSource):
    """Pairs whose two images lie side by side in one file."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        folder = layout.sides[""]
        self._pairs = Files(folder, _in_split(_pictures(folder), layout, folder))
        for position, width in self._pairs.widths.items():
            if width % 2:
                self._pairs.faults[position] = (
                    f"An image of a pair side by side is half as wide as the picture, but its "
                    f"width is odd, {width}. Received: {str(self._pairs.paths[position])!r}"
                )
        height, width, channels = self._pairs.shape
        self._shape = (height, width and width // 2, channels)
        self._names = batch_format.names
        shapes = dict.fromkeys(self._names, self._shape)
        super().__init__(folder, self._pairs.identity, shapes, self._pairs)

    def read(self, position):
        image = self._pairs.read(position)
        middle = tf.shape(image)[1] // 2
        halves = image[:, :middle], image[:, middle:]
        return {
            name: tf.ensure_shape(half, self._shape)
            for name, half in zip(self._names, halves, strict=True)
        }


def _by_stem(folder):
    """Returns {name without its suffix: name} of the pictures in a folder."""
    by_stem = {}
    for name in _pictures(folder):
        stem = str(PurePosixPath(name).with_suffix(""))
        if stem in by_stem:
            raise InputError(
                f"Two images have one name, {stem!r}, so that their partner is ambiguous. "
                f"Received: {str(folder / name)!r} and {str(folder / by_stem[stem])!r}"
            )
        by_stem[stem] = name
    return by_stem


def _pictures(folder):
    names = pictures_below(folder)
    if not names:
        raise InputError(
            f"There are no images in the folder or below it ({', '.join(PICTURE_FORMATS)}). "
            f"Received: {str(folder)!r}"
        )
    return names


def _in_split(names, layout, folder):
    if layout.held_out is None:
        return names
    return [names[position] for position in chosen(names, layout.held_out, str(folder))]
