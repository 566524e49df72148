"""How long a training step takes on this machine: to choose numbers of steps by."""

import time

from ganzoo.config.config import Config
from ganzoo.runs.loading import create_from_config
from ganzoo.training.random_batches import random_batch

TIMED_STEPS, TIMED_SECONDS = 10, 5.0  # whichever comes first


def seconds_per_step(config: Config) -> float:
    """Returns how long a step of training takes, after a first one that compiles it."""
    model = create_from_config(config)
    batch = random_batch(config, model)
    model.compile()
    model.train_on_batch(*batch)
    start, steps = time.perf_counter(), 0
    while steps < TIMED_STEPS and time.perf_counter() - start < TIMED_SECONDS:
        model.train_on_batch(*batch)
        steps += 1
    return (time.perf_counter() - start) / steps
