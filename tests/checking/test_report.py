"""A report as text: what was found, and nothing of what was not."""

import pytest

from ganzoo.checking.report import DatasetReport

REPORT = {"dataset": "photos", "model": "dcgan", "batch_format": "images", "split": "all"}


def lines(**found):
    return str(DatasetReport(**REPORT, **found)).splitlines()


def test_a_report_without_findings_says_so():
    assert lines() == ["photos, for dcgan", "  format    images, split all", "Nothing found."]


def test_problems_come_before_findings_a_line_each():
    assert lines(problems=["a", "b"], findings=["c"])[2:] == [
        "Training fails:", "  a", "  b", "Findings:", "  c",
    ]  # fmt: skip


def test_all_that_was_counted_is_stated():
    text = lines(
        counts={"photos": 1200}, channels=(3,), classes={"cat": 1000, "dog": 200},
        sizes={(12, 40): 1, (20, 12): 1199}, cache_bytes=3 * 2**20, cache_place="in memory",
        steps_per_epoch=300, seconds_per_step=0.5,
    )  # fmt: skip
    assert text[2:] == [
        "  examples  1,200 in photos",
        "  sizes     2, from 12 to 40 wide and 12 to 20 high; 12x20 most often",
        "  channels  3",
        "  classes   2, of 200 to 1,000 images",
        "  cache     3.0 MiB, in memory",
        "  epoch     about 2 min: 300 steps of 0.5 s, timed here on batches of noise",
        "Nothing found.",
    ]


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "a second"), (90, "90 s"), (150, "2 min"), (7000, "117 min"), (7200, "2 h")],
)
def test_an_epoch_is_stated_in_a_fitting_unit(seconds, expected):
    assert f"about {expected}: 1 steps" in lines(steps_per_epoch=1, seconds_per_step=seconds)[2]
