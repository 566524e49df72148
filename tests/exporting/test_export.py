"""`ganzoo export`: the folder that a server loads from, its versions, and what they say."""

import json
import logging
import os
import signal
import subprocess
import sys
import time

import pytest
import tensorflow as tf

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.exporting import export
from ganzoo.metrics import Result
from ganzoo.runs.folder import open_run

pytestmark = pytest.mark.slow

SETTINGS = {"image_size": 8, "batch_size": 16, "filters": 2, "latent_dim": 4, "sample_count": 4}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a DCGAN run of three steps."""
    folder = tmp_path_factory.mktemp("runs") / "faces"
    return ganzoo.train("dcgan", steps=3, run_dir=folder, log_every=3, **SETTINGS)


@pytest.fixture(scope="module")
def exported(run, tmp_path_factory):
    """A version that was exported, and what was logged. Tests leave it as it is."""
    open_run(run).record(3, [Result("fid", {"fid": 12.5}, {"samples": 10})])
    return ganzoo.export(run, tmp_path_factory.mktemp("served"))


def files(folder):
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_a_version_has_all_that_a_server_and_a_person_want(exported):
    assert exported.parts[-2:] == ("faces", "1")
    there = files(exported.parents[1])
    assert "models.config" in there
    for file in ("saved_model.pb", "batching_params.pbtxt", "export.json", "model_card.md"):
        assert f"faces/1/{file}" in there
    assert not [file for file in there if ".part" in file]


def test_export_json_holds_the_proof(exported, run):
    told = json.loads((exported / "export.json").read_text())
    signatures = tf.saved_model.load(exported).signatures
    assert sorted(told["signatures"]) == sorted(told["proof"]) == sorted(signatures)
    for name, figures in told["proof"].items():
        assert 0 <= figures["max_difference"] <= figures["limit"], name
        stated = told["signatures"][name]
        actual = signatures[name]
        for kind, specs in (
            ("inputs", actual.structured_input_signature[1]),
            ("outputs", actual.structured_outputs),
        ):
            shapes = {key: ["batch", *spec.shape[1:]] for key, spec in specs.items()}
            assert {key: of_it["shape"] for key, of_it in stated[kind].items()} == shapes
            dtypes = {key: spec.dtype.name for key, spec in specs.items()}
            assert {key: of_it["dtype"] for key, of_it in stated[kind].items()} == dtypes
    assert (told["name"], told["version"], told["step"]) == ("faces", 1, 3)
    assert told["metrics"][0]["values"] == {"fid": 12.5}
    assert float(told["losses"]["generator_loss"]) > 0


def test_the_model_card_names_paper_data_terms_and_settings(exported):
    card = (exported / "model_card.md").read_text()
    for text in (
        "Radford, Metz and Chintala", "arXiv:1511.06434", "* Data: sample", "MIT licence",
        "Apache-2.0", "fid at step 3: fid 12.5; protocol: samples 10", "generate_truncated_png",
        "latent_dim: 4",
    ):  # fmt: skip
        assert text in card


def test_versions_count_up_and_none_is_written_over(run, exported, tmp_path):
    first = ganzoo.export(run, tmp_path, name="a.b-c", version=3)
    before = files(tmp_path)
    with pytest.raises(ResourceError, match=r"That version is there already.*a\.b-c/3"):
        ganzoo.export(run, tmp_path, name="a.b-c", version=3)
    with pytest.raises(ResourceError, match=r"all SavedModels or all ONNX files.*onnx for"):
        ganzoo.export(run, tmp_path, name="a.b-c", format="onnx")
    assert files(tmp_path) == before
    assert export._version(first.parent, None, "savedmodel") == 4


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": "../up"}, "letters, digits, dots"),
        ({"name": ""}, "letters, digits, dots"),
        ({"version": 0}, "at least 1. Received: 0"),
        ({"format": "tflite"}, "export format"),
        ({"precision": "float8"}, "precision"),
    ],
)
def test_bad_names_and_numbers_are_refused_before_anything_is_written(
    run, tmp_path, wrong, message
):
    with pytest.raises(InputError, match=message):
        ganzoo.export(run, tmp_path, **wrong)
    assert list(tmp_path.iterdir()) == []


def test_without_serving_s_package_there_are_no_warm_up_requests_and_it_says_so(
    run, tmp_path, monkeypatch, caplog
):
    monkeypatch.setitem(sys.modules, "tensorflow_serving.apis", None)  # import then fails
    with caplog.at_level(logging.WARNING, "ganzoo"):
        folder = ganzoo.export(run, tmp_path)
    assert "keras-ganzoo[serving]" in caplog.text
    assert json.loads((folder / "export.json").read_text())["warmup_requests"] == 0


def test_onnx_is_laid_out_in_versions_too(run, tmp_path):
    pytest.importorskip("tf2onnx", reason="the extra keras-ganzoo[onnx] is not installed")
    folder = ganzoo.export(run, tmp_path / "served", format="onnx")
    assert files(tmp_path / "served") == {
        f"faces/1/{file}" for file in ("model.onnx", "export.json", "model_card.md")
    }
    assert json.loads((folder / "export.json").read_text())["proof"].keys() == {"serving_default"}


@pytest.mark.slow
def test_a_killed_export_leaves_no_version_behind(run, tmp_path):
    # Killed at several moments, from before the first file to after the last.
    home = tmp_path / "faces"
    command = [sys.executable, "-m", "ganzoo", "export", str(run), str(tmp_path)]
    left = set()
    for files_written in (1, 2, 4, 6):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and len(files(home)) - len(left) < files_written:
            time.sleep(0.001)
        os.kill(process.pid, signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
        left = files(home)  # beside it is a cache folder, in which Keras's matplotlib writes
        assert not [folder for folder in home.iterdir() if folder.name.isdigit()]
        assert not (tmp_path / "models.config").exists()
    assert len(left) > 4
    assert ganzoo.export(run, tmp_path).name == "1"
