"""What is said before training about its time and memory."""

import pytest

import ganzoo
from ganzoo import DCGAN, CycleGAN
from ganzoo.training import estimates
from ganzoo.training.estimates import duration, step_seconds, training_memory


def test_a_step_takes_its_arithmetic_at_this_machines_speed_and_a_little_per_layer(monkeypatch):
    model = DCGAN(image_shape=(8, 8, 1), latent_dim=2, filters=2)
    layers = len(model.generator.layers) + len(model.discriminator.layers)
    monkeypatch.setattr(estimates, "matmul_speed", lambda **_: 1e9)
    monkeypatch.setattr(estimates, "count_forward_flops", lambda network, shape: 1_000_000)
    assert step_seconds(model, 10) == pytest.approx(4 * (10 * 2e6 / 1e9 + layers * 1e-4))


def test_memory_grows_with_the_batch_and_with_images_of_any_size():
    small = CycleGAN(image_shape=(24, 24, 1), filters=1, blocks=1)
    large = CycleGAN(image_shape=(96, 96, 1), filters=1, blocks=1)
    one, two, four = (training_memory(small, n) for n in (1, 2, 4))
    assert four - two == pytest.approx(2 * (two - one), rel=0.5) and two > one
    assert training_memory(large, 8) > training_memory(small, 8)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.0004, "0 ms"), (0.9, "900 ms"), (89, "89 s"), (7200, "2.0 h")]
)
def test_durations_are_said_in_their_unit(seconds, said):
    assert duration(seconds) == said


@pytest.mark.eager
def test_training_begins_with_its_recipe_its_grids_and_its_estimate(tmp_path, caplog):
    caplog.set_level("INFO", logger="ganzoo")
    ganzoo.train("dcgan", run_dir=tmp_path / "run", steps=1, filters=2, batch_size=8)
    said = [record.getMessage() for record in caplog.records]
    places = [next(i for i, line in enumerate(said) if line.startswith(begin)) for begin in
              ("Settings: preset dcgan/sample", "dcgan on sample: 8,000 images", "Grids: ",
               "Rough estimate here: ")]  # fmt: skip
    assert places == sorted(places)
    assert f"Grids: {tmp_path / 'run/samples'}, one before the first step" in said[places[2]]
    assert " ms a step, " in said[places[3]] and " GiB of memory" in said[places[3]]
