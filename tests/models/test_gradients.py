"""Updates stay behind the passes that read the old weights, in the graph that is executed too."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.models import gradients
from ganzoo.testing.update_order import optimized_graph, reads_and_updates


def at_once(loss, tape, optimizer, variables):
    """An update as Keras's documentation writes it: it waits for its own gradients alone."""
    optimizer.apply(tape.gradient(loss, variables), variables)


def critic_updates(minimize, updates):
    """Returns a compiled step that updates a critic several times, each with three passes of it."""
    images = keras.Input((3,))
    # Its gradient does not need the scores, so that nothing else puts its update behind them.
    scores = keras.layers.Dense(1, use_bias=False)
    hidden = keras.layers.Dense(4, "tanh")
    critic = keras.Model(images, scores(hidden(images)))
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build(critic.trainable_variables)

    @tf.function(jit_compile=False)
    def step(reals, fakes):
        for _ in range(updates):
            with tf.GradientTape() as tape:
                with tf.GradientTape() as inner:
                    inner.watch(fakes)
                    between = critic(0.5 * (reals + fakes))
                penalty = tf.reduce_sum(inner.gradient(between, fakes) ** 2)
                loss = tf.reduce_mean(critic(fakes) - critic(reals)) + penalty
            minimize(loss, tape, optimizer, critic.trainable_variables)
        return loss

    return step


@pytest.mark.parametrize(
    ("minimize", "in_order"), [(gradients.minimize, True), (at_once, False)], ids=["ours", "plain"]
)
def test_updates_of_a_critic_are_behind_all_passes_only_where_they_wait_for_them(
    minimize, in_order
):
    step = critic_updates(minimize, updates=2)
    batch = tf.constant(np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32"))
    graph = optimized_graph(step.get_concrete_function(batch[0], batch[1]))
    ordered = [each for *_, each in reads_and_updates(graph)]
    assert len(ordered) > 20
    assert all(ordered) == in_order


def test_weights_that_a_loss_does_not_reach_are_left_alone():
    reached, other = tf.Variable(1.0), tf.Variable(1.0)
    with tf.GradientTape() as tape:
        loss = reached**2
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        gradients.minimize(loss, tape, keras.optimizers.SGD(0.25), [reached, other])
    assert (reached.numpy(), other.numpy()) == (0.5, 1.0)
