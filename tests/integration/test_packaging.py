"""The built distribution, used from an environment that has nothing else."""

import os
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*command, cwd):
    # Nothing of this process's environment may help the installed package.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [str(c) for c in command], cwd=cwd, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_wheel_built_from_the_sdist_works_in_an_empty_environment(tmp_path):
    run(sys.executable, "-m", "build", "--outdir", tmp_path, ROOT, cwd=tmp_path)
    (sdist,), (wheel,) = tmp_path.glob("*.tar.gz"), tmp_path.glob("*.whl")
    with tarfile.open(sdist) as archive:
        assert any(name.endswith("ganzoo/data/sample/LICENSE") for name in archive.getnames())

    venv.create(tmp_path / "env", with_pip=True)
    bin_folder = tmp_path / "env" / "bin"
    run(bin_folder / "pip", "install", "--quiet", wheel, cwd=tmp_path)
    run(bin_folder / "pip", "check", cwd=tmp_path)
    ganzoo = bin_folder / "ganzoo"
    assert "dcgan/sample" in run(ganzoo, "presets", cwd=tmp_path)
    # Weights that ship, and the page's files.
    run(ganzoo, "generate", "dcgan/sample", "-n", "4", "--output", "shipped.png", cwd=tmp_path)
    run(ganzoo, "translate", "pix2pix/sample", "shipped.png", "--output", "made", cwd=tmp_path)
    assert (tmp_path / "shipped.png").exists() and (tmp_path / "made/shipped.png").exists()
    page = "from ganzoo.web.app import Page; print(len(Page([], set())._assets))"
    assert run(bin_folder / "python", "-c", page, cwd=tmp_path) == "4\n"
    tiny = ["--image-size", "8", "--batch-size", "16", "--set", "filters=2", "--steps", "2"]
    run(ganzoo, "train", "dcgan", *tiny, "--run-dir", "run", cwd=tmp_path)
    run(ganzoo, "generate", "run", "-n", "4", "--output", "grid.png", cwd=tmp_path)
    run(ganzoo, "export", "run", "served", cwd=tmp_path)
    assert (tmp_path / "grid.png").exists()
    assert (tmp_path / "served/run/1/saved_model.pb").exists()
