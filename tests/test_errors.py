"""The two errors, and how an unknown name is answered."""

import pytest

from ganzoo.errors import InputError, ResourceError, listed, unknown


def test_the_two_errors_can_be_caught_as_pythons_own():
    assert issubclass(InputError, ValueError)
    assert issubclass(ResourceError, OSError)
    assert not issubclass(InputError, OSError)
    assert not issubclass(ResourceError, ValueError)


def test_an_unknown_name_is_answered_with_the_closest_match_and_all_choices():
    error = unknown("model", "dcgam", ["cyclegan", "dcgan"])
    assert isinstance(error, InputError)
    assert str(error) == (
        "Unknown model; did you mean 'dcgan'? Choose from: cyclegan, dcgan. Received: 'dcgam'"
    )


def test_where_nothing_is_close_no_guess_is_made():
    assert str(unknown("model", "xyz", ["dcgan"])) == (
        "Unknown model; Choose from: dcgan. Received: 'xyz'"
    )


@pytest.mark.parametrize("received", [5, None, ["dcgan"]])
def test_a_name_that_is_no_text_is_shown_as_it_was_given(received):
    assert str(unknown("model", received, ["cyclegan"])).endswith(f"Received: {received!r}")


def test_choices_may_be_a_dict_or_a_generator():
    expected = str(unknown("fit", "crap", ["crop", "pad"]))
    assert str(unknown("fit", "crap", {"crop": 1, "pad": 2})) == expected
    assert str(unknown("fit", "crap", (name for name in ("crop", "pad")))) == expected


def test_a_few_choices_are_listed_as_they_come_and_many_by_likeness():
    few = [f"number_{i}" for i in range(11)] + ["zebra"]
    assert "Choose from: number_0, number_1, " in str(unknown("dataset", "zebrra", few))
    many = [f"number_{i}" for i in range(50)] + ["zebra"]
    message = str(unknown("dataset", "zebrra", many))
    assert "did you mean 'zebra'? Choose from: zebra, number_" in message
    assert " and 39 more. Received: 'zebrra'" in message


def test_a_long_list_is_cut_off_after_twelve_and_says_by_how_much():
    assert listed("abc") == "a, b, c"
    assert listed("abcdefghijkl") == "a, b, c, d, e, f, g, h, i, j, k, l"
    assert listed("abcdefghijklmn") == "a, b, c, d, e, f, g, h, i, j, k, l and 2 more"
    assert listed([]) == "(none)"
