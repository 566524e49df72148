"""Lists of whole numbers as text: seeds and classes, one by one and in ranges."""

import re

from ganzoo.errors import InputError

MOST = 100_000  # in one range: a longer one is a typing error


def parse_labels(text: str) -> list[int]:
    """Returns the labels that a list of classes and ranges of classes stands for.

    Raises:
        InputError: if the text is not such a list.

    >>> parse_labels("7,0-3")
    [7, 0, 1, 2, 3]
    """
    rule = "Labels must be classes or ranges of classes, such as 0,1,2 or 0-9"
    return _numbers(text, 10**6, rule)


def parse_seeds(text: str) -> list[int]:
    """Returns the seeds that a list of seeds and ranges of seeds stands for.

    Raises:
        InputError: if the text is not such a list.
    """
    rule = "Seeds must be whole numbers or ranges, such as 3,17,29 or 0-8, in 0 to 2^63 - 1"
    return _numbers(text, 2**63, rule)


def _numbers(text, end, rule):
    numbers = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,20})(?:-(\d{1,20}))?\s*", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not first <= last < min(end, first + MOST):
            raise InputError(f"{rule}. Received: {text!r}")
        numbers += range(first, last + 1)
    return numbers
