"""A tenth that is held out where a dataset has no splits of its own."""

import hashlib
import os

from ganzoo.errors import InputError, unknown

FEWEST = 10  # of fewer examples none is held out
CHOICES = ("train", "validation", "test", "all")


def chosen(names: list[str], split: str, dataset: str) -> list[int]:
    """Returns the positions of the names that are in a split.

    `"train"` is all but a tenth, `"validation"` and `"test"` are both that tenth, `"all"` is
    everything. A name alone decides where it belongs: whatever else is added, it stays there.

    Raises:
        InputError: for another split, or a held-out one that is empty.
    """
    if split not in CHOICES:
        raise unknown(f"split of {dataset!r}", split, CHOICES)
    if split == "all" or (split == "train" and len(names) < FEWEST):
        return list(range(len(names)))
    held_out = len(names) >= FEWEST
    positions = [
        number
        for number, name in enumerate(names)
        if (held_out and _is_held_out(name)) != (split == "train")
    ]
    if not positions:
        raise InputError(
            f"None of the {len(names)} examples of {dataset!r} is held out; 'train' and 'all' are "
            f"all of them. Received: split={split!r}"
        )
    return positions


def _is_held_out(name):
    return int.from_bytes(hashlib.sha256(os.fsencode(name)).digest()[:8]) % 10 == 0
