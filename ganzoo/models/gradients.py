"""Gradients of a model's losses: one optimizer step, and how large they are."""

import tensorflow as tf


def minimize(loss, tape: tf.GradientTape, optimizer, variables, is_partial: bool = False) -> None:
    """Takes one optimizer step on a loss that is a mean over this replica's examples.

    The one place where losses are scaled. Gradients are summed over replicas, so a mean over the
    global batch needs 1 / replicas; float16 needs the optimizer's factor on top, which it divides
    out again. Both enter as the gradient of the loss with respect to itself.

    And the one place where updates are put in order. In a graph TensorFlow's optimizer of graphs
    may drop the edge that keeps an update behind a pass that reads the old weights, if that pass
    reads them more than once: then some executions use the new ones. So an update waits for its
    loss and for all of its gradients, which are behind every such pass.

    Args:
        loss: a mean over this replica's examples.
        tape: that recorded it.
        optimizer: built with the variables.
        variables: all that the optimizer updates.
        is_partial: whether the loss may be one of some of the variables alone, such as a penalty on
            a gradient, in which last biases do not appear: the others are left as they are.
            Otherwise Keras warns of them.
    """
    replicas = tf.distribute.get_replica_context().num_replicas_in_sync
    scale = tf.cast(optimizer.scale_loss(1.0 / replicas), loss.dtype)
    gradients = tape.gradient(loss, variables, output_gradients=scale)
    if is_partial:
        pairs = [pair for pair in zip(gradients, variables, strict=True) if pair[0] is not None]
        gradients, variables = map(list, zip(*pairs, strict=True))
    # One operation to wait for: each of hundreds would otherwise wait for each gradient.
    computed = tf.group(loss, *(gradient for gradient in gradients if gradient is not None))
    with tf.control_dependencies([computed]):
        optimizer.apply(gradients, variables)


def norm(tape: tf.GradientTape, loss, variables) -> tf.Tensor:
    """Returns the Euclidean norm of a loss's gradient over all of the variables."""
    return tf.linalg.global_norm(tape.gradient(loss, variables))
