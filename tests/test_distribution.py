"""The same training on one device, on two, and in two processes; what ends it, and bad input."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ganzoo import distribution

WORKER = Path(__file__).with_name("distributed_worker.py")
MODELS = ("gan", "dcgan", "cgan", "pix2pix", "cyclegan")


def free_ports(count):
    """Returns ports that nobody has."""
    with contextlib.ExitStack() as open_sockets:
        sockets = [
            open_sockets.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def workers(*commands):
    """Runs commands as the workers of one cluster; kills in the end what has not ended."""
    addresses = [f"127.0.0.1:{port}" for port in free_ports(len(commands))]
    processes = []
    try:
        for index, command in enumerate(commands):
            task = {"type": "worker", "index": index}
            config = {"cluster": {"worker": addresses}, "task": task}
            processes.append(
                subprocess.Popen(
                    command,
                    env=os.environ | {"TF_CONFIG": json.dumps(config)},
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                )
            )
        yield processes
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def trained(output, dtype, strategies, names, count=1):
    command = [sys.executable, WORKER, dtype, output, strategies, *names]
    with workers(*[command] * count) as processes:
        for process in processes:
            text, _ = process.communicate(timeout=500)
            assert process.returncode == 0, text[-3000:]


def assert_same(output, dtype, names, how):
    for name in names:
        one, many = (np.load(output / f"{name}-{dtype}-{h}.npz") for h in ("none", how))
        left_out = ["without gradient"]
        if dtype == "float32":  # rounding alone moves these
            left_out += [*one["without gradient"]]
        tolerance = {"float64": 1e-9, "float32": 1e-5}[dtype]
        compared = [key for key in one if key not in left_out]
        assert len(compared) > 10
        for key in compared:
            np.testing.assert_allclose(
                many[key], one[key], rtol=tolerance, atol=tolerance, err_msg=f"{name} {key}"
            )


def test_two_devices_give_the_weights_and_losses_of_one(tmp_path):
    trained(tmp_path, "float64", "none,mirrored", ["gan", "dcgan"])
    assert_same(tmp_path, "float64", ["gan", "dcgan"], "mirrored")


def test_two_processes_give_the_weights_and_losses_of_one(tmp_path):
    trained(tmp_path, "float64", "none", ["gan"])
    trained(tmp_path, "float64", "multi-worker", ["gan"], count=2)
    assert_same(tmp_path, "float64", ["gan"], "multi-worker")
    assert_same(tmp_path, "float64", ["gan"], "second-worker")


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_every_model_is_the_same_on_one_device_on_two_and_in_two_processes(dtype, tmp_path):
    trained(tmp_path, dtype, "none,mirrored", MODELS)
    trained(tmp_path, dtype, "multi-worker", MODELS, count=2)
    for how in ("mirrored", "multi-worker", "second-worker"):
        assert_same(tmp_path, dtype, MODELS, how)


def test_no_distribution_takes_any_batch_size():
    assert distribution.strategy("none", batch_size=7).num_replicas_in_sync == 1
