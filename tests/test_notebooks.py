"""The notebooks of the documents: saved as they were run, and run again."""

import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="the extra keras-ganzoo[test] is not installed")

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs/notebooks").glob("*.ipynb"))


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def printed(notebook):
    return "".join(o.text for o in outputs(notebook) if o.output_type == "stream")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_saved_as_it_was_run_from_above(path):
    notebook = nbformat.read(path, 4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert not [output for output in outputs(notebook) if output.output_type == "error"]
    assert sum("image/png" in o.get("data", {}) for o in outputs(notebook)) >= 8
    assert "/tmp/" not in printed(notebook)


@pytest.mark.long
def test_the_notebook_gives_the_results_that_it_states(tmp_path, monkeypatch):
    from nbclient import NotebookClient

    monkeypatch.delenv("GANZOO_NOTEBOOK_RUN", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
    notebook = nbformat.read(ROOT / "docs/notebooks/the_game.ipynb", 4)
    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=where).execute()
    told = printed(notebook)
    assert "slope at a = -8: -0.00034; from the formula -0.00034" in told
    assert "slope at a = -8: -0.99966; from the formula -0.99966" in told
    assert "k = 1: 8 of 8 modes" in told
    assert "The generator has collapsed (points" in told
    (ratio,) = [line.split()[-4] for line in told.splitlines() if "times as long" in line]
    assert float(ratio) > 5
    (brightness,) = [line for line in told.splitlines() if line.startswith("brightness")]
    before, after = (float(word) for word in brightness.split()[1::2])
    assert after > before + 0.1
