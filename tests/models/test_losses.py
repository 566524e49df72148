"""The losses that models share, against numpy in closed form."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.models import losses

NOISE = np.random.default_rng(0)
REAL, FAKE = NOISE.normal(0.0, 3.0, (2, 4, 5, 5, 1)).astype(np.float32)  # a map of patches each


def log_d(logits):
    """log sigmoid, in float64."""
    return -np.log1p(np.exp(-logits.astype(np.float64)))


def test_the_logistic_loss_of_the_discriminator():
    expected = -np.mean(log_d(REAL)) - np.mean(log_d(-FAKE))  # 1 - sigmoid(x) = sigmoid(-x)
    loss = losses.logistic_discriminator_loss(REAL, FAKE)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_the_two_losses_of_the_generator():
    loss = losses.non_saturating_generator_loss(FAKE)
    assert float(loss) == pytest.approx(-np.mean(log_d(FAKE)), rel=1e-5)
    loss = losses.minimax_generator_loss(FAKE)
    assert float(loss) == pytest.approx(np.mean(log_d(-FAKE)), rel=1e-5)


@pytest.mark.parametrize("target", [0.0, 0.1, 0.9, 1.0])
def test_the_cross_entropy_with_one_target_for_all(target):
    expected = -np.mean(target * log_d(REAL) + (1 - target) * log_d(-REAL))
    loss = losses.sigmoid_cross_entropy(target, REAL)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


def test_the_l1_loss_is_a_mean_over_all_pixels_and_channels():
    expected = np.mean(np.abs(REAL.astype(np.float64) - FAKE))
    assert float(losses.l1_loss(REAL, FAKE)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(
    ("loss", "slope_at_a_sure_discriminator"),
    [(losses.non_saturating_generator_loss, -1.0), (losses.minimax_generator_loss, 0.0)],
)
def test_only_the_non_saturating_loss_has_a_gradient_where_every_fake_is_recognised(
    loss, slope_at_a_sure_discriminator
):
    logits = tf.constant([-30.0])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(logits)
    slope = float(tape.gradient(value, logits)[0])
    assert slope == pytest.approx(slope_at_a_sure_discriminator, abs=1e-6)


@pytest.mark.parametrize("logit", [-200.0, 200.0])
def test_logits_of_any_size_have_finite_losses_and_gradients(logit):
    logits = tf.constant([logit])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(logits)
        found = [
            losses.logistic_discriminator_loss(logits, logits),
            losses.non_saturating_generator_loss(logits),
            losses.minimax_generator_loss(logits),
            losses.sigmoid_cross_entropy(0.9, logits),
        ]
    for loss in found:
        assert np.isfinite(loss.numpy()) and np.isfinite(tape.gradient(loss, logits).numpy()).all()
