"""Which folders hold the pictures of a split: the layouts that a folder of pictures may have.

| parts of the format | layout |
|---|---|
| a picture | pictures, in subfolders too |
| a picture and a label | a subfolder for each class; a label is its number in the names' order |
| a picture and attributes | pictures, in subfolders too, and a table, `attributes.csv` |
| two pictures | pictures with both side by side, or subfolders `A` and `B` with equal names |
| two independent pictures | subfolders `A` and `B` |

Splits are subfolders `train`, `val` (or `valid`, `validation`) and `test`, with no other subfolders
next to them, each of such a layout, or `trainA`, `trainB`, `testA` and so on. Without them a tenth
is held out: see `held_out`.
"""

from dataclasses import dataclass
from pathlib import Path

from ganzoo.batch_formats import Attributes, BatchFormat, Labels
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.images.files import is_picture

FLAT = "FOLDER/image.jpg, in subfolders too"
CLASSES = "FOLDER/CLASS/image.jpg"
TABLE = "FOLDER/image.jpg, in subfolders too, and FOLDER/attributes.csv"
PAIRS = "FOLDER/image.jpg with both images side by side, or FOLDER/A/name.jpg and FOLDER/B/name.jpg"
SIDES = "FOLDER/A/image.jpg and FOLDER/B/image.jpg"
SPLITS = {
    "train": "train", "val": "validation", "valid": "validation", "validation": "validation",
    "test": "test", "": "",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Where the pictures of a split are.

    Args:
        sides: `{"": folder}`, or a folder for each of `"A"` and `"B"`.
        held_out: the split, where the folder has none of its own and a tenth is to be held out.
        classes: the names of all classes of all splits, sorted, where the format has labels.
    """

    sides: dict[str, Path]
    held_out: str | None
    classes: list[str]


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
    root = Path(given).expanduser()
    if not root.is_dir():
        raise ResourceError(f"There is no such folder. Received: {given!r}")
    layout = drawn(batch_format)
    two_sided = layout in (PAIRS, SIDES)
    splits = (two_sided and _sides(root)) or _splits(root)
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
    classes = []
    if layout == CLASSES:
        folders = [sides[""] for sides in splits.values()]
        classes = sorted({each.name for folder in folders for each in _subfolders(folder)})
        if not classes:
            raise wrong(given, batch_format, "There are no folders of classes")
    return Layout(sides, held_out, classes)


def wrong(given: str, batch_format: BatchFormat, reason: str) -> InputError:
    """Returns the error for a layout that is not the format's, with a drawing of what is."""
    return InputError(
        f"{reason}. The format {batch_format.name!r} takes {drawn(batch_format)}. "
        f"Received: {given!r}"
    )


def _splits(root):
    """Returns {split: {"": folder}}, of split "" only if there are none."""
    folders = _subfolders(root)
    if not folders or not all(folder.name in SPLITS for folder in folders):
        return {"": {"": root}}
    picture = next((path for path in root.iterdir() if is_picture(path)), None)
    if picture:
        raise InputError(
            f"There is a picture next to the folders of splits. Received: {str(picture)!r}"
        )
    return {SPLITS[folder.name]: {"": folder} for folder in folders}


def _sides(root):
    """Returns {split: {"A": folder, "B": folder}} with those that exist, split "" for none."""
    found = {}
    for folder in _subfolders(root):
        prefix, side = folder.name[:-1], folder.name[-1]
        if prefix in SPLITS and side in ("A", "B"):
            found.setdefault(SPLITS[prefix], {})[side] = folder
    return found


def _subfolders(folder):
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise ResourceError(f"{error.strerror}. Received: {str(folder)!r}") from error
    return [path for path in paths if path.is_dir() and not path.name.startswith(".")]
