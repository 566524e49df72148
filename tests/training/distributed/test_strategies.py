"""The same training on one device, on two, and in two processes; what ends it, and bad input."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import Run
from ganzoo.training import assembling
from ganzoo.training.distributed import strategies
from ganzoo.training.distributed.launching import _free_ports

WORKER = Path(__file__).with_name("distributed_worker.py")
IMPORT = "from ganzoo.training.distributed import strategies"
MODELS = (
    "gan", "dcgan", "cdcgan", "lsgan", "acgan", "wgan_gp", "sngan", "projection_gan", "dragan",
    "anime_gan", "bigan", "vae", "autoencoder", "ali", "caae", "pix2pix", "cyclegan",
    "progan", "stylegan", "stylegan2",
)  # fmt: skip


@contextlib.contextmanager
def workers(*commands):
    """Runs commands as the workers of one cluster; kills in the end what has not ended."""
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(len(commands))]
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


def trained(output, strategies, *jobs):
    """Trains in one process for each job, `(dtype, names)`, all at a time."""
    commands = [[sys.executable, WORKER, dtype, output, strategies, *of] for dtype, of in jobs]
    with workers(*commands) as processes:
        for process in processes:
            text, _ = process.communicate(timeout=500)
            assert process.returncode == 0, text[-3000:]


def assert_same(output, dtype, names, how):
    for name in names:
        one, many = (np.load(output / f"{name}-{dtype}-{h}.npz") for h in ("none", how))
        left_out = ["without gradient"]
        if dtype == "float32":  # rounding alone moves the first; the others are no weights
            exact = np.load(output / f"{name}-float64-none.npz")
            left_out += [*one["without gradient"]]
            left_out += [key for key in one if ":bias" in key and np.abs(exact[key]).max() < 1e-9]
            left_out += [key for key in one if key.endswith(":images")]
        # The proof is in float64. In float32 Adam divides differences of rounding by tiny numbers.
        tolerance = {"float64": 1e-9, "float32": 1e-4}[dtype]
        compared = [key for key in one if key not in left_out]
        assert len(compared) > 10
        for key in compared:
            np.testing.assert_allclose(
                many[key], one[key], rtol=tolerance, atol=tolerance, err_msg=f"{name} {key}"
            )


# One model of each kind of step. These alone are trained in two processes too, where the same code
# runs as on two devices, and in float32, which is no proof.
KINDS = ("gan", "cdcgan", "wgan_gp", "bigan", "pix2pix", "cyclegan")
GROUPS = [MODELS[:4], MODELS[4:7], MODELS[7:12], MODELS[12:15], MODELS[15:17], MODELS[17:]]


def assert_distribution_changes_nothing(output, models, in_two_processes):
    in_float32 = [name for name in models if name in KINDS]
    trained(output, "none,mirrored", ("float64", models), ("float32", in_float32))
    for dtype, names in (("float64", models), ("float32", in_float32)):
        assert_same(output, dtype, names, "mirrored")
        if names := [name for name in names if name in in_two_processes]:
            trained(output, "multi-worker", *[(dtype, names)] * 2)
            for worker in ("multi-worker", "second-worker"):
                assert_same(output, dtype, names, worker)


@pytest.mark.slow
@pytest.mark.parametrize("models", GROUPS, ids=", ".join)
def test_every_model_is_the_same_on_two_devices_and_each_kind_in_two_processes(tmp_path, models):
    assert_distribution_changes_nothing(tmp_path, models, KINDS)


@pytest.mark.long
@pytest.mark.parametrize("models", GROUPS, ids=", ".join)
def test_every_model_is_the_same_in_two_processes(tmp_path, models):
    assert_distribution_changes_nothing(tmp_path, models, models)


def test_no_distribution_takes_any_batch_size():
    assert strategies.strategy("none", batch_size=7).num_replicas_in_sync == 1


def test_a_strategy_that_there_is_not_is_refused_with_the_closest_match():
    with pytest.raises(InputError, match="did you mean 'multi-worker'"):
        strategies.strategy("multiworker", 8)


@pytest.mark.slow
def test_where_there_is_no_tpu_it_is_said_in_one_line():
    # In a process of its own: what TensorFlow has looked for in vain stays with it.
    code = f"{IMPORT}; strategies.strategy('tpu', 8)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "ResourceError: There is no TPU: " in last and last.endswith("TPU_NAME='local'")


@pytest.mark.slow
def test_another_program_in_a_workers_place_is_not_waited_for_without_end():
    code = f"{IMPORT}; strategies.strategy('multi-worker', 8, 2.0)"
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        ports = *_free_ports(1), stranger.getsockname()[1]
        addresses = [f"127.0.0.1:{port}" for port in ports]
        config = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": 0}}
        environment = os.environ | {"TF_CONFIG": json.dumps(config)}
        # Only SIGKILL ends what has not ended, and `run` sends that.
        done = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, timeout=60
        )
    assert done.returncode == 1 and b"Timeout (0:00:02)!" in done.stderr


TINY = "--image-size 8 --batch-size 16 --set latent_dim=4 --set filters=2 --set sample_count=4"


def ganzoo_command(line):
    return [sys.executable, "-m", "ganzoo", *line.split()]


def wait_for(is_so, seconds=120.0):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def children(process):
    """Returns the ids of a process's children, in the order in which they began."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True)
    return sorted(map(int, listed.stdout.split()))


def weights(run):
    newest = ganzoo.callbacks.newest_checkpoint(Path(run) / "checkpoints")
    arrays = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[f"{newest.name}/{name}"] = item[()].tobytes()

    with h5py.File(newest / "model.weights.h5") as file:
        file.visititems(visit)
    return arrays


@pytest.mark.slow
def test_a_worker_that_is_killed_is_restarted_and_the_job_ends_as_an_undisturbed_one(tmp_path):
    often = f"train dcgan {TINY} --steps 60 --set checkpoint_every=7 --set log_every=3"
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    command = ganzoo_command(f"launch --workers 2 -- {often} --run-dir {whole}")
    assert subprocess.run(command, capture_output=True, timeout=300).returncode == 0

    command = ganzoo_command(f"launch --workers 2 -- {often} --run-dir {killed}")
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as launcher:
        try:
            wait_for((killed / "checkpoints/step-00000014").exists)
            os.kill(children(launcher)[1], signal.SIGKILL)
            _, errors = launcher.communicate(timeout=300)
        finally:
            launcher.terminate()
    assert launcher.returncode == 0, errors
    assert "Killed: worker 1 by SIGKILL; all begin again" in errors and "Traceback" not in errors
    assert weights(killed) == weights(whole)
    assert (killed / "log.csv").read_text() == (whole / "log.csv").read_text()
    assert [run.state for run in ganzoo.list_runs(killed)] == ["finished"]


@pytest.mark.slow
def test_sigterm_to_one_worker_stops_all_after_the_same_step_and_another_number_goes_on(
    tmp_path, caplog
):
    run = tmp_path / "run"
    settings = "--image-size 8 --batch-size 16 --set generator_units=8 --set maxout_units=4"
    line = f"train gan {settings} --steps 100000 --run-dir {run} --distribute multi-worker"
    with workers(*[ganzoo_command(line)] * 2) as (chief, other):
        wait_for((run / "log.csv").exists)
        time.sleep(2.0)
        other.send_signal(signal.SIGTERM)
        texts = [process.communicate(timeout=60)[0] for process in (chief, other)]
    assert (chief.returncode, other.returncode) == (143, 143), texts
    stopped = [text.split("Interrupted at step ")[1].split(",")[0] for text in texts]
    assert stopped[0] == stopped[1]
    step = int(stopped[0])
    newest = ganzoo.callbacks.newest_checkpoint(run / "checkpoints")
    assert newest.name == f"step-{step:08d}" and step > 0

    ganzoo.resume(run, steps=step + 2, distribute="none")
    assert "not bit for bit, in another environment: replicas: 2 -> 1" in caplog.text
    assert float(ganzoo.load_run(run).step.numpy()) == step + 2


@pytest.mark.slow
def test_workers_that_lose_one_end_with_its_name_and_the_run_can_go_on(tmp_path):
    run = tmp_path / "run"
    settings = "--image-size 8 --batch-size 16 --set generator_units=8 --set maxout_units=4"
    line = f"train gan {settings} --steps 100000 --run-dir {run} --distribute multi-worker"
    line += " --set checkpoint_every=10"
    with workers(*[ganzoo_command(line)] * 2) as (chief, other):
        wait_for((run / "checkpoints/step-00000020").exists)
        other.kill()
        begin = time.monotonic()
        text, _ = chief.communicate(timeout=60)
        assert time.monotonic() - begin < 30
    assert chief.returncode == 1
    assert text.count("Error: ") == 1 and "Traceback" not in text, text
    assert "Error: A worker is gone" in text and "worker 1 (127.0.0.1:" in text
    (summary,) = ganzoo.list_runs(run)
    assert summary.state == "failed" and "A worker is gone" in summary.reason
    ganzoo.resume(run, steps=summary.step + 100, distribute="none")


def test_workers_that_see_different_checkpoints_are_told_so(monkeypatch):
    # Two processes on two disks: each would train weights of its own.
    model = ganzoo.GAN((4, 4, 1), generator_units=4, maxout_units=2)
    monkeypatch.setattr(strategies, "all_gather", lambda strategy, step: [20, 0])
    run = Run(Path("nowhere"))
    with pytest.raises(ResourceError, match="'nowhere', at the steps 20, 0"):
        assembling.restore(run, model, steps_per_epoch=5)
