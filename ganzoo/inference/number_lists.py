"""Seeds, labels, places and checkpoints as text: `3,17,20-29`, `boot,bag`, `Smiling=1,Male=0`."""

import re

from ganzoo.errors import InputError, unknown

MOST = 100_000  # in one range: a longer one is a typing error


def parse_labels(text: str) -> list[int | str]:
    """Returns the labels that a list of classes, ranges of classes, and names stands for.

    Raises:
        InputError: if the text is not such a list.

    >>> parse_labels("7,0-3,boot")
    [7, 0, 1, 2, 3, 'boot']
    """
    rule = "Labels must be classes, ranges of classes, or names, such as 0,1,2 or 0-9 or boot,bag"
    labels = []
    for part in text.split(","):
        is_name = any(letter.isalpha() for letter in part)
        labels += [part.strip()] if is_name else _numbers(part, 10**6, rule, text)
    return labels


def parse_label(text: str) -> int | str:
    """Returns the one label that a class's number or name stands for.

    Raises:
        InputError: if the text is several, or neither.
    """
    labels = parse_labels(text)
    if len(labels) > 1:
        raise InputError(f"The label must be one class, such as 3 or boot. Received: {text!r}")
    return labels[0]


def parse_attributes(text: str) -> dict[str, float]:
    """Returns the attributes that a text such as `Smiling=1,Male=0` names.

    Raises:
        InputError: if the text is not such a list.
    """
    attributes = {}
    for assignment in text.split(","):
        name, _, value = (part.strip() for part in assignment.partition("="))
        try:
            attributes[name] = float(value)
        except ValueError:
            raise InputError(
                f"Attributes are written NAME=1,NAME=0. Received: {assignment.strip()!r}"
            ) from None
    return attributes


def parse_checkpoint(text: str) -> str | int:
    """Returns the checkpoint that a text names: `"newest"`, `"best"` or a step.

    Raises:
        InputError: if the text is none of these.
    """
    if re.fullmatch(r"\d{1,18}", text, re.ASCII):
        return int(text)
    if text not in ("newest", "best"):
        raise unknown("checkpoint", text, ("newest", "best", "a step"))
    return text


def parse_place(text: str) -> tuple[float, float]:
    """Returns the two numbers of a place in a square, such as `0.25,0.5`.

    Raises:
        InputError: if the text is not two numbers in 0 to 1.
    """
    try:
        x, y = map(float, text.split(","))
    except ValueError:
        x = y = -1.0
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise InputError(f"A place is two numbers in 0 to 1, such as 0.25,0.5. Received: {text!r}")
    return x, y


def parse_seeds(text: str) -> list[int]:
    """Returns the seeds that a list of seeds and ranges of seeds stands for.

    Raises:
        InputError: if the text is not such a list.
    """
    rule = "Seeds must be whole numbers or ranges, such as 3,17,29 or 0-8, in 0 to 2^63 - 1"
    return _numbers(text, 2**63, rule)


def _numbers(text, end, rule, whole=None):
    numbers = []
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\d{1,20})(?:-(\d{1,20}))?\s*", part, re.ASCII)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, -1)
        if not first <= last < min(end, first + MOST):
            raise InputError(f"{rule}. Received: {whole or text!r}")
        numbers += range(first, last + 1)
    return numbers
