"""The workers of one training: their addresses, and waiting until all of them are up."""

import itertools
import json
import os
import re
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass

from ganzoo.errors import InputError, ResourceError
from ganzoo.training.distributed import slurm

SLURM_PORT = 12_300  # of a node's first task; its other tasks have the ports after it


@dataclass(frozen=True)
class Cluster:
    """The workers of one training.

    Attributes:
        addresses: `host:port` of each, the chief's first.
        index: which of them this process is.
    """

    addresses: tuple[str, ...]
    index: int

    def name(self, index: int) -> str:
        """Returns a worker's name for messages, such as `"worker 1 (node7:2222)"`."""
        return f"worker {index} ({self.addresses[index]})"


def find_cluster(environment: Mapping[str, str] = os.environ) -> Cluster:
    """Returns the cluster that `TF_CONFIG` describes or, without it, the one of a Slurm job step.

    Raises:
        InputError: if there is neither, or it is malformed.
    """
    if environment.get("TF_CONFIG"):
        return _of_tf_config(environment["TF_CONFIG"])
    if "SLURM_PROCID" in environment:
        return _of_slurm(environment)
    raise InputError(
        "Several workers need to know each other: from TF_CONFIG, as `ganzoo launch` sets it, or "
        "from Slurm, as `srun` does. Received: neither TF_CONFIG nor SLURM_PROCID"
    )


def _of_tf_config(text):
    def wrong(reason):
        return InputError(
            'TF_CONFIG must be like {"cluster": {"worker": ["host:port", ...]}, "task": {"type": '
            f'"worker", "index": 0}}}}; {reason}. Received: {text!r}'
        )

    try:
        config = json.loads(text)
        jobs, task = config["cluster"], config["task"]
        kind, index = task["type"], int(task["index"])
    except json.JSONDecodeError as error:
        raise wrong(f"it is not JSON ({error})") from error
    except (KeyError, TypeError, ValueError) as error:
        raise wrong(f"it has no valid {error}") from error
    if not isinstance(jobs, dict) or not {"worker"} <= jobs.keys() <= {"chief", "worker"}:
        raise wrong("its cluster has workers and at most a chief")
    chiefs, workers = jobs.get("chief", []), jobs["worker"]
    if not isinstance(chiefs, list) or not isinstance(workers, list):
        raise wrong("workers are a list")
    addresses = (*chiefs, *workers)
    for address in addresses:
        if not isinstance(address, str) or not re.fullmatch(r"[^\s:]+:[1-9]\d{0,4}", address):
            raise wrong(f"{address!r} is no host:port")
    if len(set(addresses)) != len(addresses):
        raise wrong("no two workers have one address")
    if kind not in jobs or not 0 <= index < len(jobs[kind]):
        raise wrong(f"{kind!r} {index} is not in its cluster")
    return Cluster(addresses, index + (len(chiefs) if kind == "worker" else 0))


def _of_slurm(environment):
    try:
        placed, rank = slurm.task_nodes(environment)
    except ValueError as error:
        received = ", ".join(f"{name}={environment.get(name, '')!r}" for name in slurm.VARIABLES)
        raise InputError(
            "Slurm's variables, as `srun` sets them, must name each task's node. "
            f"Received: {received}"
        ) from error
    return Cluster(tuple(f"{node}:{SLURM_PORT + number}" for node, number in placed), rank)


def wait_for_all(cluster: Cluster, timeout: float) -> None:
    """Waits until every worker answers at its address.

    TensorFlow itself waits without end, and does not say for whom.

    Args:
        cluster: all workers, and which this one is.
        timeout: in seconds.

    Raises:
        ResourceError: if this worker's port is taken, or another worker does not answer in time.
    """
    host, _, port = cluster.addresses[cluster.index].rpartition(":")
    try:
        # Other workers connect to this socket, and later to TensorFlow's own server. That server
        # would share its port with another process without a word.
        listening = socket.create_server(("", int(port)), backlog=len(cluster.addresses))
    except (OSError, OverflowError) as error:
        raise ResourceError(
            f"The port of this worker cannot be had: {error}. Received: {host}:{port}"
        ) from error
    deadline = time.monotonic() + timeout
    with listening:
        for round_ in itertools.count():
            missing = unreachable(cluster)
            if not missing:
                return
            if time.monotonic() > deadline:
                names = ", ".join(map(cluster.name, missing))
                raise ResourceError(
                    f"Of {len(cluster.addresses)} workers {len(missing)} did not come within "
                    f"{timeout:g} s (worker_timeout). Received: nothing from {names}"
                )
            time.sleep(min(0.1 * 2**round_, 2.0))


def unreachable(cluster: Cluster) -> list[int]:
    """Returns the indices of the other workers at whose address nobody answers."""
    missing = []
    for index, address in enumerate(cluster.addresses):
        host, _, port = address.rpartition(":")
        if index != cluster.index:
            try:
                socket.create_connection((host, int(port)), timeout=2.0).close()
            except (OSError, OverflowError):
                missing.append(index)
    return missing
