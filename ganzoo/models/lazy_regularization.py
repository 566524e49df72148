"""Regularisation that only every k-th step computes, with an update of its own.

Karras et al. (2020, arXiv:1912.04958, section 3.1 and appendix B): a penalty of every k-th step,
times k, has the mean of one of every step. Its update shares the optimizer's moments, whose
settings are corrected for it (`ganzoo.optimizers.adam.lazily_regularized_adam_pair`).
"""

import tensorflow as tf


def every(interval: int, step, regularize, *inputs) -> tuple[tf.Tensor, tf.Tensor]:
    """Calls a function in steps 0, k, 2k, ... alone, in a graph as well.

    What it computes and what it updates is a branch of the graph that other steps do not enter. An
    optimizer's update meets those of the other replicas, which a branch may not contain; so the
    replicas meet before it, and part again inside.

    Args:
        interval: k.
        step: the number of steps before this one, the same on all replicas.
        regularize: takes `inputs`, makes an update, and returns a scalar of `step`'s dtype.
        *inputs: tensors that may differ between replicas, such as images: a function that had them
            from around itself would have those of the first replica on all.

    Returns:
        What it returned, the mean over replicas, in other steps 0; and whether it was called.
    """
    step = tf.convert_to_tensor(step)
    is_due = tf.equal(tf.math.floormod(step, tf.cast(interval, step.dtype)), 0)
    replica = tf.distribute.get_replica_context()
    nothing = tf.zeros((), step.dtype)
    if replica.num_replicas_in_sync == 1:
        return tf.cond(is_due, lambda: regularize(*inputs), lambda: nothing), is_due

    def across(strategy, is_due, *inputs):
        def part_again():
            values = strategy.extended.call_for_each_replica(regularize, args=inputs)
            values = strategy.experimental_local_results(values)
            return tf.add_n(values) / tf.cast(len(values), step.dtype)

        first = strategy.experimental_local_results(is_due)[0]
        return tf.cond(first, part_again, lambda: nothing)

    return replica.merge_call(across, args=(is_due, *inputs)), is_due
