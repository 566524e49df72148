"""How all workers come to know, after the same step, that one of them is to stop.

A signal reaches one process, at any time. But the workers of one training take each step together:
if one ended before a step that the others have begun, those would wait for it without end. So now
and then, between two steps, they all tell each other whether they are to stop, in one all-reduce of
two numbers, which takes a millisecond or two. The second number is the time since they last did:
from its sum they all choose after how many steps they do it next, about ten times a second.
"""

import time

import tensorflow as tf

from ganzoo.training.distributed.strategies import has_workers

_SECONDS_BETWEEN = 0.1


class StopVote:
    """Whether training is to stop, as all workers know it after the same step.

    The workers call each method equally often and in the same order. Where there is one process,
    both methods return what they are given.

    Args:
        strategy: of the training.
    """

    def __init__(self, strategy: tf.distribute.Strategy):
        self._strategy = strategy
        self._executions = self._left = 1  # between two votes; until the next
        self._last = time.monotonic()

    def after_execution(self, wanted: bool) -> bool:
        """Returns whether to stop; not at each call does it ask the others.

        Args:
            wanted: whether this worker is to stop.
        """
        self._left -= 1
        if self._left and has_workers(self._strategy):
            return False
        return self.now(wanted)

    def now(self, wanted: bool) -> bool:
        """Returns whether any worker is to stop, and waits until all of them have called this.

        Args:
            wanted: whether this worker is to stop.
        """
        if not has_workers(self._strategy):
            return wanted
        milliseconds = round(1000 * (time.monotonic() - self._last))
        # Sums of whole numbers, in float64, are the same on all workers to the last bit.
        answers, milliseconds, workers = self._sums([float(wanted), float(milliseconds), 1.0])
        seconds = milliseconds / workers / 1000 / self._executions
        self._executions = self._left = max(1, int(_SECONDS_BETWEEN / max(seconds, 1e-3)))
        self._last = time.monotonic()
        return answers > 0

    def _sums(self, numbers):
        sums = self._sums_over_replicas(tf.constant(numbers, tf.float64))
        return self._strategy.experimental_local_results(sums)[0].numpy()

    @tf.function
    def _sums_over_replicas(self, numbers):
        def sums(numbers):
            # Computed here, they are on the replica's device, where the all-reduce looks for it.
            numbers = tf.identity(numbers)
            context = tf.distribute.get_replica_context()
            return context.all_reduce(tf.distribute.ReduceOp.SUM, numbers)

        return self._strategy.run(sums, args=(numbers,))
