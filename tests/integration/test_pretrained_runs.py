"""Runs that ship with ganzoo, by the names of their presets: here a tiny one in their place."""

import json

import numpy as np
import pytest

import ganzoo
from ganzoo.config import pretrained
from ganzoo.errors import InputError, ResourceError
from ganzoo.exporting.small_run import card, write_small_run
from ganzoo.runs.folder import Run, open_run
from ganzoo.runs.loading import load_run

SETTINGS = {"filters": 2, "batch_size": 8, "steps": 2, "sample_count": 4, "moving_average": 0.5}


@pytest.fixture(scope="module")
def trained(tmp_path_factory, eagerly):
    with eagerly():
        folder = tmp_path_factory.mktemp("trained") / "run"
        return Run(ganzoo.train("dcgan/sample", run_dir=folder, **SETTINGS))


@pytest.fixture
def shipped(trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pretrained, "PRETRAINED", tmp_path / "package")
    return write_small_run(trained, tmp_path / "package/dcgan/sample")


def test_a_run_is_named_by_its_preset_unless_a_folder_is_there(shipped, tmp_path):
    assert ganzoo.list_pretrained() == ["dcgan/sample"]
    assert open_run("dcgan/sample").folder == shipped.folder
    assert open_run("dcgan/sample").name == "dcgan/sample"
    (tmp_path / "dcgan/sample").mkdir(parents=True)
    with pytest.raises(ResourceError, match=r"Not a run folder: .*'dcgan/sample'"):
        open_run("dcgan/sample")


def test_of_other_presets_it_is_said_that_no_weights_ship(shipped):
    for take in (open_run, ganzoo.from_preset, ganzoo.evaluate):
        with pytest.raises(ResourceError, match=r"only of dcgan/sample; `ganzoo train gan/sample`"):
            take("gan/sample")
    with pytest.raises(ResourceError, match=r"Not a run folder: .*'dcgan/nothing'"):
        open_run("dcgan/nothing")


def test_it_makes_the_images_of_the_average_that_was_trained(shipped, trained):
    latents = np.random.default_rng(0).standard_normal((3, 100)).astype("float32")
    before, after = load_run(trained.folder), load_run("dcgan/sample")
    expected = np.array(before.generator_averages[0](latents))
    for network in (*after.generators, *after.generator_averages):
        np.testing.assert_allclose(network(latents), expected, atol=2e-3)
    assert int(after.step.numpy()) == 2
    assert shipped.weights_path.stat().st_size < 0.6 * 4 * before.generators[0].count_params()


def test_from_preset_loads_the_weights_or_leaves_them(shipped):
    seeds = np.ones((2, 100), "float32")
    images = load_run("dcgan/sample").predict(seeds, verbose=0)
    model = ganzoo.from_preset("dcgan/sample", **SETTINGS)
    np.testing.assert_array_equal(model.predict(seeds, verbose=0), images)
    new = ganzoo.from_preset("dcgan/sample", load_weights=False, **SETTINGS)
    assert np.abs(new.predict(seeds, verbose=0) - images).max() > 1e-3
    assert ganzoo.from_preset("gan/mnist", load_weights=False).image_shape == (28, 28, 1)
    with pytest.raises(ResourceError, match=r"Not weights of this model: generator/000.kernel"):
        ganzoo.from_preset("dcgan/sample")
    with pytest.raises(InputError, match=r"'dcgan/sample'.*Received: 'dcgan/sampel'"):
        ganzoo.from_preset("dcgan/sampel")


def test_nothing_is_written_into_it(shipped, tmp_path):
    there = sorted(shipped.folder.rglob("*"))
    for write in (
        lambda: ganzoo.resume("dcgan/sample", steps=4),
        lambda: ganzoo.find_direction("dcgan/sample", "shade", np.array([0.0, 1.0])),
        lambda: ganzoo.timelapse("dcgan/sample"),
    ):
        with pytest.raises(InputError, match=r"not written to.*Received: 'dcgan/sample'"):
            write()
    results = ganzoo.evaluate("dcgan/sample", ["fid"], num_images=100)
    assert results[0].values["fid"] > 0
    assert ganzoo.timelapse("dcgan/sample", tmp_path / "t.gif").exists()
    assert "dcgan/sample" in str(ganzoo.compare(["dcgan/sample"]))
    assert ganzoo.list_directions("dcgan/sample") == []
    assert sorted(shipped.folder.rglob("*")) == there


@pytest.mark.eager
def test_training_begins_with_its_generator_and_a_new_discriminator(shipped, tmp_path, caplog):
    run = ganzoo.train(
        "dcgan/sample", run_dir=tmp_path / "new", init_from="dcgan/sample", learning_rate=1e-9,
        **SETTINGS,
    )  # fmt: skip
    assert "nothing fits discriminator: it is newly initialised" in caplog.text
    kernel, expected = (load_run(r).generators[0].weights[0] for r in (run, "dcgan/sample"))
    np.testing.assert_allclose(kernel, expected, atol=1e-6)
    assert Run(run).config().run.init_from == "dcgan/sample"


def test_a_copy_is_a_run_that_is_not_trained_further_without_its_discriminator(shipped, tmp_path):
    shipped.folder.rename(tmp_path / "mine")
    assert load_run(tmp_path / "mine").predict(np.ones((1, 100)), verbose=0).shape == (1, 28, 28, 1)
    with pytest.raises(InputError, match=r"lacks its discriminator: it came without"):
        ganzoo.resume(tmp_path / "mine", steps=4)


def test_its_export_is_called_by_its_name(shipped, tmp_path):
    target = ganzoo.export("dcgan/sample", tmp_path / "models")
    assert target == tmp_path / "models/dcgan-sample/1"
    assert json.loads((target / "export.json").read_text())["run"] == "dcgan/sample"


def test_its_card_says_what_it_is_and_where_it_comes_from(shipped):
    text = card(shipped, "dcgan/sample", "ganzoo train dcgan/sample", "ganzoo evaluate R", "a CPU")
    for part in (
        "Radford", "`ganzoo train dcgan/sample`, seed 0, 2 steps on a CPU", "Zalando; MIT",
        "their moving average", "samples/samples-00000002.png", "`ganzoo evaluate R`",
    ):  # fmt: skip
        assert part in text
