"""What `train` does around the training itself: data, settings, checkpoints."""

import numpy as np
import pytest
import yaml
from PIL import Image

from ganzoo import GAN, generate, load_config, load_run, resume, train
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import Run, open_run
from ganzoo.training import assembling

pytestmark = [pytest.mark.eager, pytest.mark.slow]
GAN_SETTINGS = {
    "image_size": 8, "generator_units": 4, "maxout_units": 2, "batch_size": 2000, "sample_count": 4,
}  # fmt: skip


@pytest.fixture
def adapted(monkeypatch):
    """The steps at which a GAN was adapted."""
    steps, adapt = [], GAN.adapt

    def noted(model, dataset):
        steps.append(int(model.step.numpy()))
        adapt(model, dataset)

    monkeypatch.setattr(GAN, "adapt", noted)
    return steps


def test_a_new_run_is_adapted_to_its_data_and_a_resumed_one_is_not(adapted, tmp_path):
    run = tmp_path / "run"
    train("gan", steps=1, run_dir=run, learning_rate=1e-6, **GAN_SETTINGS)
    bias = load_run(run).generator.get_layer("pixels").bias.numpy().reshape(8, 8)
    assert bias[0, 0] < -2 < bias[4, 4]  # garments are in the middle
    train("gan", steps=2, run_dir=run, resume=True, learning_rate=1e-6, **GAN_SETTINGS)
    assert adapted == [0]


def test_labels_beyond_the_classes_are_refused_before_there_is_a_run(tmp_path):
    message = r"The labels of 'sample' go up to 9, so num_classes must be at least 10\. Received: 4"
    with pytest.raises(InputError, match=message):
        train("cgan", num_classes=4, run_dir=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_classes_without_examples_are_no_error(tmp_path):
    settings = {"image_size": 8, "filters": 1, "batch_size": 2000, "sample_count": 4}
    run = train("cdcgan", num_classes=12, steps=1, run_dir=tmp_path / "run", **settings)
    model = load_run(run)
    assert model.class_names[0] == "T-shirt" and model.class_names[9] == "boot"
    assert np.array_equal(generate(run, 1, labels=["Boot"]), generate(run, 1, labels=[9]))
    assert np.isfinite(load_run(run).generator.get_weights()[0]).all()


@pytest.fixture
def parsed(monkeypatch):
    """The texts that were parsed as YAML."""
    texts, safe_load = [], yaml.safe_load

    def noted(text):
        texts.append(text)
        return safe_load(text)

    monkeypatch.setattr(yaml, "safe_load", noted)
    return texts


def test_a_run_s_config_is_parsed_once_to_go_on_with_it_and_never_to_begin_it(parsed, tmp_path):
    run = tmp_path / "run"

    def parsings(train_more):
        before = (run / "config.yaml").read_text() if run.exists() else ""
        parsed.clear()
        train_more()
        texts = {before, (run / "config.yaml").read_text()}
        return sum(text in texts for text in parsed)

    assert parsings(lambda: train("gan", steps=1, run_dir=run, **GAN_SETTINGS)) == 0
    assert parsings(lambda: resume(run, steps=2)) == 1
    assert parsings(lambda: train("gan", steps=3, run_dir=run, resume=True, **GAN_SETTINGS)) == 1
    assert load_config(str(run / "config.yaml")).run.steps == 3


def test_a_run_that_ends_elsewhere_than_before_says_so_and_one_that_is_beyond_is_refused(
    tmp_path, caplog
):
    caplog.set_level("INFO", logger="ganzoo")
    run = train("gan", steps=2, run_dir=tmp_path / "run", **GAN_SETTINGS)
    resume(run, steps=3)
    assert "The run was to end at step 2, and now ends at 3" in caplog.text
    with pytest.raises(InputError, match=r"at step 3 already, and cannot end at step 1\. Rec"):
        resume(run, steps=1)


def test_a_checkpoint_is_restored_with_an_epoch_s_means_only_where_the_epoch_goes_on(tmp_path):
    run = open_run(train("gan", steps=7, run_dir=tmp_path / "run", **GAN_SETTINGS))
    model = load_run(run.folder)
    within = assembling.restore(run, model, steps_per_epoch=5)
    assert (within.step, within.states.keys()) == (7, {"health", "log", "tensorboard"})
    assert within.metrics.keys() == set(model.loss_names)
    between = assembling.restore(run, model, steps_per_epoch=7)
    assert (between.step, between.metrics, between.states) == (7, {}, within.states)
    nothing = assembling.restore(Run(tmp_path / "nowhere"), model, steps_per_epoch=7)
    assert (nothing.step, nothing.metrics, nothing.states) == (0, {}, {})


@pytest.mark.eager
def test_a_resumed_run_knows_its_data(tmp_path, monkeypatch):
    random = np.random.default_rng(0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "photos").mkdir()
    for name in range(6):
        pixels = random.integers(0, 256, (8, 8), np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"photos/{name}.png")
    settings = {"image_size": 8, "filters": 2, "batch_size": 2, "sample_count": 2}
    run = train("dcgan", "./photos", run_dir="run", steps=1, **settings)
    run = tmp_path / run
    assert load_config(str(run / "config.yaml")).values["dataset"] == str(tmp_path / "photos")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    resume(run, steps=2)  # from another working directory
    (tmp_path / "photos").rename(tmp_path / "moved")
    with pytest.raises(ResourceError, match=r"There is no such folder\. Received: .*photos"):
        resume(run, steps=3)
    resume(run, steps=3, dataset="../moved")
    Image.new("L", (8, 8)).save(tmp_path / "moved/6.png")
    with pytest.raises(InputError, match=r"not what the run was trained on: 1 new \(6\.png\)\."):
        resume(run, steps=4)
    assert int(load_run(run).step.numpy()) == 3
    resume(run, steps=4, changed_data=True)
    resume(run, steps=5)
    assert int(load_run(run).step.numpy()) == 5
