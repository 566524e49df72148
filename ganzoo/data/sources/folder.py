"""A folder of pictures -> examples; `layout` says which folders it may have."""

import hashlib
import logging
from collections import Counter

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import Attributes, BatchFormat, Labels, Part
from ganzoo.data.sources import ages
from ganzoo.data.sources.attribute_table import read_attributes
from ganzoo.data.sources.files import Files
from ganzoo.data.sources.folder_source import FolderSource, in_split, pictures_of
from ganzoo.data.sources.layout import Layout, find_layout, wrong
from ganzoo.data.sources.pairs import SideBySidePairs, TwoFolderPairs
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, listed
from ganzoo.images.folders import passed_over
from ganzoo.saving.files import path_of

logger = logging.getLogger(__name__)


def open_folder(given: str, batch_format: BatchFormat, split: str) -> tuple[Source, ...]:
    """Returns a split of the pictures in a folder.

    Raises:
        ResourceError: if there is no such folder, or it cannot be read.
        InputError: if its layout is not one of the format's, pictures are missing where they
            should be, it does not have that split, or pairs are incomplete.
    """
    layout = find_layout(given, batch_format, split)
    if batch_format.part_of(Labels):
        sources = (LabelledImages(given, layout, batch_format),)
    elif batch_format.part_of(Attributes):
        sources = (AttributedImages(given, layout, batch_format),)
    elif batch_format.is_paired:
        of_layout = TwoFolderPairs if "A" in layout.sides else SideBySidePairs
        sources = (of_layout(given, layout, batch_format),)
    else:
        parts = batch_format.parts
        sources = tuple(Images(layout, *of) for of in zip(layout.sides, parts, strict=True))
    logger.info(_described(sources, layout))
    return sources


def _described(sources, layout):
    """One line: how many examples of which folders, by which rule, and what was passed over."""
    folders = ", ".join(map(str, layout.sides.values()))
    rule = f", {layout.held_out} of it" if layout.held_out not in (None, "all") else ""
    line = (
        f"{' and '.join(f'{source.size:,}' for source in sources)} {sources[0].what} in {folders}"
    )
    if classes := sources[0].class_counts():
        counts = listed([f"{name} {count:,}" for name, count in classes.items()])
        rule += f", in {len(classes)} classes: {counts}"
    others = Counter()
    for folder in layout.sides.values():
        others += Counter(passed_over(folder))
    if others:
        rule += f"; passed over: {listed([f'{count:,} {kind}' for kind, count in others.items()])}"
    return line + rule


class Images(FolderSource):
    """All pictures in one folder and below it."""

    def __init__(self, layout: Layout, side: str, part: Part):
        folder = layout.sides[side]
        self._images = Files(folder, in_split(pictures_of(folder), layout, folder), part.kind)
        self._name = part.source_name
        self.is_side = side != ""
        shapes = {self._name: self._images.shape}
        super().__init__(folder, self._images.identity, shapes, self._images)

    def read(self, position):
        return {self._name: self._images.read(position)}


class LabelledImages(FolderSource):
    """Pictures in a subfolder for each class, or whose names say their ages and genders."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        folder = layout.sides[""]
        names = pictures_of(folder)
        class_of = ages.class_of if layout.by_age else _folder_of
        for name in names:
            if class_of(name) is None:
                lacks = "has no age and gender" if layout.by_age else "is in no folder of a class"
                raise wrong(given, batch_format, f"{name!r} {lacks}")
        with_images = {class_of(name) for name in names}
        for name in layout.classes:
            if (folder / name).is_dir() and name not in with_images:
                raise InputError(f"A class without images. Received: {str(folder / name)!r}")
        names = in_split(names, layout, folder)
        (picture,), label = batch_format.pictures, batch_format.part_of(Labels)
        self._images = Files(folder, names, picture.kind)
        number = {name: label for label, name in enumerate(layout.classes)}
        self._labels = tf.constant([number[class_of(name)] for name in names], tf.int64)
        self._names = picture.source_name, label.source_name
        super().__init__(
            folder,
            f"{self._images.identity}/{layout.classes}",
            dict(zip(self._names, (self._images.shape, ()), strict=True)),
            self._images,
            classes=tuple(layout.classes),
        )

    def class_counts(self):
        numbers = np.bincount(self._labels, minlength=len(self.classes))
        return dict(zip(self.classes, map(int, numbers), strict=True))

    def read(self, position):
        images, labels = self._images.read(position), tf.gather(self._labels, position)
        return dict(zip(self._names, (images, labels), strict=True))


def _folder_of(name):
    """The folder of a class that a picture is in, None if it is in none."""
    return name.partition("/")[0] if "/" in name else None


class AttributedImages(FolderSource):
    """Pictures with their rows of `attributes.csv`, which is in the folder that was given."""

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        root, folder = path_of(given), layout.sides[""]
        (picture,), part = batch_format.pictures, batch_format.part_of(Attributes)
        self._names = picture.source_name, part.source_name
        names, values = read_attributes(root, pictures_of(root), part.kind.names)
        pictures = in_split(pictures_of(folder), layout, folder)
        self._images = Files(folder, pictures, picture.kind)
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
