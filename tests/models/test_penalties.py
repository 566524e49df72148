"""Penalties on gradients against their closed forms, and their derivatives against differences."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo import randomness
from ganzoo.models import penalties

IMAGES = tf.constant(np.random.default_rng(0).uniform(-1, 1, (5, 2, 3, 1)), tf.float64)


def test_the_gradient_of_a_linear_critic_has_the_norm_of_its_weights_at_every_image():
    weights = tf.constant(np.random.default_rng(1).normal(size=(2, 3, 1)))
    norms = penalties.gradient_norms(lambda x: tf.reduce_sum(weights * x, (1, 2, 3)), IMAGES)
    np.testing.assert_allclose(norms, np.full(5, np.linalg.norm(weights)))
    expected = (np.linalg.norm(weights) - 1) ** 2
    assert float(penalties.unit_norm_penalty(norms)) == pytest.approx(expected)


def test_the_penalty_is_the_mean_of_squares_over_images_and_the_norm_over_all_of_an_image():
    # grad |x|^2 / 2 = x. A square of means, or a norm over an axis or over the batch, differs.
    norms = penalties.gradient_norms(lambda x: tf.reduce_sum(x**2, (1, 2, 3)) / 2, IMAGES)
    right = np.linalg.norm(IMAGES.numpy().reshape(5, -1), axis=1)
    np.testing.assert_allclose(norms, right)
    assert float(penalties.unit_norm_penalty(norms)) == pytest.approx(np.mean((right - 1) ** 2))


def test_where_the_gradient_is_exactly_zero_the_penalty_and_its_derivative_are_finite():
    weight = tf.Variable(0.0)
    with tf.GradientTape() as tape:
        norms = penalties.gradient_norms(
            lambda x: weight * tf.reduce_sum(x, (1, 2, 3)), tf.zeros((2, 4, 4, 1))
        )
        penalty = penalties.unit_norm_penalty(norms)
    assert float(penalty) == pytest.approx(1.0, abs=1e-5)
    assert np.isfinite(tape.gradient(penalty, weight))


def test_each_image_lies_between_a_pair_by_a_share_of_its_own():
    key = randomness.key(0, "share", 0)
    shares = penalties.between(tf.zeros((64, 2, 3, 1)), tf.ones((64, 2, 3, 1)), key).numpy()
    assert np.ptp(shares, axis=(1, 2, 3)).max() == 0, "one share for all pixels of an image"
    assert len(np.unique(shares)) == 64
    assert 0 <= shares.min() < 0.1 and 0.9 < shares.max() < 1
