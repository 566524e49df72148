"""How many training steps `fit` runs as one."""

import math
import time

import tensorflow as tf

from ganzoo.random_batches import random_batch

_EXECUTION_SECONDS = 0.1  # as long as a Ctrl-C may wait; beside it what an execution costs is little
_FORWARD_SHARE = 1 / 3  # of a step's time


def steps_per_execution(model, config, *steps: int | None) -> int:
    """Returns how many steps take about a tenth of a second, and divide all of `steps`.

    Between two executions `fit` is in Python, for about a millisecond: much of a short step. On
    several devices, and where a step is long, it is 1.

    Args:
        model: the model, about to be trained.
        config: its config.
        *steps: at which multiples something else happens; None stands for never.
    """
    most = math.gcd(*(number for number in steps if number is not None))
    if most == 1 or model.distribute_strategy.num_replicas_in_sync > 1:
        return 1
    wanted = _EXECUTION_SECONDS / max(_step_seconds(model, config), 1e-6)
    return max(number for number in range(1, most + 1) if most % number == 0 and number <= max(1, wanted))


def _step_seconds(model, config):
    """Estimates a step's time from a game that is played with no update, and not compiled."""
    batch = random_batch(config)
    data = batch if len(batch) > 1 else batch[0]
    seconds = math.inf
    for _ in range(2):  # the first time a library's kernels are made
        start = time.perf_counter()
        losses, _ = model.play(data, 0)
        tf.nest.map_structure(lambda loss: loss.numpy(), losses)
        seconds = time.perf_counter() - start
        if seconds > 10 * _EXECUTION_SECONDS:
            break
    return seconds / _FORWARD_SHARE
