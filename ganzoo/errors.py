"""The kinds of error that ganzoo raises on purpose, and how they name the closest match.

The command line prints these as one line; any other exception is a bug and keeps its traceback.
"""

import difflib
from collections.abc import Iterable

LISTED = 12  # names in a message


class InputError(ValueError):
    """Something that the caller gave is wrong: a name, a value, a shape (exit code 2)."""


class ResourceError(OSError):
    """Something outside is missing or in the way: a file, a folder, the network (exit code 1)."""


class DivergenceError(ArithmeticError):
    """Training has diverged: a loss or a weight is NaN or infinite (exit code 1)."""


def unknown(kind: str, name: object, choices: Iterable[str]) -> InputError:
    """Returns the error for a name that is not one of `choices`, with the closest match first.

    >>> print(unknown("model", "dcgam", ["dcgan", "cyclegan"]))
    Unknown model; did you mean 'dcgan'? Choose from: dcgan, cyclegan. Received: 'dcgam'
    """
    choices = list(choices)
    closest = difflib.get_close_matches(str(name), choices, n=1, cutoff=0.5)
    hint = f"did you mean {closest[0]!r}? " if closest else ""
    if len(choices) > LISTED:
        choices.sort(key=lambda c: -difflib.SequenceMatcher(None, str(name), c).ratio())
    return InputError(f"Unknown {kind}; {hint}Choose from: {listed(choices)}. Received: {name!r}")


def listed(names: Iterable[str]) -> str:
    """Returns the names joined by commas, cut off after `LISTED` of them."""
    names = list(names)
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return (", ".join(names[:LISTED]) or "(none)") + more
