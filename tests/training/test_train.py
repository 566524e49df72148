"""What `train` does with the data before the first step: biases from it, a look at its labels."""

import numpy as np
import pytest

from ganzoo import GAN, load_run, train
from ganzoo.errors import InputError

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
    run = train("cgan", num_classes=12, steps=1, run_dir=tmp_path / "run", **settings)
    assert np.isfinite(load_run(run).generator.get_weights()[0]).all()
