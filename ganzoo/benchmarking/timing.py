"""Timing functions in turns, so that all of them see the machine in the same state."""

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Times(NamedTuple):
    """The times of one function in seconds, round by round.

    Attributes:
        wall: by the clock.
        cpu: of all threads of this process, which other work on the machine disturbs less.
    """

    wall: list[float]
    cpu: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float:
        return statistics.median(self.cpu)


def alternate(
    functions: dict[str, Callable[[], None]], rounds: int, repeats: int = 1
) -> dict[str, Times]:
    """Calls each function in turn, `rounds` times over, and returns its times by name.

    Args:
        functions: by name; a call returns when its work is done.
        rounds: how many times of each are taken.
        repeats: how many calls each time is the mean of.
    """
    times = {name: Times([], []) for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            wall, cpu = time.perf_counter(), time.process_time()
            for _ in range(repeats):
                function()
            times[name].wall.append((time.perf_counter() - wall) / repeats)
            times[name].cpu.append((time.process_time() - cpu) / repeats)
    return times


def ratio(times: Times, others: Times) -> float:
    """Returns how many times as fast the first is: the median of the rounds' quotients."""
    return statistics.median(
        other / own for own, other in zip(times.wall, others.wall, strict=True)
    )


def cpu_ratio(times: Times, others: Times) -> float:
    """Returns `ratio` by CPU time."""
    return statistics.median(other / own for own, other in zip(times.cpu, others.cpu, strict=True))
