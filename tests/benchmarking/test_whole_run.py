"""Whole runs beside the bare step: what the comparison does to the run."""

import pytest

from ganzoo import load_config
from ganzoo.benchmarking.whole_run import BareWindows, steps_of_a_window
from ganzoo.runs.loading import create_from_config
from ganzoo.training import train
from ganzoo.training.random_batches import random_batch

TINY = {"image_size": 8, "batch_size": 4, "filters": 2}


@pytest.mark.slow
def test_a_run_with_bare_steps_between_its_own_is_the_run_without(tmp_path):
    config = load_config(
        "cyclegan/sample", **TINY | {"image_size": 24}, blocks=1, steps=12, log_every=3
    )
    batch = random_batch(config, create_from_config(config))
    logs = []
    for callbacks in ([], [BareWindows(batch, window=4, warm_up=2)]):
        run = train.train(config, run_dir=tmp_path / str(len(logs)), more_callbacks=callbacks)
        logs.append((run / "log.csv").read_bytes())
    assert len(callbacks[0].times["bare"].wall) == 2
    assert logs[0] == logs[1]


def test_a_window_has_a_grid_and_a_look_in_it_where_that_takes_seconds():
    config = load_config("dcgan/sample", **TINY, log_every=2, sample_every=4, health_every=8)
    assert steps_of_a_window(config.values, seconds=1.0) == 8
    assert steps_of_a_window(config.values, seconds=0.1) == 24
    assert steps_of_a_window(config.values, seconds=15.0) == 4
