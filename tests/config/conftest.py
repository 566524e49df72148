"""A settings file, and a model of another package."""

import pytest

from ganzoo import DCGAN, registry


@pytest.fixture
def written(tmp_path):
    """Writes a settings file and returns its path."""

    def write(text):
        path = tmp_path / "settings.yaml"
        path.write_text(text)
        return str(path)

    return write


@pytest.fixture
def plugin(monkeypatch):
    """A registered class of another package, without presets, whose attributes tests set."""

    class Plugin(DCGAN):
        pass

    Plugin.recipe = {"steps": 500, "batch_size": 16}
    monkeypatch.setattr(registry, "_targets", registry._targets | {"plugin": Plugin})
    return Plugin
