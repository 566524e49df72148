"""A folder of pictures -> examples; `layout` says which folders it may have."""

from dataclasses import replace
from pathlib import PurePosixPath

import tensorflow as tf

from ganzoo.data.sources.files import Files, pictures_below
from ganzoo.data.sources.held_out import chosen
from ganzoo.data.sources.layout import find_layout, wrong
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, listed
from ganzoo.images.files import PICTURE_FORMATS


def open_folder(given: str, batch_format: str, split: str) -> tuple[Source, ...]:
    """Returns a split of the pictures in a folder.

    Raises:
        ResourceError: if there is no such folder, or it cannot be read.
        InputError: if its layout is not one of the format's, there are no pictures where they
            should be, it does not have that split, or the images of pairs do not match.
    """
    layout = find_layout(given, batch_format, split)
    if batch_format == "labelled":
        return (_labelled(given, layout),)
    if batch_format == "paired":
        return (_twins(given, layout) if "A" in layout.sides else _halves(layout),)
    return tuple(_images(layout, side) for side in layout.sides)


def _images(layout, side):
    folder = layout.sides[side]
    files = Files(folder, _chosen(_pictures(folder), layout, folder))

    def read(position):
        return {"images": files.read(position)}

    return _source(folder, files.identity, {"images": files.shape}, read, files)


def _labelled(given, layout):
    folder = layout.sides[""]
    names = _pictures(folder)
    for name in names:
        if "/" not in name:
            raise wrong(given, "labelled", f"{name!r} is in no folder of a class")
    filled = {name.partition("/")[0] for name in names}
    for name in layout.classes:
        if (folder / name).is_dir() and name not in filled:
            raise InputError(f"A class without images. Received: {str(folder / name)!r}")
    names = _chosen(names, layout, folder)
    files = Files(folder, names)
    number = {name: label for label, name in enumerate(layout.classes)}
    labels = tf.constant([number[name.partition("/")[0]] for name in names], tf.int64)

    def read(position):
        return {"images": files.read(position), "labels": tf.gather(labels, position)}

    identity = f"{files.identity}/{layout.classes}"
    source = _source(folder, identity, {"images": files.shape, "labels": ()}, read, files)
    return replace(source, classes=tuple(layout.classes))


def _twins(given, layout):
    """Pairs in two folders, under the same names apart from their suffixes."""
    named = []
    for side in "AB":
        folder, by_stem = layout.sides[side], {}
        for name in _pictures(folder):
            stem = str(PurePosixPath(name).with_suffix(""))
            if stem in by_stem:
                raise InputError(
                    f"Two images have one name, {stem!r}, so that pairs cannot be told. "
                    f"Received: {str(folder / name)!r} and {str(folder / by_stem[stem])!r}"
                )
            by_stem[stem] = name
        named.append(by_stem)
    named_a, named_b = named
    if named_a.keys() != named_b.keys():
        alone_a, alone_b = sorted(named_a.keys() - named_b), sorted(named_b.keys() - named_a)
        raise InputError(
            f"Pairs are named alike in A and B; without a partner are {len(alone_a)} of "
            f"{len(named_a)} in A: {listed(alone_a)}; and {len(alone_b)} of {len(named_b)} in B: "
            f"{listed(alone_b)}. Received: {given!r}"
        )
    stems = _chosen(list(named_a), layout, given)
    a = Files(layout.sides["A"], [named_a[stem] for stem in stems])
    b = Files(layout.sides["B"], [named_b[stem] for stem in stems])

    def read(position):
        return {"inputs": a.read(position), "targets": b.read(position)}

    identity = f"{a.identity}/{b.identity}"
    return _source(given, identity, {"inputs": a.shape, "targets": b.shape}, read, a, b)


def _halves(layout):
    """Pairs side by side in one file each."""
    folder = layout.sides[""]
    files = Files(folder, _chosen(_pictures(folder), layout, folder))
    for position, width in files.widths.items():
        if width % 2:
            files.faults[position] = (
                f"An image of a pair side by side is half as wide as the picture, but its width "
                f"is odd, {width}. Received: {str(files.paths[position])!r}"
            )

    def read(position):
        image = files.read(position)
        middle = tf.shape(image)[1] // 2
        return {
            "inputs": tf.ensure_shape(image[:, :middle], shape),
            "targets": tf.ensure_shape(image[:, middle:], shape),
        }

    height, width, channels = files.shape
    shape = (height, width and width // 2, channels)
    return _source(folder, files.identity, {"inputs": shape, "targets": shape}, read, files)


def _source(folder, identity, shapes, read, *parts):
    """Returns the source of what `read` makes of files at one position of each of `parts`."""
    size = len(parts[0])
    faults = {position: fault for files in parts for position, fault in files.faults.items()}
    readable = [position for position in range(size) if position not in faults]

    def examples():
        dataset = tf.data.Dataset.from_tensor_slices(tf.constant(readable, tf.int64))
        return dataset.map(lambda p: (p, read(p)), tf.data.AUTOTUNE).ignore_errors()

    def fault(position):
        found = (files.fault(position) for files in parts)
        passed = f"An image that could not be read can be now. Received: {path(position)!r}"
        return next(filter(None, found), passed)

    def path(position):
        return str(parts[0].paths[position])

    return Source(str(folder), identity, size, shapes, examples, read, faults, fault, path)


def _pictures(folder):
    names = pictures_below(folder)
    if not names:
        raise InputError(
            f"There are no images in the folder or below it ({', '.join(PICTURE_FORMATS)}). "
            f"Received: {str(folder)!r}"
        )
    return names


def _chosen(names, layout, folder):
    if layout.held_out is None:
        return names
    return [names[position] for position in chosen(names, layout.held_out, str(folder))]
