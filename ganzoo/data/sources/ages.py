"""Ages and genders that are in the names of files, as UTKFace has them.

`AGE_GENDER_anything.jpg`: an age in years, and 0 for male or 1 for female. A class is one of ten
ranges of ages (Zhang, Song and Qi, 2017, arXiv:1702.08423) of one gender.
"""

import bisect
import re
from collections.abc import Iterable

_NAME = re.compile(r"(\d{1,3})_([01])_")
_UP_TO = (5, 10, 15, 20, 30, 40, 50, 60, 70)  # years; and beyond
_RANGES = ("0-5", "6-10", "11-15", "16-20", "21-30", "31-40", "41-50", "51-60", "61-70", "71+")
GENDERS = ("male", "female")
CLASSES = tuple(f"{years} {gender}" for years in _RANGES for gender in GENDERS)


def class_of(name: str) -> str | None:
    """Returns the class of a file by its name, or None if that has no age and gender.

    >>> class_of("34_1_0_20170109.jpg")
    '31-40 female'
    """
    found = _NAME.match(name.rpartition("/")[2])
    if found is None:
        return None
    years, gender = map(int, found.groups())
    return CLASSES[len(GENDERS) * bisect.bisect_left(_UP_TO, years) + gender]


def are_in(names: Iterable[str]) -> bool:
    """Whether most of these names of files have an age and a gender."""
    known = [class_of(name) is not None for name in names]
    return 2 * sum(known) > len(known)
