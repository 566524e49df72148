"""LSGAN's losses against numpy, and what its targets decide."""

import numpy as np
import pytest

from ganzoo import LSGAN
from ganzoo.errors import InputError

TINY = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
REAL = np.array([[2.0], [-1.0], [0.5]], np.float32)
FAKE = np.array([[-3.0], [0.0], [1.0]], np.float32)


@pytest.mark.parametrize("targets", [(0.0, 1.0, 1.0), (-1.0, 1.0, 0.0)])
def test_the_losses_are_the_papers(targets):
    a, b, c = targets
    model = LSGAN(**TINY, fake_target=a, real_target=b, generator_target=c)
    expected = np.mean((REAL - b) ** 2) / 2 + np.mean((FAKE - a) ** 2) / 2
    assert float(model.discriminator_loss(REAL, FAKE)) == pytest.approx(expected)
    assert float(model.generator_loss(FAKE)) == pytest.approx(np.mean((FAKE - c) ** 2) / 2)


@pytest.mark.parametrize(
    ("targets", "threshold", "at_chance"), [((0.0, 1.0, 1.0), 0.5, 0.25), ((-1.0, 1.0, 0.0), 0, 1)]
)
def test_scores_are_at_chance_halfway_between_the_targets(targets, threshold, at_chance):
    a, b, c = targets
    model = LSGAN(**TINY, fake_target=a, real_target=b, generator_target=c)
    assert (model.decision_threshold, model.discriminator_loss_at_chance) == (threshold, at_chance)
    scores = np.full((4, 1), threshold, np.float32)
    assert float(model.discriminator_loss(scores, scores)) == pytest.approx(at_chance)


@pytest.mark.eager
def test_both_updates_of_a_step_have_the_same_latents():
    model = LSGAN(**TINY)
    model.compile()
    drawn, draw = [], model.draw_latents
    model.draw_latents = lambda count, key: drawn.append(draw(count, key)) or drawn[-1]
    model.train_on_batch(np.zeros((4, 8, 8, 1), np.float32))
    assert len(drawn) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"filters": 0},
        {"image_shape": (8, 16, 1)},
        {"fake_target": 1.0},
        {"generator_target": 2.0},
    ],
    ids=str,
)
def test_values_out_of_range_are_refused(wrong):
    with pytest.raises(InputError, match="Received"):
        LSGAN(**(TINY | wrong))
