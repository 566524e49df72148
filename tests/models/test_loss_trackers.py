"""Losses that some steps do not compute: what `fit` reports of them, and what the log has."""

import csv

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import DCGAN
from ganzoo.callbacks import TrainingLog
from ganzoo.models.outputs import LazyLoss


class Penalised(DCGAN):
    """Reports a penalty, the number of the step, at every third one; and another never."""

    loss_names = (*DCGAN.loss_names, "penalty", "never")
    lazy_loss_names = ("penalty",)

    def end_step(self, **losses):
        step = self.step.value
        is_computed = tf.equal(step % 3, 2)
        value = tf.where(is_computed, step, float("nan"))
        return super().end_step(**losses, penalty=LazyLoss(value, is_computed))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "log.csv"
    model = Penalised(image_shape=(8, 8, 1), latent_dim=2, filters=1)
    model.compile()
    images = np.zeros((14, 8, 8, 1), np.float32)
    history = model.fit(
        images, batch_size=2, epochs=2, verbose=0, shuffle=False, callbacks=[TrainingLog(path, 2)]
    ).history
    return history, list(csv.DictReader(path.read_text().splitlines()))


def test_a_lazy_loss_is_the_mean_of_the_steps_that_computed_it(fitted):
    history, _ = fitted
    # Steps 2 and 5 of the first epoch's seven, 8 and 11 of the second's.
    assert history["penalty"] == [3.5, 9.5]
    assert "never" not in history


def test_a_row_of_the_log_has_it_where_a_step_of_the_window_computed_it(fitted):
    _, rows = fitted
    assert [row["penalty"] for row in rows] == ["", "2.0", "5.0", "", "8.0", "11.0", ""]
    assert {row["never"] for row in rows} == {""}
    assert all(float(row["discriminator_loss"]) > 0 for row in rows)
