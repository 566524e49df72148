"""`launch`: several workers on this machine, started by one command."""

import contextlib
import json
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.folder import RUNS
from ganzoo.training.stop_signals import stop_signals

logger = logging.getLogger(__name__)
HOST = "127.0.0.1"
GRACE = 30.0  # seconds that workers have to end by themselves after one of them has failed


def launch(
    arguments: Sequence[str], workers: int, *, port: int | None = None, restarts: int = 3
) -> None:
    """Runs a `ganzoo` command as several workers of one training, and waits for them to finish.

    Each line that a worker prints starts with its index. GPUs are split evenly among the workers.
    If a worker is killed by a signal, the others are stopped, and all start again with `--resume`;
    if one exits with an error, the others are stopped for good, since it would fail again.

    Ctrl-C, SIGTERM, SIGHUP and SIGUSR1 are passed on to the workers, which save and exit; a second
    one kills them.

    Args:
        arguments: of the command, such as `["train", "dcgan", "--steps", "100"]`.
        workers: how many processes.
        port: of the first worker; the others have the ports after it. None for free ports.
        restarts: how many times the workers are started again at most.

    Raises:
        InputError: for a command that does not train, numbers out of range, or GPUs that cannot be
            split evenly.
        SystemExit: with a worker's exit code if it is not 0; with 128 and its number
            after a signal, such as 130 after Ctrl-C and 143 after SIGTERM.
        ResourceError: if workers were killed more than `restarts` times.
    """
    arguments = [str(argument) for argument in arguments]
    _check(arguments, workers, port, restarts)
    arguments.append("--distribute=multi-worker")
    gpus = _split_gpus(workers)
    is_run_named, earlier_runs = "--run-dir" in _options(arguments), _run_folders()
    stop = _Stop()
    with stop_signals(stop.receive):
        for attempt in range(restarts + 1):
            ports = range(port, port + workers) if port else _free_ports(workers)
            codes = _run(arguments, [f"{HOST}:{p}" for p in ports], gpus, stop)
            if stop.received:
                raise SystemExit(128 + stop.received)
            if not any(codes):
                return
            killed = [index for index, code in enumerate(codes) if code < 0]
            if not killed:
                raise SystemExit(next(code for code in codes if code))
            names = ", ".join(f"worker {i} by {signal.Signals(-codes[i]).name}" for i in killed)
            if attempt < restarts:
                logger.warning(
                    "Killed: %s; all begin again from the last checkpoint (%d of %d restarts)",
                    names, attempt + 1, restarts,
                )  # fmt: skip
            # Before this training has made its folder, the newest run is an older training's.
            has_run = is_run_named or _run_folders() - earlier_runs
            if arguments[0] == "train" and "--resume" not in arguments and has_run:
                arguments.append("--resume")
    raise ResourceError(f"Training was restarted {restarts} times. Received: killed, {names}")


def _check(arguments, workers, port, restarts):
    if not arguments or arguments[0] not in ("train", "resume"):
        raise InputError(
            "What several workers can run is `train ...` or `resume ...`. "
            f"Received: {' '.join(arguments)!r}"
        )
    if "--distribute" in _options(arguments):
        raise InputError("launch itself says how to distribute. Received: --distribute")
    if workers < 1 or restarts < 0 or not (port is None or 1 <= port <= 65_536 - workers):
        raise InputError(
            "Workers must be at least 1, restarts at least 0, and ports in 1 to 65535. "
            f"Received: {workers}, {restarts}, {port}"
        )


def _options(arguments):
    return {argument.partition("=")[0] for argument in arguments}


def _run_folders():
    return set(RUNS.iterdir()) if RUNS.is_dir() else set()


def _run(arguments, addresses, gpus, stop):
    """Runs the workers until all have ended, and returns their exit codes.

    Negative are the codes of those that a signal killed, but not of those stopped because of them.
    """
    processes, relays = [], []
    try:
        for index in range(len(addresses)):
            task = {"type": "worker", "index": index}
            config = {"cluster": {"worker": addresses}, "task": task}
            environment = os.environ | {"TF_CONFIG": json.dumps(config)}
            if gpus:
                environment["CUDA_VISIBLE_DEVICES"] = ",".join(gpus[index])
            # In a session of its own, so that a terminal's Ctrl-C reaches the launcher alone, which
            # passes it on.
            process = subprocess.Popen(
                [sys.executable, "-m", "ganzoo", *arguments], env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                errors="replace",
            )  # fmt: skip
            processes.append(process)
            for source, target in ((process.stdout, sys.stdout), (process.stderr, sys.stderr)):
                relay = threading.Thread(target=_relay, args=(index, source, target), daemon=True)
                relay.start()
                relays.append(relay)
        stop.processes = processes
        codes = _wait_for_end(processes, stop)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for relay in relays:
            relay.join()
    return codes


def _wait_for_end(processes, stop):
    """Waits for all; if one fails, the others are stopped and have `GRACE` seconds to end."""
    while any(process.poll() is None for process in processes):
        if not stop.received and any(process.poll() for process in processes):
            time.sleep(1.0)  # others may fail at the same time, and their codes count too
            codes = [process.poll() or 0 for process in processes]
            deadline = time.monotonic() + GRACE
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
            while any(p.poll() is None for p in processes) and time.monotonic() < deadline:
                time.sleep(0.1)
            return codes
        time.sleep(0.1)
    return [process.returncode for process in processes]


def _relay(index, source, target):
    """Prints the lines of a worker, each after the worker's index."""
    with source:
        for line in source:
            if line.strip():
                target.write(f"[{index}] {line}")
                target.flush()


class _Stop:
    """Passes signals on to the workers as SIGTERM; a second one kills them."""

    received = None
    processes = ()

    def receive(self, number, frame):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL if self.received else signal.SIGTERM)
        self.received = number


def _free_ports(count):
    with contextlib.ExitStack() as all_open:  # so that no port is chosen twice
        sockets = [all_open.enter_context(socket.create_server((HOST, 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _split_gpus(workers):
    """Returns each worker's GPUs, or None if there are none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None and (program := shutil.which("nvidia-smi")):
        listed = subprocess.run(
            [program, "--query-gpu=index", "--format=csv,noheader"], capture_output=True, text=True
        )
        visible = ",".join(listed.stdout.split()) if listed.returncode == 0 else ""
    gpus = [gpu for gpu in (visible or "").split(",") if gpu not in ("", "-1")]
    if not gpus:
        return None
    if len(gpus) % workers:
        raise InputError(
            f"{len(gpus)} GPUs cannot be split evenly; CUDA_VISIBLE_DEVICES chooses some of them. "
            f"Received: {workers} workers"
        )
    share = len(gpus) // workers
    return [gpus[share * index : share * (index + 1)] for index in range(workers)]
