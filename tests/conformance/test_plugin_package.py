"""An installed package that brings a model and a batch format, used by the commands of ganzoo."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.slow

LAWS = """
from example_plugin.stereo_gan import StereoGAN
from ganzoo.testing import ModelLaws

class TestStereoGAN(ModelLaws):
    model = "stereo_gan"
    arguments = {"image_shape": (4, 6, 1), "latent_dim": 4, "units": 5}

def test_the_name_is_of_the_entry_point():
    assert TestStereoGAN.model_class() is StereoGAN
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """A folder in which the package and what pip would write of it are found."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(Path(__file__).parent / "example_plugin", folder / "example_plugin")
    metadata = folder / "example_plugin-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: example_plugin\nVersion: 1.0\n"
    )
    (metadata / "entry_points.txt").write_text(
        "[ganzoo.models]\nstereo_gan = example_plugin.stereo_gan:StereoGAN\n"
    )
    views = np.random.default_rng(0).integers(0, 256, (2, 32, 8, 8, 1), np.uint8)
    np.savez(folder / "views.npz", left=views[0], right=views[1])
    (folder / "test_laws.py").write_text(LAWS)
    return folder


@pytest.fixture(scope="module")
def python(package):
    """Runs Python in a process of its own, in that folder."""

    def run(*arguments):
        path = os.pathsep.join([str(package), *sys.path])
        return subprocess.run(
            [sys.executable, "-m", *map(str, arguments)],
            cwd=package, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True,
        )  # fmt: skip

    return run


def test_it_is_listed_and_shown(python):
    assert "stereo_gan" in python("ganzoo", "models").stdout
    shown = python("ganzoo", "show", "stereo_gan")
    assert shown.stdout.startswith("# stereo_gan has no preset"), shown.stderr
    assert "units: 16" in shown.stdout


def test_it_trains_resumes_generates_and_exports(python, package):
    def ganzoo(*arguments):
        done = python("ganzoo", *arguments)
        assert done.returncode == 0, f"{arguments}: {done.stderr}"

    train = ["train", "stereo_gan", "--dataset=views.npz", "--run-dir=run", "--image-size=8"]
    train += ["--set=sample_count=4", "--set=checkpoint_every=2"]
    ganzoo(*train, "--steps=4")
    ganzoo(*train, "--steps=6", "--resume")
    assert (package / "run/checkpoints/step-00000006").is_dir()
    ganzoo("generate", "run", "-n", "4", "--output", "grid.png")
    ganzoo("export", "run", "served")
    (export,) = package.glob("served/**/saved_model.pb")
    ganzoo("generate", export.parent, "-n", "4", "--output", "exported.png")
    assert (package / "grid.png").is_file() and (package / "exported.png").is_file()


def test_it_keeps_the_laws_that_it_imports(python):
    done = python("pytest", "-q", "-p", "no:cacheprovider", "test_laws.py")
    assert done.returncode == 0, done.stdout
    assert re.search(r"\b3\d passed", done.stdout)
