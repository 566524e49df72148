"""A table with a column for each run, cut so that it fits a terminal."""

import itertools
import shutil
import textwrap
from collections.abc import Mapping, Sequence

_GAP = "  "
_LABEL = 28  # the widest that the first column becomes
_CELL = 12  # and the narrowest of the others; where more do not fit, there are several tables


def text_table(
    names: Sequence[str],
    sections: Mapping[str, Sequence[tuple[str, Sequence[str]]]],
    notes: Sequence[str] = (),
    width: int | None = None,
) -> str:
    """Returns the text of a table, no line of which is wider than `width`.

    Args:
        names: of the columns; one that is too long is broken into lines.
        sections: under each heading its rows, `(label, a cell for each name)`. The first heading
            is not shown: the names stand there. What is too long is cut in the middle.
        notes: what to say below.
        width: in characters, 48 at least; left out, the terminal's, or 100 where there is none.
    """
    width = width or shutil.get_terminal_size((100, 24)).columns
    rows = [("", list(names)), *(row for found in sections.values() for row in found)]
    first = min(_LABEL, max(len(label) for label, _ in rows))
    at_once = max(1, (width - first) // (_CELL + len(_GAP)))
    lines = []
    for start in range(0, len(names), at_once):
        columns = range(start, min(start + at_once, len(names)))
        most = (width - first) // len(columns) - len(_GAP)
        sizes = {n: min(most, max(len(cells[n]) for _, cells in rows)) for n in columns}

        def line(label, cells, sizes=sizes):
            parts = [_cut(cells[n], size).ljust(size) for n, size in sizes.items()]
            return _GAP.join([_cut(label, first).ljust(first), *parts]).rstrip()

        lines += [""] * bool(start)
        # A name goes on below rather than being cut, lest two runs look the same.
        broken = {n: textwrap.wrap(names[n], size) for n, size in sizes.items()}
        for row in itertools.zip_longest(*broken.values(), fillvalue=""):
            lines.append(line("", dict(zip(columns, row, strict=True))))
        for number, (heading, found) in enumerate(sections.items()):
            lines += ["", heading] * bool(number) + [line(*row) for row in found]
    for note in notes:
        lines += ["", *textwrap.wrap(note, width, break_on_hyphens=False)]
    return "\n".join(lines)


def _cut(text, size):
    """Text with a middle left out: names and paths differ at either end.

    >>> _cut("/home/me/pictures/faces", 13)
    '/home/…/faces'
    """
    text = " ".join(text.split())
    if len(text) <= size:
        return text
    tail = (size - 1) // 2
    return f"{text[: size - 1 - tail]}…{text[len(text) - tail :]}"
