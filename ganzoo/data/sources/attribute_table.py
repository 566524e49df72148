"""`attributes.csv`: the attributes of a folder's pictures, a row for each.

The first line has a name for the column of files, and then those of the attributes. The first
column has a picture's path, relative to the folder, or its name alone where no two pictures have
that. Values are 0 and 1, or -1 and 1 as in CelebA's own list, of which -1 is false.
"""

import csv
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from ganzoo.batch_formats.attributes import columns_of
from ganzoo.errors import InputError, ResourceError, listed

NAME = "attributes.csv"


def read_attributes(
    folder: Path, pictures: list[str], wanted: Sequence[str]
) -> tuple[tuple[str, ...], dict[str, np.ndarray]]:
    """Returns the names of the wanted attributes, and the pictures' values.

    Args:
        folder: with the table.
        pictures: the names of all pictures in the folder and below it, relative to it.
        wanted: the names of attributes; none for all.

    Returns:
        The names, and `{picture: uint8 (attributes,)}` of 0 and 1.

    Raises:
        ResourceError: if there is no table, or it cannot be read.
        InputError: for an attribute that it does not have, a value or a row that is none, a row
            without a picture, and a picture without a row.
    """
    path = folder / NAME
    header, rows = _rows(path)
    columns = columns_of(wanted, header, repr(str(path)))
    values = _values(path, rows)[:, columns]
    picture_of = _pictures_by_name(pictures)
    by_picture, missing = {}, []
    for (line, name, _), row in zip(rows, values, strict=True):
        picture = picture_of.get(str(PurePosixPath(name)))
        if picture is None:
            missing.append(f"{name} (line {line})")
        elif picture in by_picture:
            raise InputError(f"{path}, line {line}: a second row of a picture. Received: {name!r}")
        else:
            by_picture[picture] = row
    if missing:
        raise InputError(
            f"Rows without a picture of that path, or of that name alone, {len(missing)} of "
            f"{len(rows)}: {listed(missing)}. Received: {str(path)!r}"
        )
    without = [picture for picture in pictures if picture not in by_picture]
    if without:
        raise InputError(
            f"Pictures without a row, {len(without)} of {len(pictures)}: {listed(without)}. "
            f"Received: {str(path)!r}"
        )
    return tuple(header[column] for column in columns), by_picture


def _rows(path):
    """Returns the names of the attributes, and `(line, picture, values as text)` of each row."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, skipinitialspace=True)
            lines = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise ResourceError(
            f"No table that can be read: {reason}. Received: {str(path)!r}"
        ) from error
    if len(lines) < 2 or len(lines[0][1]) < 2:
        raise InputError(
            "A table of attributes has a line of names, of the files' column and of one attribute "
            f"at least, and a line for each picture. Received: {str(path)!r}"
        )
    (_, (_, *header)), *rows = lines
    for line, row in rows:
        if len(row) != len(header) + 1:
            raise InputError(
                f"{path}, line {line}: a row has a file's name and a value for each of "
                f"{len(header)} attributes. Received: {len(row)} columns"
            )
    return header, [(line, name, cells) for line, (name, *cells) in rows]


def _values(path, rows):
    """Returns the values of all rows, uint8 `(rows, attributes)` of 0 and 1."""
    cells = np.array([cells for _, _, cells in rows])
    false = "-1" if (cells == "-1").any() else "0"
    wrong = np.argwhere((cells != false) & (cells != "1"))
    if len(wrong):
        row, column = wrong[0]
        kinds = "0 or 1" if false == "0" else "-1 or 1, as others in this file are"
        where, value = f"{path}, line {rows[row][0]}", str(cells[row, column])
        raise InputError(f"{where}: a value must be {kinds}. Received: {value!r}")
    return (cells == "1").astype(np.uint8)


def _pictures_by_name(pictures):
    """Returns {name in a table: picture}: of each its path, and its name where that is unique."""
    by_name = {}
    for picture in pictures:
        by_name.setdefault(PurePosixPath(picture).name, []).append(picture)
    unique = {name: found[0] for name, found in by_name.items() if len(found) == 1}
    return unique | {picture: picture for picture in pictures}
