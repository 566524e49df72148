"""How many training steps run as one execution of the compiled step.

Between two executions Keras is in Python, to call callbacks and to start the next one, for about a
millisecond: as long as a short step takes. Steps that run as one execution share that millisecond.
Two things bound how many may:

* whatever happens every so many steps, such as a line of the log, a grid or a checkpoint, happens
  between executions. So their number divides all these intervals;
* Signals to stop wait for the end of an execution. So it takes about a tenth of a second.

The number is compiled into the training function, so it has to be known before a step has run, and
the time of a step is estimated (estimates.py). The estimate may be rough: twice too long or too
short only makes an execution of 0.05 or 0.2 s.
"""

import math

from ganzoo.training.estimates import step_seconds

_EXECUTION_SECONDS = 0.1


def steps_per_execution(model, batch_size: int, *intervals: int | None) -> int:
    """Returns how many steps to run as one: about a tenth of a second, a divisor of `intervals`.

    On several devices it is 1.

    Args:
        model: a `GANModel`.
        batch_size: examples in a step.
        *intervals: numbers of steps at whose multiples something else happens; None for never.
    """
    common = math.gcd(*(interval for interval in intervals if interval is not None))
    if common == 1 or model.distribute_strategy.num_replicas_in_sync > 1:
        return 1
    return _largest_divisor(common, _EXECUTION_SECONDS / step_seconds(model, batch_size))


def _largest_divisor(number, limit):
    """Returns the largest divisor of a number that is at most `limit`, or 1."""
    return max(n for n in range(1, number + 1) if n == 1 or (number % n == 0 and n <= limit))
