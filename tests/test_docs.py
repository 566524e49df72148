"""What the documentation shows is run."""

import doctest
import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

from ganzoo import registry
from ganzoo.cli import cli

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "ganzoo").rglob("*.py")
    if ">>>" in path.read_text()
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_this_module_are_true(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(registry, "_targets", dict(registry._targets))
    results = doctest.testmod(importlib.import_module(name))
    assert results.attempted > 0
    assert results.failed == 0


# Keras says so to everybody who gives `fit` a dataset and leaves `shuffle` alone.
@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed, but will be ignored")
def test_the_readmes_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert len(code.strip().splitlines()) <= 12
    exec(code.replace("epochs=12", "epochs=1, steps_per_epoch=2, verbose=0"), {})
    assert (tmp_path / "dcgan.keras").exists()
    assert (tmp_path / "served/dcgan/saved_model.pb").exists()
    assert (tmp_path / "samples/samples-00000002.png").exists()


def test_the_readmes_commands_name_existing_options():
    text = (ROOT / "README.md").read_text()
    for line in re.findall(r"^ganzoo (.+?)\s*(?:#.*)?$", text, re.M):
        command, words = cli, shlex.split(line)
        while isinstance(command, click.Group):
            command, words = command.commands[words[0]], words[1:]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, line


def test_links_between_the_documents_lead_somewhere():
    for document in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
            if not target.startswith("http"):
                assert (document.parent / target).exists(), f"{document.name}: {target}"
