"""Running means of losses, the same on every replica and on every worker."""

import keras


class SharedMean(keras.metrics.Mean):
    """A running mean of values that are the same on every replica, each of which keeps it whole.

    Keras's own keeps a part on each, which nobody can read without all others taking part.

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
