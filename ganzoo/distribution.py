"""A name -> the `tf.distribute` strategy that a model is made and trained under."""

import tensorflow as tf

from ganzoo.errors import InputError, unknown

STRATEGIES = {
    "none": tf.distribute.get_strategy,  # TensorFlow's default: one device
    "mirrored": tf.distribute.MirroredStrategy,  # every GPU of this machine, or its one CPU
}


def strategy(name: str, batch_size: int) -> tf.distribute.Strategy:
    """Returns the strategy of that name.

    Args:
        name: `"none"` or `"mirrored"`.
        batch_size: the global batch, which the replicas share; learning rates do not change.

    Raises:
        InputError: if there is no such strategy, or the batch cannot be dealt evenly.
    """
    if name not in STRATEGIES:
        raise unknown("strategy", name, STRATEGIES)
    chosen = STRATEGIES[name]()
    replicas = chosen.num_replicas_in_sync
    if batch_size % replicas:
        raise InputError(
            f"The batch size must be a multiple of the {replicas} devices. Received: {batch_size}"
        )
    return chosen
