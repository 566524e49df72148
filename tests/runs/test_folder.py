"""A run's folder, without what trains in it."""

import subprocess
import sys

import pytest

from ganzoo.errors import ResourceError
from ganzoo.runs.folder import Run


@pytest.mark.parametrize(
    "module", ["runs.folder", "runs.summaries", "training.distributed.launching"]
)
def test_what_needs_no_tensorflow_does_not_import_it(module):
    heavy = {"tensorflow", "keras", "tensorflow_datasets"}
    code = f"import sys, ganzoo.{module}; sys.exit(str({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr.strip() == "set()"


def test_a_run_is_locked_by_one_process_at_a_time(tmp_path):
    run = Run(tmp_path)
    assert not run.is_locked()
    with run.locked():
        assert run.is_locked()
        with pytest.raises(ResourceError, match="Another process is training"), run.locked():
            pass
    assert not run.is_locked()
