"""Running means of losses, the same on every replica and on every worker."""

import keras
import tensorflow as tf

from ganzoo.models.outputs import LazyLoss


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


def report(trackers: list[SharedMean], losses: dict) -> dict[str, tf.Tensor]:
    """Updates the mean of each loss and returns it by name, as `fit` shows it.

    Args:
        trackers: one for each loss that there can be, of its name.
        losses: by name, means over this replica's examples, or `LazyLoss`es of these. Those that
            are left out are neither updated nor returned.

    Returns:
        Means over the global batches since the epoch began; of a lazy loss, over those that
        computed it.
    """
    replica = tf.distribute.get_replica_context()
    given = [tracker for tracker in trackers if tracker.name in losses]
    values, weights = zip(*(_weighted(losses[tracker.name]) for tracker in given), strict=True)
    means = replica.all_reduce(tf.distribute.ReduceOp.MEAN, tf.stack(values))
    for tracker, mean, weight in zip(given, tf.unstack(means), weights, strict=True):
        tracker.update_state(mean, sample_weight=weight)
    # Keras 3 fails on scalars here (keras #20585): it takes their mean along a first axis.
    has_workers = isinstance(replica.strategy, tf.distribute.MultiWorkerMirroredStrategy)
    shape = (1,) if has_workers else ()
    return {tracker.name: tf.reshape(tracker.result(), shape) for tracker in given}


def _weighted(loss):
    """Returns a loss and its weight in the mean, None for 1."""
    if not isinstance(loss, LazyLoss):
        return tf.cast(loss, "float64"), None
    value = tf.where(loss.is_computed, tf.cast(loss.value, "float64"), 0.0)
    return value, tf.cast(loss.is_computed, "float64")
