"""A table of runs in a terminal."""

from ganzoo.evaluation.comparing.text_table import text_table

SECTIONS = {"Runs": [("model", ["gan", "dcgan"])], "Settings": [("seed", ["0", "1"])]}


def test_a_small_table_is_as_wide_as_it_must_be():
    assert text_table(["one", "two"], SECTIONS, ["A note."], width=80) == (
        "       one  two\nmodel  gan  dcgan\n\nSettings\nseed   0    1\n\nA note."
    )


def test_no_line_is_wider_than_the_terminal_and_names_go_on_below_uncut():
    names = [f"dcgan-a_very_long_name_of_a_dataset-{n}" for n in range(4)]
    sections = {"Runs": [("a_setting_with_a_name_that_is_too_long", ["x" * 200] * 4)]}
    text = text_table(names, sections, ["note " * 50], width=90)
    assert max(map(len, text.splitlines())) <= 90
    lines = [line.split() for line in text.split("a_set")[0].splitlines()]
    assert ["".join(parts) for parts in zip(*lines, strict=True)] == names
    assert text.count("xxx…xxx") == 4


def test_runs_that_do_not_fit_beside_each_other_come_below():
    names = [f"run-{n}" for n in range(20)]
    text = text_table(names, {"Runs": [("step", [f"{n} steps" for n in range(20)])]}, width=60)
    assert max(map(len, text.splitlines())) <= 60
    for n in range(20):
        assert f"run-{n}" in text.split() and f"{n} steps" in text


def test_a_value_of_several_lines_stays_in_its_line():
    assert text_table(["a"], {"Runs": [("error", ["one\ntwo"])]}, width=80).endswith("one two")


def test_the_terminals_width_is_used(monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    assert max(map(len, text_table(["a"], {"Runs": [("x", ["y" * 90])]}).splitlines())) == 50
