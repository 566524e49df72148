"""Expressions of latents: what is read from text, and where a wrong one goes wrong."""

import re

import pytest

from ganzoo.errors import InputError
from ganzoo.inference.expressions import Mean, Saved, Seeds, Sum, parse

A, B = Seeds((1,)), Seeds((2,))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("seed 1", [(1.0, A)]),
        (" - seed 1 + .5 * seed 2", [(-1.0, A), (0.5, B)]),
        ("2seed 1-3.5 seed 2", [(2.0, A), (-3.5, B)]),
        ("seeds 3, 17,5-7", [(1.0, Seeds((3, 17, 5, 6, 7)))]),
        ("seed 1 - direction big_smile", [(1.0, A), (-1.0, Saved("direction", "big_smile"))]),
        ("latents a-b/c.npy", [(1.0, Saved("latents", "a-b/c.npy"))]),
        ("latents 'my (1).npy'+seed 2", [(1.0, Saved("latents", "my (1).npy")), (1.0, B)]),
        ("mean(seed 1 + seed 2)", [(1.0, Mean(Sum(((1.0, A), (1.0, B)))))]),
        ("3 (seed 1 - seed 2)", [(3.0, Sum(((1.0, A), (-1.0, B))))]),
    ],
)
def test_this_text_is_these_terms(text, terms):
    assert parse(text) == Sum(tuple(terms))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mean at the end. Received: ''"),
        ("seed x", "Expected a seed, a whole number, at character 6, 'x'"),
        ("seed 1.5", "Expected + or - at character 7, '.'"),
        ("seed -1", "a whole number, at character 6, '-'"),
        ("seeds 1,", "a whole number, at the end"),
        ("seeds 5-3", "a range upwards, at character 7, '5'"),
        ("seeds 0-999999999", "a range upwards, at character 7, '0'"),
        (f"seed {2**63}", "0 to 2^63 - 1, and a range upwards, at character 6"),
        ("seed 1 seed 2", "Expected + or - at character 8, 'seed'"),
        ("mean(sedes 3)", "Did you mean 'seeds'? Expected a number"),
        ("mean(seeds 3", "Expected + or - or ) at the end"),
        ("mean seeds 3", "Expected ( after mean at character 6, 'seeds'"),
        ("seed 1 +", "at the end"),
        ("direction", "Expected a direction name at the end"),
        ("seed 1 * 2", "Expected + or - at character 8, '*'"),
    ],
)
def test_wrong_text_is_one_line_that_says_where(text, message):
    with pytest.raises(InputError, match=re.escape(message)) as error:
        parse(text)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(f"Received: {text!r}")
