"""`evaluate` and `benchmark`: what they print, and what they refuse."""

import json
from pathlib import Path


def test_evaluate_prints_each_metric_with_its_protocol(command, trained):
    code, output, _ = command("evaluate run --metrics parzen --num-images 50")
    assert code == 0
    figures, protocol = output.splitlines()
    assert figures.startswith("parzen ") and "nats" in figures
    assert protocol.strip().startswith("samples 50")
    (recorded,) = json.loads(Path("run/metrics.json").read_text())
    assert (recorded["metric"], recorded["step"]) == ("parzen", 3)


def test_benchmark_prints_the_time_of_a_step_and_writes_it_to_a_file(command):
    code, output, _ = command(
        "benchmark dcgan/sample --image-size 8 --batch-size 4 --set filters=2 --rounds 1 "
        "--step-only --json figures.json"
    )
    assert code == 0
    assert output.startswith("dcgan/sample, float32, batch 4, [8, 8, 1], paper optimizer; ")
    (figures,) = json.loads(Path("figures.json").read_text())
    assert figures["step_ms"] > 0 and "whole_run" not in figures


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, trained):
    refused(BAD)


BAD = {
    "evaluate nowhere": (1, "Not a run folder.*Received: 'nowhere'"),
    "evaluate run --metrics fdi": (2, "did you mean 'fid'"),
    "evaluate run --resize legasy": (2, "did you mean 'legacy'"),
    "evaluate run --num-images 0": (2, "'--num-images': 0 is not in the range x>=1"),
    "benchmark dcgam": (2, "did you mean 'dcgan'"),
    "benchmark dcgan --against tutorials": (2, "did you mean 'tutorial'"),
    "benchmark dcgan --optimizer sgd": (2, "Choose from: paper, adam. Received: 'sgd'"),
    "benchmark dcgan --json file/a.json": (2, "no folder to write.*Received: 'file/a.json'"),
    "benchmark all --json file/a.json": (2, "no folder to write.*Received: 'file/a.json'"),
}
