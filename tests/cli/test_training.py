"""`train`, `resume`, `launch` and `runs`: what they leave behind, and what they refuse."""

import re
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
import yaml
from PIL import Image

import ganzoo
from ganzoo.cli import main


def test_train_leaves_a_complete_run_folder(command, tiny, tmp_path):
    code, output, _ = command(
        f"train dcgan {tiny} --steps 7 --set sample_every=3 --set checkpoint_every=2 "
        "--set keep_checkpoints=2 --set log_every=2"
    )
    run = tmp_path / "runs/dcgan-sample-1"
    assert (code, output) == (0, "Done: runs/dcgan-sample-1\n")
    assert sorted(p.name for p in (run / "samples").iterdir()) == [
        f"samples-0000000{step}.png" for step in (0, 3, 6, 7)
    ]
    assert sorted(p.name for p in (run / "checkpoints").iterdir()) == [
        "step-00000006",
        "step-00000007",
    ]
    log = (run / "log.csv").read_text().splitlines()
    assert log[0] == "step,epoch,discriminator_loss,generator_loss"
    assert [line.split(",")[0] for line in log[1:]] == ["2", "4", "6"]
    config = yaml.safe_load((run / "config.yaml").read_text())
    assert config["filters"] == 2 and config["steps"] == 7
    assert config["environment"]["tensorflow"] == tf.__version__
    assert list((run / "tensorboard/train").glob("events*"))
    assert list((run / "tensorboard/samples").glob("events*"))
    assert float(ganzoo.load_model(run / "model.keras").step.numpy()) == 7
    assert not list(run.rglob("*.part*"))


@pytest.mark.slow
def test_a_dry_run_prints_the_settings_and_makes_nothing(command, tiny, trained, files, tmp_path):
    before = files(tmp_path)
    line = f"train dcgan {tiny} --set log_every=2 --steps 3 --dry-run"
    code, output, error = command(line)
    assert (code, error) == (0, "")
    settings = yaml.safe_load(Path("run/config.yaml").read_text())
    assert yaml.safe_load(output) == {k: v for k, v in settings.items() if k != "environment"}
    assert files(tmp_path) == before
    code, output, error = command(f"{line} --set filtres=2")
    assert (code, output) == (2, "") and "did you mean 'filters'" in error


@pytest.mark.slow
@pytest.mark.eager
def test_a_run_on_a_folder_is_named_after_it(tmp_path):
    (tmp_path / "my photos").mkdir()
    for number in range(4):
        Image.new("RGB", (9, 9), (number, 0, 0)).save(tmp_path / "my photos" / f"{number}.jpg")
    line = ["train", "dcgan", "--dataset", f"{tmp_path}/my photos", "--image-size", "8"]
    with pytest.raises(SystemExit):
        main([*line, "--steps", "1", "--batch-size", "8"])  # of four
    main([*line, "--steps", "1", "--batch-size", "2", "--set", "filters=2"])
    assert (tmp_path / "runs/dcgan-my photos-1/model.keras").exists()


@pytest.mark.slow
@pytest.mark.eager
def test_a_new_run_gets_the_next_number_and_the_newest_is_resumed(command, tiny, tmp_path, caplog):
    assert command(f"train dcgan {tiny} --steps 1 --resume")[1] == "Done: runs/dcgan-sample-1\n"
    assert "step 0 to 1, in runs/dcgan-sample-1" in caplog.text  # there was none to resume
    assert (tmp_path / "runs/dcgan-sample-1/model.keras").exists()
    (tmp_path / "runs/dcgan-sample-7").mkdir(parents=True)  # of another process, not yet written
    assert command(f"train dcgan {tiny} --steps 1")[1] == "Done: runs/dcgan-sample-8\n"
    assert (tmp_path / "runs/dcgan-sample-8/model.keras").exists()
    assert command(f"train dcgan {tiny} --steps 2 --resume")[1] == "Done: runs/dcgan-sample-8\n"
    assert "step 1 to 2, in runs/dcgan-sample-8" in caplog.text


@pytest.mark.slow
def test_a_mirrored_run_on_one_device_trains_samples_and_exports(command, tiny):
    line = f"train dcgan {tiny} --steps 3 --distribute mirrored --precision bfloat16 --run-dir run"
    assert command(line)[0] == 0
    assert command("generate run -n 2 --output grid.png")[0] == 0
    assert command("export run served --precision float32")[0] == 0


@pytest.mark.slow
@pytest.mark.eager
def test_a_finished_run_is_resumed_to_itself(command, tiny, trained):
    line = f"train dcgan {tiny} --set log_every=2 --steps 3 --run-dir {trained} --resume"
    code, output, _ = command(line)
    assert (code, output) == (0, "Done: run\n")


@pytest.mark.slow
@pytest.mark.eager
def test_a_runs_own_config_and_python_train_the_same_again(command, trained):
    assert command("train run/config.yaml --run-dir again")[0] == 0
    settings = {"filters": 2, "latent_dim": 4, "batch_size": 16, "sample_count": 4, "log_every": 2}
    folder = ganzoo.train("dcgan", image_size=8, steps=3, run_dir="python", **settings)
    assert folder.name == "python"
    variables = (ganzoo.load_run(run).variables for run in ("run", "again", "python"))
    for one, again, in_python in zip(*variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), again.numpy())
        np.testing.assert_array_equal(one.numpy(), in_python.numpy())


@pytest.mark.slow
def test_runs_are_listed_with_what_became_of_them(command, trained):
    code, output, _ = command("runs .")
    assert code == 0
    assert re.fullmatch(
        r"run +finished  step 3 +discriminator_loss \S+  generator_loss .*\n", output
    )
    log = Path("run/log.csv")
    log.write_text(log.read_text().splitlines(keepends=True)[0])  # no row yet
    assert re.fullmatch(r"run +finished  step 3 +\n", command("runs .")[1])
    Path("run/status.json").write_text("{")
    code, _, error = command("runs .")
    assert (code, error.count("\n")) == (1, 1) and "Received: 'run'" in error
    assert command("runs nowhere")[2].startswith("Error: There is no such folder of runs. Rec")
    Path("empty").mkdir()
    assert command("runs empty")[:2] == (0, "")


@pytest.mark.slow
@pytest.mark.eager
def test_a_run_that_diverges_fails_with_the_checkpoint_to_go_back_to(command, tiny):
    line = f"train dcgan {tiny} --steps 60 --set checkpoint_every=1 --run-dir run"
    code, _, error = command(f"{line} --set learning_rate=1e30")
    assert code == 1 and "Traceback" not in error
    assert "Error: " in error.splitlines()[-1]
    (run,) = ganzoo.list_runs("run")
    assert run.state == "failed" and run.reason.startswith("DivergenceError: ")
    for checkpoint in Path("run/checkpoints").iterdir():
        assert np.isfinite(ganzoo.load_run("run").generator.get_weights()[0]).all(), checkpoint


@pytest.mark.slow
def test_a_run_without_any_intact_checkpoint_is_named_and_left_as_it_was(
    command, tiny, trained, files, tmp_path
):
    weights = tmp_path / "run/checkpoints/step-00000003/model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:5000])
    before = files(tmp_path)
    train = f"train dcgan {tiny} --set log_every=2 --steps 9 --run-dir run --resume"
    for line in (train, "export run served"):
        code, _, error = command(line)
        assert code == 1
        assert re.fullmatch(r"Error: Not a whole checkpoint .*'run/checkpoints/step-0.*'\n", error)
    assert files(tmp_path) == before


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(refused, tiny, trained, tmp_path):
    (tmp_path / "bad.yaml").write_text("model: dcgan\nfilterz: 3\n")
    (tmp_path / "text.yaml").write_text("model: dcgan\nlearning_rate: 2e-4\n")
    (tmp_path / "empty.yaml").write_text("")
    refused({line.format(tiny=tiny): wanted for line, wanted in BAD.items()})


BAD = {
    "train dcgam": (2, "did you mean 'dcgan'"),
    "train dcgan/celeba": (2, "did you mean 'dcgan/celeb_a'"),
    "train dcgan --dataset celeba": (2, "did you mean 'celeb_a'"),
    "train dcgan --dataset imdb_reviews": (2, "has no image feature"),
    "train dcgan --precision bfloat": (2, "did you mean 'bfloat16'"),
    "train dcgan --precission bfloat16": (2, "No such option '--precission'.*--precision"),
    "train dcgan --distribute mirored": (2, "did you mean 'mirrored'"),
    "train dcgan --steps some": (2, "'some' is not a valid integer."),
    "train dcgan --steps 0": (2, "'--steps': 0 is not in the range x>=1"),
    "train dcgan --set steps=0": (2, "steps must be at least 1. Received: 0"),
    "train dcgan --batch-size 9000": (2, "batch size must be in 1 to 8000.*Received: 9000"),
    "train dcgan --image-size 30": (2, "4, 5 or 7 times a power of two.*Received.*30, 30, 1"),
    "train dcgan --epochs 1 --steps 5": (2, "either epochs or steps. Received: 1 and 5"),
    "train dcgan --image-size 8 --set image_shape=64": (2, "a list of 3 whole.*Received: 64"),
    "train dcgan --set model=dcgam": (2, "did you mean 'dcgan'"),
    "train dcgan --set run_dir=runs": (2, "Unknown setting of 'dcgan'.*Received: 'run_dir'"),
    "train dcgan --set dataset=celeba": (2, "did you mean 'celeb_a'"),
    "train dcgan --set data_dir=3": (2, "data_dir must be text. Received: 3"),
    "train dcgan --set center_crop=29": (2, "shorter side, 28. Received: 29"),
    "train dcgan --set learning_rate=-1": (2, "learning_rate must be above 0"),
    "train dcgan --dataset ./images": (1, "There is no such folder. Received: './images'"),
    "train dcgan --dataset a/b/c": (1, "There is no such folder. Received: 'a/b/c'"),
    "train pix2pix --image-size 36": (2, "multiples of 32, or depth=2.*Received: .*36, 36, 1"),
    "train pix2pix --set receptive_field=286": (2, "at least 96 pixels a side.*Received: .*32"),
    "train pix2pix --set direction=ac": (2, "Unknown value of direction.*Received: 'ac'"),
    "train pix2pix --set input_channels=2": (2, "1 or 3 channels.*Received: .*input_channels=2"),
    "train cyclegan --set direction=ba": (2, "Unknown setting of 'cyclegan'"),
    "train cyclegan --image-size 30": (2, "multiples of 4.*Received: .*30, 30, 1"),
    "train cgan --set num_classes=9": (2, "num_classes must be at least 10. Received: 9"),
    "train cgan --set networks=mlp": (2, "is the model 'cdcgan' now.*Received: .*'networks'"),
    "resume nowhere": (1, "Not a run folder.*Received: 'nowhere'"),
    "resume run --steps 2": (2, "at step 3 already, and cannot end at step 2"),
    "train dcgan --dataset mnist/three": (2, "did you mean 'mnist'"),
    "train dcgan --dataset mnist:9.9.9": (2, "TFDS cannot open.*Received: 'mnist:9.9.9'"),
    "train dcgan --dataset cycle_gan/zebra": (2, "did you mean 'cycle_gan/horse2zebra'"),
    "train empty.yaml": (2, "must be `key: value` lines.*Received: empty.yaml"),
    "train dcgan {tiny} --set log_every=2 --steps 2 --run-dir run --resume": (
        2, "at step 3 already.*step 2",
    ),
    f"train dcgan --run-dir {'long' * 80}": (1, "File name too long"),
    "train dcgan --set filter=2": (2, "did you mean 'filters'"),
    "train dcgan --set filters=many": (2, "filters must be a whole number. Received: 'many'"),
    "train dcgan --set filters": (2, "KEY=VALUE.*Received: 'filters'"),
    "train dcgan --set label_smoothing=2": (2, "label_smoothing must be in"),
    "train dcgan --seed -1": (2, "'--seed': -1 is not in the range x>=0"),
    "train dcgan --set seed=-1": (2, "seed must be in 0 to.*Received: -1"),
    "train dcgan --set split=tran": (2, "did you mean 'train'"),
    "train dcgan --set fit=croop": (2, "did you mean 'crop'"),
    "train bad.yaml": (2, "did you mean 'filters'"),
    "train text.yaml": (2, "learning_rate must be a number. Received: '2e-4'"),
    "train missing.yaml": (1, "Cannot read the settings.*missing.yaml"),
    "train dcgan --run-dir file/run": (1, "run folder cannot be written. Received: 'file/run'"),
    "train dcgan --run-dir run": (1, "holds something already; resume it.*Received: 'run'"),
    "train dcgan --run-dir run --resume": (2, "other settings.*filters: 2 -> 32"),
    "launch --workers 2 -- generate run": (2, "`train ...` or `resume ...`.*'generate run'"),
    "launch --workers 0 -- train dcgan": (2, "'--workers': 0 is not in the range x>=1"),
    "launch --workers 2 --port 65535 -- train dcgan": (2, "ports in 1 to 65535.*2, 3, 65535"),
}  # fmt: skip
