"""A process that leaves a pipeline half read ends all the same."""

import subprocess
import sys

import pytest

SCRIPT = """
from ganzoo import load_dataset
batches = iter(load_dataset("sample", image_shape=(28, 28, 1), batch_size=100).repeat())
for _ in range(30):
    next(batches)
"""


@pytest.mark.slow
def test_a_script_that_ends_with_an_iterator_half_read_does_not_hang():
    # Without care one in three did; so all but one in eleven times this would notice.
    for _ in range(2):
        processes = [subprocess.Popen([sys.executable, "-c", SCRIPT]) for _ in range(3)]
        try:
            assert [process.wait(timeout=120) for process in processes] == [0, 0, 0]
        finally:
            for process in processes:
                process.kill()
