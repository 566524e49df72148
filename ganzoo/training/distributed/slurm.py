"""The tasks of a Slurm job step: which node each one runs on.

TensorFlow's `SlurmClusterResolver` answers the same question, and is not used: it sorts the nodes
by the alphabet, so that on `n[9-10]` task 0, which runs on n9, is given n10's address; and it does
not read names that go on after their brackets. `tests/training/distributed/test_slurm.py` shows
both: once TensorFlow has mended them, that test fails, and this file can go.
"""

import itertools
import re
from collections.abc import Mapping

VARIABLES = ("SLURM_PROCID", "SLURM_STEP_NODELIST", "SLURM_STEP_TASKS_PER_NODE")

_RANGES = r"\[\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*\]"
_NODE = rf"(?:[^\s,\[\]]|{_RANGES})+"


def task_nodes(environment: Mapping[str, str]) -> tuple[list[tuple[str, int]], int]:
    """Returns each task's node and its number on that node, by rank; and this process's rank.

    Args:
        environment: with the `VARIABLES` that `srun` sets.

    Raises:
        ValueError: if one of them is missing or malformed, or they contradict each other.
    """
    rank, nodes, tasks = (environment.get(name, "") for name in VARIABLES)
    tasks_of_node = zip(expand_hostlist(nodes), expand_tasks_per_node(tasks), strict=True)
    placed = [(node, number) for node, count in tasks_of_node for number in range(count)]
    if int(rank) not in range(len(placed)):
        raise ValueError(f"There is no task {rank} among {len(placed)}")
    return placed, int(rank)


def expand_hostlist(hostlist: str) -> list[str]:
    """Returns the names that a host list stands for, in its order, which is that of the ranks.

    Raises:
        ValueError: if it is malformed.

    >>> expand_hostlist("gpu[08-10,12],login")
    ['gpu08', 'gpu09', 'gpu10', 'gpu12', 'login']
    """
    if not re.fullmatch(f"{_NODE}(?:,{_NODE})*", hostlist):
        raise ValueError(f"Not a host list. Received: {hostlist!r}")
    return [
        "".join(parts)
        for node in re.findall(_NODE, hostlist)
        for parts in itertools.product(*map(_alternatives, re.split(f"({_RANGES})", node)))
    ]


def _alternatives(part):
    """Returns the numbers of `"[08-10,12]"`, with their zeros; of other text, itself alone."""
    if not part.startswith("["):
        return [part]
    numbers = []
    for span in part.strip("[]").split(","):
        first, _, last = span.partition("-")
        numbers += [f"{n:0{len(first)}}" for n in range(int(first), int(last or first) + 1)]
    return numbers


def expand_tasks_per_node(counts: str) -> list[int]:
    """Returns how many tasks each node has.

    Raises:
        ValueError: if it is malformed.

    >>> expand_tasks_per_node("2(x3),1")
    [2, 2, 2, 1]
    """
    expanded = []
    for part in counts.split(","):
        match = re.fullmatch(r"(\d+)(?:\(x(\d+)\))?", part)
        if match is None:
            raise ValueError(f"Not a list of tasks per node. Received: {counts!r}")
        expanded += [int(match[1])] * int(match[2] or 1)
    return expanded
