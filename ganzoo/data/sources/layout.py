"""Which folders hold the pictures of a split: the layouts that a folder of pictures may have.

| parts of the format | layout |
|---|---|
| a picture | pictures, in subfolders too |
| a picture and a label | a subfolder for each class; a label is its number in the names' order |
| | or pictures whose names begin with an age and a gender, as UTKFace's (`ages`) |
| a picture and attributes | pictures, in subfolders too, and a table, `attributes.csv` |
| two pictures | pictures with both side by side, or subfolders `A` and `B` with equal names |
| two independent pictures | subfolders `A` and `B` |

Splits are subfolders `train` (or `training`), `val` (or `valid`, `validation`) and `test` (or
`testing`), with no other subfolders next to them, each of such a layout, or `trainA`, `trainB`,
`testA` and so on. Sides are `A` and `B`, or `inputs` and `targets`, or `source` and `target`. Case
does not matter. Without splits a tenth is held out: see `held_out`.

What looks like one of these layouts, and is not quite it, is refused: it is never read as another.
"""

from dataclasses import dataclass
from pathlib import Path

from ganzoo.batch_formats import Attributes, BatchFormat, Labels
from ganzoo.data.sources import ages
from ganzoo.errors import InputError, ResourceError, listed, unknown
from ganzoo.images.files import is_picture
from ganzoo.images.folders import pictures_below, subfolders
from ganzoo.saving.files import path_of

FLAT = "FOLDER/image.jpg, in subfolders too"
CLASSES = "FOLDER/CLASS/image.jpg, or FOLDER/AGE_GENDER_name.jpg"
TABLE = "FOLDER/image.jpg, in subfolders too, and FOLDER/attributes.csv"
PAIRS = "FOLDER/image.jpg with both images side by side, or FOLDER/A/name.jpg and FOLDER/B/name.jpg"
SIDES = "FOLDER/A/image.jpg and FOLDER/B/image.jpg"
SPLITS = {
    "train": "train", "training": "train", "val": "validation", "valid": "validation",
    "validation": "validation", "test": "test", "testing": "test", "": "",
}  # fmt: skip
SIDES_NAMED = {
    "a": "A", "input": "A", "inputs": "A", "source": "A",
    "b": "B", "target": "B", "targets": "B",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Where the pictures of a split are.

    Args:
        sides: `{"": folder}`, or a folder for each of `"A"` and `"B"`.
        held_out: the split, where the folder has none of its own and a tenth is to be held out.
        classes: the names of all classes of all splits, in the order of their labels, where the
            format has labels.
        by_age: whether these are in the names of files (`ages`), and not folders.
    """

    sides: dict[str, Path]
    held_out: str | None
    classes: list[str]
    by_age: bool = False


def drawn(batch_format: BatchFormat) -> str:
    """Returns the layout of a format's folders, as a drawing: one of those of this file.

    Raises:
        InputError: if a folder of pictures cannot hold the parts of the format.
    """
    pictures, others = len(batch_format.pictures), len(batch_format.parts)
    others -= pictures
    if pictures == 2 and not others:
        return SIDES if batch_format.independent else PAIRS
    if pictures == 1 and not others:
        return FLAT
    if pictures == others == 1 and batch_format.part_of(Labels):
        return CLASSES
    if pictures == others == 1 and batch_format.part_of(Attributes):
        return TABLE
    raise InputError(
        f"A folder of pictures has no {' and '.join(batch_format.names)}; give arrays, an .npz "
        f"file or a tf.data.Dataset. Received: batch_format={batch_format.name!r}"
    )


def find_layout(given: str, batch_format: BatchFormat, split: str) -> Layout:
    """Returns where the pictures of a split are in a folder.

    Raises:
        ResourceError: if there is no such folder, or it cannot be read.
        InputError: if its layout is not one of the format's, or it does not have that split.
    """
    root = path_of(given)
    if root.is_file():
        raise InputError(
            f"A dataset is a folder of pictures, or an .npz file. Received: the file {given!r}"
        )
    if not root.is_dir():
        raise ResourceError(f"There is no such folder. Received: {given!r}")
    layout = drawn(batch_format)
    two_sided = layout in (PAIRS, SIDES)
    splits = (two_sided and _sides(root)) or _splits(root, layout)
    if not two_sided and _sides(root).keys() - {""}:
        raise wrong(given, batch_format, "Its sides A and B are separate folders; give one of them")
    split = SPLITS.get(split, split)
    held_out = split if "" in splits else None
    if held_out is None and split not in splits:
        raise unknown(f"split of {given!r}", split, splits)
    sides = splits["" if held_out else split]
    if two_sided and "" in sides:  # they may be in the folder of the split
        sides = _sides(sides[""]).get("", sides)
    if len(sides) == 1 and (layout == SIDES or "" not in sides):
        raise wrong(given, batch_format, "There are not two folders, A and B")
    if layout == PAIRS and "" in sides and (names := _with_pictures(subfolders(sides[""]))):
        reason = f"There are folders of pictures, {listed(names)}, and no A and B"
        raise wrong(given, batch_format, reason)
    classes = []
    if layout == CLASSES:
        folders = [sides[""] for sides in splits.values()]
        classes = sorted({each.name for folder in folders for each in subfolders(folder)})
        if not classes and ages.are_in(pictures_below(sides[""])):
            return Layout(sides, held_out, list(ages.CLASSES), by_age=True)
        if not classes:
            raise wrong(given, batch_format, "There are no folders of classes")
    return Layout(sides, held_out, classes)


def wrong(given: str, batch_format: BatchFormat, reason: str) -> InputError:
    """Returns the error for a layout that is not the format's, with a drawing of what is."""
    return InputError(
        f"{reason}. The format {batch_format.name!r} takes {drawn(batch_format)}. "
        f"Received: {given!r}"
    )


def _splits(root, layout):
    """Returns {split: {"": folder}}, of split "" only if there are none."""
    folders = subfolders(root)
    named = [folder for folder in folders if folder.name.lower() in SPLITS]
    if layout == CLASSES and len(named) < len(folders):
        # A class may be called that, such as trains; it has pictures where a split has classes.
        named = [folder for folder in named if subfolders(folder)]
    if not named:
        return {"": {"": root}}
    if others := _with_pictures(folder for folder in folders if folder not in named):
        raise InputError(
            f"Next to the folders of splits, {listed([one.name for one in named])}, there are "
            f"others with pictures, {listed(others)}; move them away, or give one of the folders. "
            f"Received: {str(root)!r}"
        )
    picture = next((path for path in root.iterdir() if is_picture(path)), None)
    if picture:
        raise InputError(
            f"There is a picture next to the folders of splits. Received: {str(picture)!r}"
        )
    splits = {}
    for folder in named:
        _add(splits, SPLITS[folder.name.lower()], "", folder)
    return splits


def _with_pictures(folders):
    """Returns the names of those of the folders that have pictures in them or below."""
    return [folder.name for folder in folders if pictures_below(folder)]


def _sides(root):
    """Returns {split: {"A": folder, "B": folder}} with those that exist, split "" for none."""
    found = {}
    for folder in subfolders(root):
        name = folder.name.lower()
        if name in SIDES_NAMED:
            _add(found, "", SIDES_NAMED[name], folder)
        elif name[-1] in "ab" and (split := SPLITS.get(name[:-1].rstrip("_-"))):
            _add(found, split, name[-1].upper(), folder)
    return found


def _add(splits, split, side, folder):
    """Notes the folder of a split and side, of which there may be one."""
    other = splits.setdefault(split, {}).setdefault(side, folder)
    if other != folder:
        raise InputError(
            f"Two folders are of one split or side, {other.name} and {folder.name}. "
            f"Received: {str(folder.parent)!r}"
        )
