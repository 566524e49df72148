"""oneDNN is on where ganzoo is imported before TensorFlow, unless the user has said otherwise."""

import os
import subprocess
import sys

import pytest

from ganzoo.runs import onednn
from ganzoo.runs.environment import changes, environment


@pytest.mark.parametrize(("given", "found"), [(None, "1"), ("0", "0"), ("1", "1")])
def test_it_is_on_unless_the_user_says_otherwise(given, found):
    variables = {k: v for k, v in os.environ.items() if k != onednn.SWITCH}
    if given is not None:
        variables[onednn.SWITCH] = given
    code = f"import ganzoo, os; print(os.environ.get({onednn.SWITCH!r}))"
    printed = subprocess.check_output([sys.executable, "-c", code], env=variables, text=True)
    assert printed.strip() == found


def test_where_tensorflow_is_imported_already_nothing_is_claimed(monkeypatch):
    monkeypatch.delenv(onednn.SWITCH, raising=False)
    onednn.enable()  # the tests have imported it
    assert onednn.SWITCH not in os.environ
    assert onednn.is_enabled() == onednn.is_default()


def test_a_run_that_goes_on_with_or_without_it_is_told(monkeypatch):
    monkeypatch.setenv(onednn.SWITCH, "1")
    recorded = environment(1)
    assert changes(recorded, 1) == []
    monkeypatch.setenv(onednn.SWITCH, "0")
    assert changes(recorded, 1) == ["onednn: True -> False"]


@pytest.mark.parametrize("default", [True, False])
def test_a_run_of_before_had_tensorflows_default(monkeypatch, default):
    monkeypatch.setenv(onednn.SWITCH, "1")
    monkeypatch.setattr(onednn, "is_default", lambda: default)
    recorded = {name: value for name, value in environment(1).items() if name != "onednn"}
    assert changes(recorded, 1) == ([] if default else ["onednn: False -> True"])
    assert changes({}, 1) == []
