"""The runs that ship: complete, of the presets as they are, and as good as their cards say."""

import contextlib
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import ganzoo
from ganzoo.config.presets import preset_text
from ganzoo.config.pretrained import PRETRAINED
from ganzoo.images.files import read_image
from ganzoo.runs.folder import open_run

# A preset whose result is unmeasured has not been trained yet, and has no weights to ship.
SAMPLES = [
    name
    for name in ganzoo.list_presets()
    if name.endswith("/sample") and not re.search("# Expect +unmeasured", preset_text(name))
]
BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def test_every_measured_sample_preset_has_one_and_all_together_are_small(tmp_path):
    assert ganzoo.list_pretrained() == SAMPLES
    with zipfile.ZipFile(tmp_path / "wheel.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for path in PRETRAINED.rglob("*"):
            wheel.write(path)
    assert (tmp_path / "wheel.whl").stat().st_size <= 25 * 2**20  # what is downloaded


@pytest.mark.parametrize("name", SAMPLES)
def test_it_was_trained_by_the_preset_and_its_card_says_how(name):
    run = open_run(name)
    expected = ganzoo.load_config(name)
    assert run.config().values == expected.values
    assert run.config().environment["git_revision"]
    text = (run.folder / "README.md").read_text()
    for part in (
        f"`ganzoo train {name}`",
        run.config().environment["git_revision"],
        "Zalando; MIT",
    ):
        assert part in text
    grids = list(run.samples.glob("*.png"))
    assert grids or name == "cyclegan/sample"
    assert name == "cyclegan/sample" or all(read_image(grid).std() > 30 for grid in grids)
    measured = {value for result in run.results() for value in result["values"]}
    ways = ("_ab", "_ba") if name == "cyclegan/sample" else ("",)
    assert {f"{v}{way}" for v in ("fid", "kid", "precision", "recall") for way in ways} <= measured


@pytest.mark.parametrize("name", SAMPLES)
def test_its_pictures_vary_as_garments_do(name, tmp_path):
    model = ganzoo.from_preset(name)
    if ganzoo.abilities.abilities_of(model).samples:
        images = ganzoo.generate(model, 16)
    else:
        garments = ganzoo.load_dataset(
            "sample",
            batch_format="images",
            batch_size=16,
            fit="pad",
            image_shape=model.image_shape,
            split="test",
            shuffle=False,
        )
        images = np.array(model.translate(next(iter(garments))))
    assert images.std(0).mean() > 0.2 and -0.95 < images.mean() < 0.3


# Of each kind of model one; the others before a release, as each takes half a minute.
OF_EACH_KIND = ("dcgan", "cdcgan", "ali", "caae", "pix2pix", "cyclegan")


def when_measured(name):
    return pytest.mark.slow if name.split("/")[0] in OF_EACH_KIND else pytest.mark.long


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=when_measured(name)) for name in SAMPLES]
)
def test_its_figures_are_measured_again_by_its_cards_command(name):
    run = open_run(name)
    recorded = {k: v for result in run.results() for k, v in result["values"].items()}
    text = (run.folder / "README.md").read_text()
    (metrics,) = re.findall(rf"`ganzoo evaluate {name} --metrics (\S+)`", text)
    # CycleGAN is measured on 90 boots held out, fewer than a covariance of 96 features needs.
    is_warned_of = pytest.warns(UserWarning, match="needs more than 96 images")
    with is_warned_of if name == "cyclegan/sample" else contextlib.nullcontext():
        results = ganzoo.evaluate(name, metrics.split(","))
    found = {k: v for result in results for k, v in result.values.items()}
    assert found.keys() == recorded.keys()
    for key, value in found.items():
        assert value == pytest.approx(recorded[key], rel=0.02, abs=0.005), key


@pytest.mark.long
@pytest.mark.parametrize("name", SAMPLES)
def test_the_script_makes_one_as_good(name, tmp_path):
    command = [
        sys.executable,
        BENCHMARKS / "pretrained.py",
        tmp_path,
        name,
        "--to",
        tmp_path / "made",
    ]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(Path.cwd())})
    before, after = open_run(name).results(), open_run(tmp_path / "made" / name).results()
    for old, new in zip(before, after, strict=True):
        first = next(iter(old["values"]))
        assert new["values"][first] == pytest.approx(old["values"][first], rel=0.3)
