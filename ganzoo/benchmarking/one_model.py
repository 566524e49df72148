"""`python -m ganzoo.benchmarking.one_model TASK ANSWER`: a benchmark in a process of its own.

TASK is a JSON file with a `model` and the `options` of `benchmark`; ANSWER is the JSON file in
which its figures and text are written.
"""

import json
import sys
from pathlib import Path

from ganzoo.benchmarking.benchmarks import benchmark


def main(task: Path, answer: Path) -> None:
    """Runs the benchmark of a task, and writes its answer."""
    wanted = json.loads(task.read_text())
    measured = benchmark(wanted["model"], **wanted["options"])
    answer.write_text(json.dumps(measured._asdict()))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
