"""How long a step takes: of every batch format, and in the unit of seconds."""

import pytest
import tensorflow as tf

from ganzoo import load_config
from ganzoo.training import step_time


@pytest.fixture
def eagerly():
    """Runs steps without compiling them, which takes far longer than a few steps."""
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        ("dcgan", {"image_size": 8, "filters": 1}),
        ("cgan", {"image_size": 8}),
        ("pix2pix", {"image_size": 16, "filters": 1, "receptive_field": 16, "input_channels": 3}),
        ("cyclegan", {"image_size": 24, "filters": 1, "blocks": 1}),
    ],
)
def test_a_step_of_every_batch_format_is_timed(model, settings, monkeypatch, eagerly):
    monkeypatch.setattr(step_time, "TIMED_STEPS", 1)
    assert 0 < step_time.seconds_per_step(load_config(model, batch_size=2, **settings)) < 60
