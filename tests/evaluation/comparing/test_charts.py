"""Curves as SVG: what is drawn is where it should be, and nothing of the data is lost."""

import re
from xml.etree import ElementTree

import pytest

from ganzoo.evaluation.comparing.charts import COLOURS, DASHES, HEIGHT, WIDTH, line_chart, ticks

SVG = "{http://www.w3.org/2000/svg}"
NAN = float("nan")


def drawn(chart):
    """The curves of a chart by name, each a list of pieces, these lists of (x, y)."""
    curves = {}
    for group in ElementTree.fromstring(chart).findall(f"{SVG}g"):
        pieces = group.find(f"{SVG}path").get("d").split("M")[1:]
        curves[group.find(f"{SVG}title").text] = [
            [tuple(map(float, point.split())) for point in piece.split("L")] for piece in pieces
        ]
    return curves


def texts(chart):
    return [text.text for text in ElementTree.fromstring(chart).iter(f"{SVG}text")]


def test_points_lie_where_their_numbers_say():
    ((first, middle, last),) = drawn(line_chart("loss", {"a": [(0, 0), (50, 10), (100, 5)]}))["a"]
    assert middle[0] == pytest.approx((first[0] + last[0]) / 2)
    assert middle[1] < last[1] < first[1]  # SVG counts downwards
    assert last[1] == pytest.approx((first[1] + middle[1]) / 2, abs=0.1)


def test_axes_have_numbers_and_the_legend_names():
    chart = line_chart("a_loss", {"one": [(0, 0.0), (4000, 1.0)], "two": [(100, 0.5)]})
    assert texts(chart) == [
        "a_loss", "0", "0.2", "0.4", "0.6", "0.8", "1", "0", "1,000", "2,000", "3,000", "4,000",
        "step", "one", "two",
    ]  # fmt: skip


def test_what_is_no_number_is_a_gap():
    curve = [
        (0, 1.0),
        (1, 2.0),
        (2, NAN),
        (3, 3.0),
        (4, float("inf")),
        (5, NAN),
        (6, 1.0),
        (7, 1.0),
    ]
    assert [len(piece) for piece in drawn(line_chart("loss", {"a": curve}))["a"]] == [2, 2, 2]
    dot = drawn(line_chart("loss", {"a": curve}))["a"][1]
    assert dot[0] == dot[1]  # a line of no length, which is seen because its ends are round
    assert drawn(line_chart("loss", {"a": [(1, NAN), (2, NAN)]}))["a"] == []


@pytest.mark.parametrize(
    "curve", [[(0, 7.0)], [(5, 0.0), (9, 0.0)], [(1, 1e-30), (2, 3e30)], [(1, -2e-9), (2, -1e-9)]]
)
def test_every_curve_lies_within_the_picture(curve):
    for x, y in drawn(line_chart("loss", {"a": curve}))["a"][0]:
        assert 0 < x < WIDTH and 0 < y < HEIGHT


def test_a_long_curve_becomes_few_points_and_keeps_its_spikes_and_gaps():
    curve = [(step, 1.0 + step % 7) for step in range(100_000)]
    curve[33_333], curve[50_000], curve[77_777] = (33_333, 500.0), (50_000, NAN), (77_777, -500.0)
    pieces = drawn(line_chart("loss", {"a": curve}))["a"]
    assert sum(map(len, pieces)) < 700 and len(pieces) == 2
    heights = [y for piece in pieces for _, y in piece]
    plain = drawn(line_chart("loss", {"a": [(0, 500.0), (99_999, -500.0)]}))["a"][0]
    assert (min(heights), max(heights)) == (plain[0][1], plain[1][1])


def test_a_short_run_beside_a_long_one_is_marked_at_its_end():
    chart = line_chart("loss", {"long": [(0, 1.0), (10**6, 1.0)], "short": [(0, 1.0), (9, 1.0)]})
    assert len(re.findall("<circle", chart)) == 2


def test_a_curve_keeps_its_colour_where_others_are_missing():
    both, one = (
        line_chart("loss", {"a": first, "b": [(0, 1.0), (1, 2.0)]}) for first in ([(0, 1.0)], [])
    )
    assert "a" in drawn(both) and "a" not in drawn(one)
    assert COLOURS[0] in both and COLOURS[0] not in one
    assert COLOURS[1] in one


def test_as_many_runs_as_there_are_looks_can_be_told_apart():
    count = len(COLOURS) * len(DASHES)
    chart = line_chart("loss", {str(n): [(0, n), (1, n)] for n in range(count)})
    looks = re.findall(r'<path d="M66 \d+h28" (.*?)/>', chart)
    assert len(looks) == len(set(looks)) == count


def test_every_colour_is_seen_on_white_and_on_black():
    for colour in COLOURS:
        levels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        red, green, blue = (
            level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
            for level in levels
        )
        luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue  # WCAG 2.2's
        assert 1.05 / (luminance + 0.05) >= 3 and (luminance + 0.05) / 0.05 >= 3, colour


@pytest.mark.parametrize("low, high", [(0, 1), (-3.7, 12.2), (1e-7, 3e-7), (0, 123456), (5, 5)])
def test_ticks_reach_around_the_numbers_and_are_few(low, high):
    found = ticks(low, high)
    assert found[0] <= low and high <= found[-1] and 3 <= len(found) <= 8


def test_names_cannot_break_out_of_the_picture():
    name = '</text><script>alert("&")</script>'
    assert name in drawn(line_chart(name, {name: [(0, 1.0)]}))
