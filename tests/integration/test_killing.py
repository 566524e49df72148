"""A run that is killed again and again ends as one that is not: weights, log, grids, health."""

import json
import random
import subprocess
import sys
import time

import h5py
import pytest

import ganzoo

pytestmark = pytest.mark.xla  # as in the processes that are killed

COMMON = {
    "batch_size": 16, "sample_count": 4, "log_every": 3, "sample_every": 4, "health_every": 4,
    "checkpoint_every": 2,
}  # fmt: skip
MODELS = {
    "gan": {"image_size": 8, "latent_dim": 4, "generator_units": 8, "maxout_units": 4},
    "dcgan": {"image_size": 8, "latent_dim": 4, "filters": 2, "moving_average": 0.9},
    "cdcgan": {"image_size": 8, "latent_dim": 4, "filters": 2},
    "pix2pix": {"image_size": 16, "filters": 2, "receptive_field": 16},
    "cyclegan": {"image_size": 24, "filters": 2, "blocks": 1, "pool_size": 20},
}


def new_steps(checkpoints, before):
    """How many steps the newest checkpoint is beyond a step; or -1 while one is being written."""
    if any(checkpoints.glob(".step-*.part")):
        return -1
    newest = ganzoo.callbacks.newest_checkpoint(checkpoints)
    return int(newest.name.removeprefix("step-")) - before if newest else 0


def killed(run, steps, settings, model, chance, while_writing):
    """Begins or resumes a run in a process of its own, and kills that within ten steps."""
    checkpoints = run / "checkpoints"
    before = max(new_steps(checkpoints, 0), 0)
    options = [f"--set={name}={value}" for name, value in settings.items()]
    line = [sys.executable, "-m", "ganzoo", "train", model, f"--steps={steps}", f"--run-dir={run}"]
    process = subprocess.Popen([*line, "--resume", *options], stderr=subprocess.PIPE)
    goal = chance.randrange(1, 7)
    while (new := new_steps(checkpoints, before)) < goal and not (while_writing and new < 0):
        assert process.poll() is None, process.stderr.read().decode()
        time.sleep(0.0005)
    time.sleep(0.0 if while_writing else chance.uniform(0, 0.05))
    process.kill()
    assert process.wait() == -9, "it was to be killed, and had ended"
    process.stderr.close()


def contents(run):
    """What must be the same to the byte: all arrays of the newest checkpoint, and the files."""
    newest = ganzoo.callbacks.newest_checkpoint(run / "checkpoints")
    arrays = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            arrays[f"{newest.name}/{name}"] = item[()].tobytes()

    with h5py.File(newest / "model.weights.h5") as file:  # itself it has the time in it
        file.visititems(visit)
    assert any("optimizer" in name for name in arrays)
    state = json.loads((newest / "state.json").read_text())
    del state["sha256"]
    files = [run / "log.csv", run / "health.json", *sorted((run / "samples").iterdir())]
    return arrays | {"state": state} | {file.name: file.read_bytes() for file in files}


def compare(model, kills, tmp_path):
    settings = COMMON | MODELS[model]
    chance = random.Random(f"{model} {kills}")
    steps = 10 * kills + 6
    run = tmp_path / "killed"
    for kill in range(kills):
        killed(run, steps, settings, model, chance, while_writing=kill % 2 == 0)
    ganzoo.train(model, run_dir=run, resume=True, steps=steps, **settings)
    ganzoo.train(model, run_dir=tmp_path / "whole", steps=steps, **settings)
    expected, found = contents(tmp_path / "whole"), contents(run)
    assert sorted(found) == sorted(expected)
    assert [name for name in expected if found[name] != expected[name]] == []


@pytest.mark.slow
@pytest.mark.parametrize("model", ["cyclegan"])  # has most to keep; below, all are killed oftener
def test_a_run_that_is_killed_twice_ends_as_one_that_is_not(model, tmp_path):
    compare(model, 2, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS)
def test_a_run_that_is_killed_ten_times_ends_as_one_that_is_not(model, tmp_path):
    compare(model, 10, tmp_path)


@pytest.mark.slow
def test_a_disk_that_is_full_ends_a_run_in_one_line_and_spares_its_checkpoints(tmp_path):
    run = tmp_path / "run"
    settings = COMMON | {"image_size": 8, "latent_dim": 4, "filters": 8}
    ganzoo.train("dcgan", run_dir=run, steps=4, **settings)
    before = contents(run)
    # A limit on the size of files fails as a full disk does: in the middle of a write.
    size = (run / "checkpoints/step-00000004/model.weights.h5").stat().st_size
    limited = (
        "import resource, sys; from ganzoo.cli import main;"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size // 2},) * 2);"
        "main(sys.argv[1:])"
    )
    line = [sys.executable, "-c", limited, "resume", str(run), "--steps=20"]
    ended = subprocess.run(line, capture_output=True, text=True)
    assert ended.returncode == 1
    errors = [text for text in ended.stderr.splitlines() if "Error" in text]
    assert len(errors) == 1 and errors[0].startswith("Error: "), ended.stderr
    assert "Traceback" not in ended.stderr
    after = contents(run)
    assert {name: after[name] for name in before if name.startswith("step-")} == {
        name: content for name, content in before.items() if name.startswith("step-")
    }
    assert [summary.state for summary in ganzoo.list_runs(run)] == ["failed"]
    ganzoo.resume(run, steps=8)
    ganzoo.train("dcgan", run_dir=tmp_path / "whole", steps=8, **settings)
    assert contents(run) == contents(tmp_path / "whole")
