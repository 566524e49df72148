"""`launch`: several workers on this machine, as one command."""

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
GRACE = 30.0  # seconds that workers have to end by themselves when one of them is gone


def launch(arguments: Sequence[str], workers: int, *, port: int | None = None, restarts: int = 3):
    """Runs a `ganzoo` command as several workers of one training, and returns when all are done.

    Each line that a worker writes has its number before it. GPUs are dealt to the workers in equal
    parts. A worker that is killed ends the others, and all begin again with `--resume`; one that
    ends with an error of its own ends the others for good, because it would do so again.

    Args:
        arguments: of the command, such as `["train", "dcgan", "--steps", "100"]`.
        workers: how many processes.
        port: of the first worker, the next ones having the next; left out, free ones.
        restarts: how often at most all begin again.

    Raises:
        InputError: for a command that does not train, or numbers that do not fit.
        SystemExit: with a worker's exit code, when that is not 0; with 130 or 143, after Ctrl-C or
            SIGTERM, which the workers are told, and when they have saved; a second one kills them.
        ResourceError: if a worker was killed more often than `restarts`.
    """
    arguments = [str(argument) for argument in arguments]
    if not arguments or arguments[0] not in ("train", "resume"):
        raise InputError(
            "What several workers can run is `train ...` or `resume ...`. "
            f"Received: {' '.join(arguments)!r}"
        )
    options = {argument.partition("=")[0] for argument in arguments}
    if "--distribute" in options:
        raise InputError("launch itself says how to distribute. Received: --distribute")
    if workers < 1 or restarts < 0 or not (port is None or 1 <= port <= 65_536 - workers):
        raise InputError(
            "Workers must be at least 1, restarts at least 0, and ports in 1 to 65535. "
            f"Received: {workers}, {restarts}, {port}"
        )
    arguments.append("--distribute=multi-worker")
    devices = _devices(workers)
    has_a_name, others = "--run-dir" in options, _run_folders()
    stop = _Stop()
    with stop_signals(stop.receive):
        for attempt in range(restarts + 1):
            ports = range(port, port + workers) if port else _free_ports(workers)
            codes = _run(arguments, [f"{HOST}:{p}" for p in ports], devices, stop)
            if stop.received:
                raise SystemExit(128 + stop.received)
            if not any(codes):
                return
            killed = [index for index, code in enumerate(codes) if code < 0]
            if not killed:
                raise SystemExit(next(code for code in codes if code))
            words = ", ".join(f"worker {i} by {signal.Signals(-codes[i]).name}" for i in killed)
            if attempt < restarts:
                logger.warning(
                    "Killed: %s; all begin again from the last checkpoint (%d of %d restarts)",
                    words, attempt + 1, restarts,
                )  # fmt: skip
            # Without a folder of its own yet, what the newest run holds is an older training.
            has_begun = has_a_name or _run_folders() - others
            if arguments[0] == "train" and "--resume" not in arguments and has_begun:
                arguments.append("--resume")
    raise ResourceError(f"Training was restarted {restarts} times. Received: killed, {words}")


def _run_folders():
    return set(RUNS.iterdir()) if RUNS.is_dir() else set()


def _run(arguments, addresses, devices, stop):
    """Runs the workers until all have ended; returns their exit codes, below 0 if killed first."""
    processes, pumps = [], []
    try:
        for index in range(len(addresses)):
            task = {"type": "worker", "index": index}
            config = {"cluster": {"worker": addresses}, "task": task}
            environment = os.environ | {"TF_CONFIG": json.dumps(config)}
            if devices:
                environment["CUDA_VISIBLE_DEVICES"] = ",".join(devices[index])
            # In a session of its own: a terminal's Ctrl-C is for the launcher, which passes it on.
            process = subprocess.Popen(
                [sys.executable, "-m", "ganzoo", *arguments], env=environment, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
                errors="replace",
            )  # fmt: skip
            processes.append(process)
            for source, target in ((process.stdout, sys.stdout), (process.stderr, sys.stderr)):
                pump = threading.Thread(target=_pump, args=(index, source, target), daemon=True)
                pump.start()
                pumps.append(pump)
        stop.processes = processes
        codes = _ended(processes, stop)
    finally:
        for process in processes:
            process.kill()
            process.wait()
        for pump in pumps:
            pump.join()
    return codes


def _ended(processes, stop):
    """Waits for all; where one ends with an error, the others have `GRACE` to end as well."""
    while any(process.poll() is None for process in processes):
        if not stop.received and any(process.poll() for process in processes):
            time.sleep(1.0)  # of several that end now, all count
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


def _pump(index, source, target):
    with source:
        for line in source:
            if line.strip():
                target.write(f"[{index}] {line}")
                target.flush()


class _Stop:
    """Passes Ctrl-C and SIGTERM on to the workers; a second one kills them."""

    received = None
    processes = ()

    def receive(self, number, frame):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL if self.received else signal.SIGTERM)
        self.received = number


def _free_ports(count):
    with contextlib.ExitStack() as until_all_are_chosen:
        sockets = [
            until_all_are_chosen.enter_context(socket.create_server((HOST, 0)))
            for _ in range(count)
        ]
        return [one.getsockname()[1] for one in sockets]


def _devices(workers):
    """Returns each worker's GPUs, or None where there are none."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is None and (program := shutil.which("nvidia-smi")):
        listed = subprocess.run(
            [program, "--query-gpu=index", "--format=csv,noheader"], capture_output=True, text=True
        )
        visible = ",".join(listed.stdout.split()) if listed.returncode == 0 else ""
    devices = [device for device in (visible or "").split(",") if device not in ("", "-1")]
    if not devices:
        return None
    if len(devices) % workers:
        raise InputError(
            f"The GPUs, {len(devices)} of them, cannot be dealt evenly; CUDA_VISIBLE_DEVICES says "
            f"which there are. Received: {workers} workers"
        )
    share = len(devices) // workers
    return [devices[share * index : share * (index + 1)] for index in range(workers)]
