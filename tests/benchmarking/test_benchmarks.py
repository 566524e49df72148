"""`benchmark`: what it measures, and what it says."""

import json

import pytest

import ganzoo
from ganzoo import registry
from ganzoo.benchmarking import DEFAULT_SIZES, benchmark_all, benchmarks
from ganzoo.cli import main
from ganzoo.errors import InputError

TINY = {"image_size": 8, "batch_size": 4, "filters": 2, "rounds": 2}


def test_a_step_is_timed_beside_float32_and_its_figures_fit_together():
    found = ganzoo.benchmark(
        "dcgan/sample", against="float32", precision="bfloat16", windows=0, **TINY
    )
    figures = found.figures
    assert figures["config"] == "dcgan/sample" and figures["image_shape"] == [8, 8, 1]
    assert figures["images_per_second"] == pytest.approx(4000 / figures["step_ms"])
    share = 1000 * figures["step_gflop"] / figures["step_ms"] / figures["matrix_peak_gflops"]
    assert 0 < figures["share_of_peak"] == pytest.approx(share)
    assert figures["against"]["float32"]["ratio"] > 0
    assert "whole_run" not in figures
    assert "against float32" in str(found) and "bfloat16, batch 4" in str(found)


@pytest.mark.slow
def test_a_whole_run_starts_trains_and_exports(tmp_path, capsys):
    file = tmp_path / "figures.json"
    main(
        "benchmark dcgan/sample --image-size 8 --batch-size 4 --set filters=2 --rounds 2 "
        f"--against tutorial --json {file}".split()
    )
    (figures,) = json.loads(file.read_text())
    assert figures["against"].keys() == {"plain", "tensorflow", "keras"}
    assert 0 < figures["whole_run"]["share_of_bare"] < 2
    assert figures["first_result_seconds"] > 1
    assert figures["export"]["images_per_second"] > 0
    assert figures["pipeline_images_per_second"] > figures["whole_run"]["images_per_second"]
    assert "first result" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"model": "dcgam"}, "dcgam"),
        ({"model": "dcgan", "against": "pytorch"}, r"peer.*tutorial, float32|pytorch"),
        ({"model": "dcgan", "optimizer": "sgd"}, "optimizer"),
        ({"model": "dcgan", "filtres": 3}, "filtres"),
    ],
)
def test_what_it_does_not_know_is_refused_before_anything_is_timed(arguments, message):
    with pytest.raises(InputError, match=message):
        ganzoo.benchmark(**arguments)


def test_every_built_in_model_has_a_default_size():
    built_in = [name for name, at in registry._targets.items() if str(at).startswith("ganzoo.")]
    assert set(DEFAULT_SIZES) == set(built_in)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"against": "pytorch"}, "peer"),
        ({"optimizer": "sgd"}, "optimizer"),
        ({"filtres": 3}, "filtres"),
    ],
)
def test_all_models_are_checked_before_any_is_measured(options, message):
    with pytest.raises(InputError, match=message):
        next(benchmark_all(windows=0, **options))


@pytest.mark.slow
def test_a_model_is_measured_in_a_process_of_its_own():
    found = benchmarks._in_a_process("dcgan/sample", windows=0, **TINY | {"rounds": 1})
    assert found.figures["step_ms"] > 0
    assert str(found).startswith("dcgan/sample, float32, batch 4")
