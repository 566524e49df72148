"""Running means of losses, the same on every replica and on every worker."""

import keras
import tensorflow as tf


class SharedMean(keras.metrics.Mean):
    """A running mean of values that are the same on every replica, each of which has all of it.

    Keras's own has a part on each replica, and none can read it unless all others take part.

    It counts in float64, in which a sum loses nothing; and in float32 Grappler merges it with the
    additions inside a loss, in an order that a resumed run need not share: the last digit shows it.
    """

    def __init__(self, name: str):
        super().__init__(name=name, dtype="float64")

    def add_variable(
        self, shape, initializer, dtype=None, aggregation="only_first_replica", name=None
    ):
        return keras.Variable(
            initializer, shape, dtype, trainable=False, aggregation=aggregation, name=name
        )


def report(trackers: list[SharedMean], losses: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
    """Updates the mean of each loss and returns it by name, as `fit` shows it.

    Args:
        trackers: one for each loss, of its name.
        losses: by name, means over this replica's examples.

    Returns:
        Means over the global batches since the epoch began.
    """
    replica = tf.distribute.get_replica_context()
    values = [tf.cast(losses[tracker.name], "float64") for tracker in trackers]
    means = replica.all_reduce(tf.distribute.ReduceOp.MEAN, tf.stack(values))
    for tracker, mean in zip(trackers, tf.unstack(means), strict=True):
        tracker.update_state(mean)
    # Keras 3 fails on scalars here (keras #20585): it takes their mean along a first axis.
    has_workers = isinstance(replica.strategy, tf.distribute.MultiWorkerMirroredStrategy)
    shape = (1,) if has_workers else ()
    return {tracker.name: tf.reshape(tracker.result(), shape) for tracker in trackers}
