"""Pairs of pictures in a folder: in two folders, or side by side in one file."""

import os
from pathlib import PurePosixPath

import numpy as np
import tensorflow as tf

from ganzoo.batch_formats import BatchFormat
from ganzoo.data.sources.decoding import decoded
from ganzoo.data.sources.files import Files
from ganzoo.data.sources.folder_source import FolderSource, in_split, pictures_of
from ganzoo.data.sources.layout import Layout
from ganzoo.errors import InputError, ResourceError, listed


class TwoFolderPairs(FolderSource):
    """Pairs in two folders, with the same names apart from their suffixes."""

    what = "pairs of files of one name"

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        a, b = (_by_stem(layout.sides[side]) for side in "AB")
        if a.keys() != b.keys():
            alone_a, alone_b = sorted(a.keys() - b), sorted(b.keys() - a)
            raise InputError(
                f"Pairs are named alike in A and B; without a partner are {len(alone_a)} of "
                f"{len(a)} in A: {listed(alone_a)}; and {len(alone_b)} of {len(b)} in B: "
                f"{listed(alone_b)}. Received: {given!r}"
            )
        stems = in_split(list(a), layout, given)
        first, second = (part.kind for part in batch_format.parts)
        self._a = Files(layout.sides["A"], [a[stem] for stem in stems], first)
        self._b = Files(layout.sides["B"], [b[stem] for stem in stems], second)
        identity = f"{self._a.identity}/{self._b.identity}"
        self._names = batch_format.names
        shapes = dict(zip(self._names, (self._a.shape, self._b.shape), strict=True))
        super().__init__(given, identity, shapes, self._a, self._b)

    def read(self, position):
        images = self._a.read(position), self._b.read(position)
        return dict(zip(self._names, images, strict=True))


class SideBySidePairs(FolderSource):
    """Pairs whose two images lie side by side in one file."""

    what = "pairs side by side"

    def __init__(self, given: str, layout: Layout, batch_format: BatchFormat):
        folder = layout.sides[""]
        names = in_split(pictures_of(folder), layout, folder)
        images = next(part.kind for part in batch_format.parts if not part.kind.decodes)
        self._pairs = Files(folder, names, images)
        for position, (height, width) in self._pairs.sizes.items():
            if width % 2 or width <= height:
                reason = "its width is odd" if width % 2 else "it is not wider than high"
                self._pairs.faults[position] = (
                    f"A pair side by side is two images of one size in one picture, but {reason}, "
                    f"{width}x{height}; pairs can also be files of one name in folders A and B. "
                    f"Received: {str(self._pairs.paths[position])!r}"
                )
        height, width, channels = self._pairs.shape
        self._shape = (height, width and width // 2, channels)
        self._parts = batch_format.parts
        self._places = tf.constant([os.fsencode(path) for path in self._pairs.paths])
        for part in self._parts:
            part.kind.check_channels(channels, str(folder))
        shapes = {
            part.name: (*self._shape[:2], 1) if part.kind.decodes else self._shape
            for part in self._parts
        }
        super().__init__(folder, self._pairs.identity, shapes, self._pairs)

    def read(self, position):
        image = self._pairs.read(position)
        middle = tf.shape(image)[1] // 2
        halves = image[:, :middle], image[:, middle:]
        where = tf.gather(self._places, position)
        return {
            part.name: decoded(part.kind, tf.ensure_shape(half, self._shape), where)
            for part, half in zip(self._parts, halves, strict=True)
        }

    def fault(self, position):
        if (found := self._pairs.fault(position)) is not None:
            return found
        halves = np.split(self._pairs.read(position).numpy(), 2, axis=1)
        for part, half in zip(self._parts, halves, strict=True):
            try:
                if part.kind.decodes:
                    part.kind.decode(half, self.example_name(position))
            except ResourceError as error:
                return str(error)
        return super().fault(position)


def _by_stem(folder):
    """Returns {name without its suffix: name} of the pictures in a folder."""
    by_stem = {}
    for name in pictures_of(folder):
        stem = str(PurePosixPath(name).with_suffix(""))
        if stem in by_stem:
            raise InputError(
                f"Two images have one name, {stem!r}, so that their partner is ambiguous. "
                f"Received: {str(folder / name)!r} and {str(folder / by_stem[stem])!r}"
            )
        by_stem[stem] = name
    return by_stem
