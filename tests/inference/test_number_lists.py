"""Lists of numbers as text: what is read, and what is none."""

import pytest

from ganzoo.errors import InputError
from ganzoo.inference.number_lists import parse_label, parse_labels, parse_seeds


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("3", [3]),
        ("0,1,2", [0, 1, 2]),
        ("0-3", [0, 1, 2, 3]),
        ("7, 0-2,5-5", [7, 0, 1, 2, 5]),
        ("boot, 1,T-shirt/top", ["boot", 1, "T-shirt/top"]),
    ],
)
def test_labels_are_written_as_classes_and_ranges(text, labels):
    assert parse_labels(text) == labels


@pytest.mark.parametrize("text", ["", "1,", "-1", "3-1", "1-2-3", "1.5", "99999999"])
def test_other_text_is_refused(text):
    with pytest.raises(InputError, match=f"such as 0,1,2 or 0-9 or boot,bag. Received: '{text}'"):
        parse_labels(text)


def test_one_label_is_a_number_or_a_name():
    assert [parse_label("3"), parse_label("boot")] == [3, "boot"]
    with pytest.raises(InputError, match=r"must be one class, .* Received: '3,4'"):
        parse_label("3,4")


def test_seeds_may_be_long_numbers():
    assert parse_seeds("3, 7-9,9223372036854775807") == [3, 7, 8, 9, 2**63 - 1]


@pytest.mark.parametrize("text", ["three", "-3", "3,", "0-99999999", "9223372036854775808"])
def test_a_seed_that_is_no_number_is_refused(text):
    with pytest.raises(InputError, match=rf"in 0 to 2\^63 - 1. Received: '{text}'"):
        parse_seeds(text)
