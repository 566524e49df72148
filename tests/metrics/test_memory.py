import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[1] / "benchmarks/metrics.py"


@pytest.mark.long
def test_statistics_of_ten_times_the_images_take_no_more_memory():
    def most(images):
        command = [sys.executable, str(BENCHMARK), "memory", "--images", str(images)]
        printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert printed.startswith(f"{images:,} images")
        return int(re.search(r"at most ([\d,]+) MiB", printed)[1].replace(",", ""))

    # 45,000 more images are 527 MiB as floats, and their features 33 MiB.
    assert most(50_000) - most(5_000) < 10
