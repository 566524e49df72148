"""What is to happen when a module is imported happens then, once, whoever imports it."""

import importlib
import importlib.util
import sys

import pytest

from ganzoo.import_hook import when_imported


@pytest.fixture
def module(tmp_path, monkeypatch):
    """The name of a module that can be imported and is not yet."""
    (tmp_path / "ganzoo_watched.py").write_text("VALUE = 7\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    yield "ganzoo_watched"
    sys.modules.pop("ganzoo_watched", None)


def test_it_happens_after_the_module_has_run_and_not_before_nor_again(module):
    seen = []
    when_imported(module, lambda: seen.append(sys.modules[module].VALUE))
    assert importlib.util.find_spec(module) is not None
    assert seen == []
    importlib.import_module(module)
    importlib.import_module(module)
    assert seen == [7]


def test_it_happens_at_once_where_the_module_is_imported_already(module):
    importlib.import_module(module)
    seen = []
    when_imported(module, lambda: seen.append(1))
    assert seen == [1]


def test_a_module_that_does_not_exist_is_as_missing_as_before():
    when_imported("ganzoo_nowhere", lambda: None)
    try:
        assert importlib.util.find_spec("ganzoo_nowhere") is None
        with pytest.raises(ModuleNotFoundError, match="ganzoo_nowhere"):
            importlib.import_module("ganzoo_nowhere")
    finally:
        del sys.meta_path[0]
