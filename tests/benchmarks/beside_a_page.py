"""A training with its page beside it, asked for images at a rate: how much longer it takes.

    python tests/benchmarks/beside_a_page.py --steps 3000 --rate 2 --rounds 3

Trainings alone and with the page take turns. The page shows the run that trains, in a process of
its own, from its first checkpoint on. What a training loses is compared with what the page's
process computed: with as many cores as both use it loses less.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

GANZOO = [sys.executable, "-m", "ganzoo"]


def timed(steps, rate, folder):
    """Returns the seconds of a training, and of the requests that the page answered meanwhile."""
    run, page, address, answered = folder / "run", None, None, []
    command = [*GANZOO, "train", "gan", "--run-dir", str(run), "--steps", str(steps)]
    start = time.perf_counter()
    training = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while training.poll() is None:
        if rate and page is None and list(run.glob("checkpoints/*")):
            page = subprocess.Popen([*GANZOO, "web", str(run)], stdout=subprocess.PIPE, text=True)
            address = page.stdout.readline().split()[1]
        if address:
            began = time.perf_counter()
            with urllib.request.urlopen(f"{address}image.png?seed={len(answered)}") as answer:
                answer.read()
            answered.append(time.perf_counter() - began)
        time.sleep(1 / (rate or 10))
    seconds = time.perf_counter() - start
    if page is not None:
        page.terminate()
        page.wait()
    if training.returncode:
        raise SystemExit(f"The training failed: {training.returncode}")
    return seconds, answered


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=2.0, help="requests a second")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    alone, beside, requests = [], [], []
    for _ in range(arguments.rounds):
        for rate, times in ((0, alone), (arguments.rate, beside)):
            with tempfile.TemporaryDirectory() as folder:
                seconds, answered = timed(arguments.steps, rate, Path(folder))
            times.append(seconds)
            print(f"{'beside' if rate else 'alone'}: {seconds:.1f} s", flush=True)
            if rate:
                requests.append(answered)
    for name, times in (("alone", alone), ("beside its page", beside)):
        print(f"{name}: {', '.join(f'{each:.1f}' for each in times)} s")
    print(f"median loss: {statistics.median(beside) - statistics.median(alone):+.1f} s")
    for answered in requests:
        print(f"{len(answered)} requests, {sum(answered):.1f} s in all")


if __name__ == "__main__":
    main()
