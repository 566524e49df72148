"""`~` in the paths that Python is given, which no shell has replaced."""

import numpy as np
import pytest
from PIL import Image

import ganzoo
from ganzoo import InputError, callbacks, serving
from ganzoo.images.files import save_image
from ganzoo.saving.files import path_of


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    return home


@pytest.fixture
def run(trained, tmp_path, at_home):
    (tmp_path / trained).rename(at_home / "run")
    return "~/run"


def test_images_of_a_run_are_written_and_read_at_home(run, at_home):
    ganzoo.generate(run, 4, output="~/grid.png")
    ganzoo.generate(run, 2, output="~/images/")
    ganzoo.generate_files(run, 2, "~/more")
    ganzoo.interpolate(run, [0, 1], steps=1, output="~/strip.png")
    ganzoo.interpolate(run, [0, 1], steps=1, output="~/walk.gif")
    ganzoo.arithmetic(run, "seed 1", output="~/sum.png", latents_output="~/latents.npy")
    ganzoo.project(run, "~/images/000000.png", output="~/found", steps=1, restarts=1)
    assert ganzoo.timelapse(run, "~/time.gif") == at_home / "time.gif"
    names = "grid.png images/000001.png more/000001.png strip.png walk.gif sum.png latents.npy"
    for name in (*names.split(), "found", "time.gif"):
        assert (at_home / name).exists(), name


def test_runs_are_loaded_listed_compared_and_exported_at_home(run, at_home):
    assert ganzoo.load_run(run).image_shape == (8, 8, 1)
    assert ganzoo.load_model("~/run/model.keras").image_shape == (8, 8, 1)
    assert [one.folder.name for one in ganzoo.list_runs("~/")] == ["run"]
    ganzoo.compare([run], "~/page.html")
    assert (at_home / "page.html").is_file()
    assert ganzoo.load_config("~/run/config.yaml").model == "dcgan"
    target = ganzoo.export(run, "~/served")
    assert target == at_home / "served/run/1"
    assert serving.ExportedModel("~/served/run/1").image_shape == (8, 8, 1)
    assert ganzoo.generate("~/served/run/1", 2).shape == (2, 8, 8, 1)
    assert callbacks.newest_checkpoint("~/run/checkpoints").name == "step-00000003"


def test_training_reads_and_writes_at_home(run, at_home, eagerly):
    noise = np.random.default_rng(0)
    for number in range(20):
        image = noise.integers(0, 256, (8, 8, 1), np.uint8)
        save_image(f"~/photos/{number}.png", image)
    settings = {"image_size": 8, "batch_size": 4, "filters": 2, "latent_dim": 4, "steps": 1}
    with eagerly():
        folder = ganzoo.train(
            "dcgan", "~/photos", run_dir="~/new", init_from="~/run", sample_count=4, **settings
        )
        assert folder == at_home / "new"
        assert ganzoo.resume("~/new", steps=2) == at_home / "new"
    report = ganzoo.check_dataset(
        "~/photos", "dcgan", timed=False, contact_sheet="~/sheet.png", image_size=8, batch_size=4
    )
    assert report.problems == []
    with Image.open(at_home / "sheet.png") as sheet:
        assert sheet.size[0] > 8
    assert not (at_home.parent / "~").exists()


def test_a_home_that_there_is_not_is_said_in_one_line():
    with pytest.raises(InputError, match="There is no home folder to put for ~; set HOME"):
        path_of("~nobody-of-this-name/x")
    assert str(path_of("a/~/b")) == "a/~/b"
