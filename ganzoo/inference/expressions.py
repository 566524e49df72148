"""Arithmetic of latents as text -> a tree; nothing here knows a model.

    sum      [+ or -] product, then + or - product, as often as you like
    product  [number [*]] factor
    factor   seed 3 | seeds 3,17,20-29 | latents FILE.npy | direction NAME | mean(sum) | (sum)

Names with spaces or brackets stand in quotes.
"""

import difflib
import re
from dataclasses import dataclass

from ganzoo.errors import InputError
from ganzoo.inference.number_lists import parse_seeds

DEEPEST = 50  # brackets
WORDS = ("seed", "seeds", "latents", "direction", "mean")


@dataclass(frozen=True)
class Seeds:
    """The latents of some seeds, a row for each."""

    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Saved:
    """Something by name: of the kind `"latents"` or `"direction"`."""

    kind: str
    name: str


@dataclass(frozen=True)
class Mean:
    """The mean over rows, one row."""

    of: "Node"


@dataclass(frozen=True)
class Sum:
    """Terms with their factors; a term of one row is added to each row of the others."""

    terms: tuple[tuple[float, "Node"], ...]


Node = Seeds | Saved | Mean | Sum


def parse(text: str) -> Sum:
    """Returns the tree of an expression.

    Raises:
        InputError: if it is none, with the number of the character where it goes wrong.

    >>> parse("mean(seeds 3,17) - 2 direction smile").terms
    ((1.0, Mean(of=Sum(terms=((1.0, Seeds(seeds=(3, 17))),)))), (-2.0, Saved(kind='direction', \
name='smile')))
    """
    parser = _Parser(text)
    tree = parser.sum()
    if parser.rest():
        parser.fail("Expected + or -")
    return tree


class _Parser:
    def __init__(self, text):
        self.text = text
        self.place = 0
        self.depth = 0

    def rest(self):
        """What is still to be read, without the spaces before it."""
        self.place += len(self.text[self.place :]) - len(self.text[self.place :].lstrip())
        return self.text[self.place :]

    def take(self, pattern):
        """Reads what matches here; returns None, and reads nothing, if nothing does."""
        match = re.match(pattern, self.rest(), re.ASCII)
        if match is None:
            return None
        self.place += match.end()
        return match[0]

    def fail(self, wanted):
        found = re.match(r"\w+|.|", self.rest())[0]
        here = f"at character {self.place + 1}, {found!r}" if found else "at the end"
        raise InputError(f"{wanted} {here}. Received: {self.text!r}")

    def sum(self):
        sign = self.take(r"[+-]") or "+"
        terms = []
        while sign:
            factor, node = self.product()
            terms.append((-factor if sign == "-" else factor, node))
            sign = self.take(r"[+-]")
        return Sum(tuple(terms))

    def product(self):
        number = self.take(r"\d+(\.\d*)?|\.\d+")
        if number is not None:
            self.take(r"\*")
        return float(number or 1), self.factor()

    def factor(self):
        if self.take(r"\("):
            return self.in_brackets()
        start = self.place
        word = self.take(r"[A-Za-z_]\w*")
        if word in ("seed", "seeds"):
            return Seeds(self.seeds(single=word == "seed"))
        if word in ("latents", "direction"):
            name = self.take(r"\"[^\"]+\"|'[^']+'|[^\s()\"']+")
            return Saved(word, name.strip("\"'")) if name else self.fail(f"Expected a {word} name")
        if word == "mean":
            if not self.take(r"\("):
                self.fail("Expected ( after mean")
            return Mean(self.in_brackets())
        if word:
            self.place = start
        closest = difflib.get_close_matches(word or "", WORDS, n=1, cutoff=0.5)
        hint = f"Did you mean {closest[0]!r}? " if closest else ""
        return self.fail(f"{hint}Expected a number, (, {', '.join(WORDS)}")

    def in_brackets(self):
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"Expected at most {DEEPEST} brackets in one another,")
        inside = self.sum()
        if not self.take(r"\)"):
            self.fail("Expected + or - or )")
        self.depth -= 1
        return inside

    def seeds(self, single):
        seeds = []
        while True:
            start = self.place
            part = self.take(r"\d+(?!\w)" if single else r"\d+(-\d+)?(?!\w)")
            if part is None:
                self.fail("Expected a seed, a whole number,")
            try:
                seeds += parse_seeds(part)
            except InputError:
                self.place = start
                self.fail("Expected seeds in 0 to 2^63 - 1, and a range upwards,")
            if single or not self.take(","):
                return tuple(seeds)
