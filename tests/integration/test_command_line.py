"""The commands as a user types them: what they leave behind, and what they say to bad input."""

import importlib.metadata
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
import yaml
from PIL import Image

import ganzoo
from ganzoo.cli import main

TINY = "--image-size 8 --batch-size 16 --set filters=2 --set latent_dim=4 --set sample_count=4"


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def command(capfd):
    """Runs `ganzoo ...` and returns its (exit code, standard output, errors)."""

    def run(line):
        capfd.readouterr()
        code = 0
        try:
            main(line.split())
        except SystemExit as end:
            code = end.code
        output, error = capfd.readouterr()
        # A machine that is busy may take the two seconds after which progress is shown.
        return code, output, re.sub(r"(\r[^\r\n]*)+\n", "", error)

    return run


@pytest.fixture
def trained(command):
    assert command(f"train dcgan {TINY} --steps 3 --run-dir run")[0] == 0
    return "run"


def files(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


def pixels(path):
    with Image.open(path) as image:
        return np.asarray(image)


def test_train_leaves_a_whole_run_folder(command, tmp_path):
    code, output, _ = command(
        f"train dcgan {TINY} --steps 7 --set sample_every=3 --set checkpoint_every=2 "
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


def test_a_run_on_a_folder_is_named_after_it(command, tmp_path):
    (tmp_path / "my photos").mkdir()
    for number in range(4):
        Image.new("RGB", (9, 9), (number, 0, 0)).save(tmp_path / "my photos" / f"{number}.jpg")
    line = ["train", "dcgan", "--dataset", f"{tmp_path}/my photos", "--image-size", "8"]
    with pytest.raises(SystemExit):
        main([*line, "--steps", "1", "--batch-size", "8"])  # of four
    main([*line, "--steps", "1", "--batch-size", "2", "--set", "filters=2"])
    assert (tmp_path / "runs/dcgan-my photos-1/model.keras").exists()


def test_a_second_run_gets_the_next_number(command, tmp_path):
    for number in (1, 2):
        command(f"train dcgan {TINY} --steps 1")
        assert (tmp_path / f"runs/dcgan-sample-{number}/model.keras").exists()


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(2, id="inside", marks=pytest.mark.slow),
        pytest.param(4, id="at_the_end_of", marks=pytest.mark.slow),
        pytest.param(5, id="in_the_second"),
    ],
)
def test_a_run_resumed_at_this_place_of_an_epoch_is_the_uninterrupted_one(cut, command, caplog):
    # Epochs of four steps, rows of the log of three.
    often = f"{TINY} --batch-size 2000 --set log_every=3 --set sample_every=2"
    command(f"train dcgan {often} --steps 8 --run-dir whole")
    command(f"train dcgan {often} --steps {cut} --run-dir cut")
    assert command(f"train dcgan {often} --steps 8 --run-dir cut --resume")[0] == 0
    assert f"step {cut} to 8" in caplog.text
    whole, cut = ganzoo.load_run("whole"), ganzoo.load_run("cut")
    for one, other in zip(whole.variables, cut.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    for file in ("log.csv", "samples/samples-00000008.png"):
        assert Path("whole", file).read_bytes() == Path("cut", file).read_bytes()


def test_resume_takes_the_newest_run_and_begins_where_there_is_none(command, caplog):
    command(f"train dcgan {TINY} --steps 2 --resume")
    assert "step 0 to 2, in runs/dcgan-sample-1" in caplog.text
    command(f"train dcgan {TINY} --steps 3 --resume")
    assert "step 2 to 3, in runs/dcgan-sample-1" in caplog.text


def test_a_mirrored_run_on_one_device_trains_samples_and_exports(command):
    line = f"train dcgan {TINY} --steps 3 --distribute mirrored --precision bfloat16 --run-dir run"
    assert command(line)[0] == 0
    assert command("generate run -n 2 --output grid.png")[0] == 0
    assert command("export run served --precision float32")[0] == 0


def test_a_finished_run_is_resumed_to_itself(command, trained):
    code, output, _ = command(f"train dcgan {TINY} --steps 3 --run-dir {trained} --resume")
    assert (code, output) == (0, "Done: run\n")


def test_a_runs_own_config_can_be_trained_again(command, trained, tmp_path):
    assert command("train run/config.yaml --run-dir again")[0] == 0
    for one, other in zip(
        ganzoo.load_run("run").variables, ganzoo.load_run("again").variables, strict=True
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_generate_writes_a_grid_or_single_images_of_the_same_seeds(command, trained, tmp_path):
    assert command(f"generate {trained} -n 6 --seed 3 --output grid.png")[0] == 0
    assert command(f"generate {trained} -n 2 --seed 4 --output folder/")[0] == 0
    grid, single = pixels("grid.png"), pixels("folder/000004.png")
    assert grid.shape == (2 * 10 + 2, 3 * 10 + 2)
    assert sorted(p.name for p in (tmp_path / "folder").iterdir()) == ["000004.png", "000005.png"]
    many, few = ganzoo.generate(trained, 70, seed=3), ganzoo.generate(trained, 2, seed=4)
    np.testing.assert_allclose(many[1:3], few, atol=1e-6)
    np.testing.assert_array_equal(single, grid[2:10, 12:20])


def test_generate_makes_the_asked_for_labels(command):
    settings = f"{TINY.replace(' --set filters=2', '')} --set filters=1 --steps 1 --run-dir run"
    assert command(f"train cgan {settings}")[0] == 0
    assert command("generate run -n 6 --labels 9,0-1 --output grid.png")[0] == 0
    assert pixels("grid.png").shape == (3 * 10 + 2, 2 * 10 + 2)
    code, _, error = command("generate run --labels 0-10 --output no.png")
    assert code == 2
    assert re.fullmatch(r"Error: Labels must be in 0 to num_classes - 1, 9\. Rec.*, 10\n", error)
    assert not Path("no.png").exists()


def test_walks_and_a_timelapse_of_a_run_are_written(command, trained):
    line = "interpolate run --seeds 3,17 --steps 2 --loop --fps 20 --output walk.gif"
    assert command(line) == (0, "Wrote walk.gif: 4 images\n", "")
    np.save("found.npy", np.ones((4, 4), np.float32) + np.eye(4))
    line = "interpolate run --latents found.npy --steps 1 --grid --path linear --output grid.png"
    assert command(line) == (0, "Wrote grid.png: 4 images\n", "")
    assert pixels("grid.png").shape == (22, 22)
    assert command("timelapse run --fps 4") == (0, "Wrote run/timelapse.gif\n", "")
    with Image.open("walk.gif") as walk, Image.open("run/timelapse.gif") as timelapse:
        assert (walk.n_frames, timelapse.n_frames) == (4, 2)


@pytest.mark.parametrize(
    ("line", "direction"),
    [
        ("train pix2pix --image-size 8 --batch-size 2 --set receptive_field=16", "ab"),
        ("train cyclegan --image-size 24 --batch-size 2 --set blocks=1 --set pool_size=4", "ba"),
    ],
)
def test_an_image_to_image_run_makes_grids_and_translates(line, direction, command, tmp_path):
    line += " --steps 2 --set filters=2 --set sample_count=4 --run-dir run"
    assert command(line)[0] == 0
    assert list((tmp_path / "run/samples").glob("*-00000002.png"))
    (tmp_path / "in").mkdir()
    Image.new("RGB", (13, 9), "red").save(tmp_path / "in/a b.png")
    code, output, _ = command(f"translate run in --direction {direction} --output out")
    assert (code, output) == (0, "Wrote 1 images to out\n")
    assert pixels(tmp_path / "out/a b.png").shape == (9, 13)  # grey, as the embedded images
    assert command("generate run --output grid.png")[0] == 2


def test_an_export_answers_in_a_process_that_knows_only_tensorflow(command, trained):
    assert command(f"export {trained} served")[0] == 0
    latents = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    np.save("latents.npy", latents)
    code = (
        "import sys, numpy as np, tensorflow as tf\n"
        "served = tf.saved_model.load('served/run/1')\n"
        "latents = tf.constant(np.load('latents.npy'))\n"
        "np.save('images.npy', served.signatures['serving_default'](latents=latents)['images'])\n"
        "assert served.signatures['serving_default'](latents=latents[:1])['images'].shape[0] == 1\n"
        "assert not {'ganzoo', 'tensorflow_datasets'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    expected = ganzoo.load_run(trained)(latents)
    np.testing.assert_allclose(np.load("images.npy"), expected, atol=1e-5)


def test_an_export_takes_the_place_of_its_run(command, trained, tmp_path):
    assert command("export run served")[0] == 0
    ganzoo.generate("run", 1, seed=5, output="seeds/")
    np.save("some.npy", np.float32([0.1, -0.2, 0.3, -0.4]))
    for line in (
        "generate {} -n 4 --truncation 0.5 --output {}/grid.png",
        "interpolate {} --seeds 3,17 --output {}/strip.png",
        "arithmetic {} 2latents'some.npy' --output {}/sum.png",
        "project {} seeds/000005.png --steps 20 --output {}/found",
    ):
        told = [command(line.format(*source)) for source in (("served/run/1", "a"), ("run", "b"))]
        assert [code for code, _, _ in told] == [0, 0], told
    for name in ("grid.png", "strip.png", "sum.png", "found/000005.png"):
        ours, theirs = (pixels(tmp_path / folder / name).astype(int) for folder in "ab")
        np.testing.assert_allclose(ours, theirs, atol=1)
    code, _, error = command("generate served/run --output grid.png")
    assert code == 1 and re.search("Not a run folder.*PATH/NAME/VERSION.*'served/run'", error)


def test_latents_are_added_given_directions_and_found_again(command, trained, tmp_path):
    np.save("scores.npy", np.arange(20) % 2)
    code, output, _ = command("directions find run odd --scores scores.npy --threshold 0.5")
    assert (code, output.split()[:3]) == (0, ["odd", "logistic", "0.500"])
    assert command("directions list run")[1] == output
    image = ganzoo.generate("run", 1, seed=5, output="seeds/")
    code, output, _ = command("project run seeds/000005.png --steps 60 --output found")
    assert code == 0 and "seeds/000005.png: " in output
    summed = ["arithmetic", "run", "latents found/000005.npy + 0 direction odd"]
    main([*summed, "--output", "sum.png", "--save-latents", "sum.npy", "--neighbours", "4"])
    model = ganzoo.load_run("run")
    np.testing.assert_allclose(model.predict(np.load("sum.npy"), verbose=0), image, atol=0.05)


def test_python_does_what_the_commands_do(command, trained, tmp_path):
    settings = {"filters": 2, "latent_dim": 4, "batch_size": 16, "sample_count": 4}
    folder = ganzoo.train("dcgan", image_size=8, steps=3, run_dir="python", **settings)
    assert folder.name == "python"
    for one, other in zip(
        ganzoo.load_run("run").variables, ganzoo.load_run("python").variables, strict=True
    ):
        np.testing.assert_array_equal(one.numpy(), other.numpy())
    assert ganzoo.export("python", "served", version=7) == Path("served/python/7")
    assert (tmp_path / "served/python/7/saved_model.pb").exists()


@pytest.mark.parametrize(
    ("number", "end"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)]
)
def test_an_interrupted_run_is_saved_where_it_was_and_goes_on_from_there(number, end, tmp_path):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.step.numpy()) == 4:
                os.kill(os.getpid(), number)

    settings = {"filters": 2, "latent_dim": 4, "batch_size": 2000, "sample_count": 4, "steps": 8}
    handlers = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with pytest.raises(end) as ended:
        ganzoo.train("dcgan", image_size=8, run_dir="cut", more_callbacks=[Interrupt()], **settings)
    assert number == signal.SIGINT or ended.value.code == 143
    assert handlers == (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))
    assert ganzoo.callbacks.newest_checkpoint("cut/checkpoints").name == "step-00000005"
    assert [run.state for run in ganzoo.list_runs("cut")] == ["stopped"]
    ganzoo.resume("cut")
    ganzoo.train("dcgan", image_size=8, run_dir="whole", **settings)
    assert files(Path("cut/samples")) == files(Path("whole/samples"))
    whole, cut = ganzoo.load_run("whole"), ganzoo.load_run("cut")
    for one, other in zip(whole.variables, cut.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_a_callback_can_stop_training(tmp_path):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    settings = {"filters": 2, "latent_dim": 4, "batch_size": 2000, "steps": 10}
    run = ganzoo.train("dcgan", image_size=8, run_dir="run", more_callbacks=[Stop()], **settings)
    assert int(ganzoo.load_run(run).step.numpy()) == 4


def test_a_run_can_begin_with_the_weights_of_another(command, trained, caplog):
    line = f"train dcgan {TINY} --set moving_average=0.9 --init-from run"
    assert command(f"{line} --steps 1 --set learning_rate=1e-9 --run-dir tuned")[0] == 0
    first, tuned = ganzoo.load_run("run"), ganzoo.load_run("tuned")
    for one, other in zip(
        [
            *first.generator.weights,
            *first.discriminator.trainable_weights,
            *first.generator.weights,
        ],
        [
            *tuned.generator.weights,
            *tuned.discriminator.trainable_weights,
            *tuned.samplers[0].weights,
        ],
        strict=True,
    ):
        if "moving" not in one.path:  # batch statistics go on
            np.testing.assert_allclose(one.numpy(), other.numpy(), atol=1e-6)
    assert float(tuned.step.numpy()) == 1
    code, _, error = command(f"{line} --set filters=3 --steps 1 --run-dir other")
    assert (code, error.count("\n")) == (2, 1), error
    assert "of the same model and the same sizes alone. Received: init_from='run'" in error
    assert not Path("other").exists()


def test_a_killed_run_can_be_resumed_and_one_process_trains_in_a_folder_at_a_time(
    command, tmp_path
):
    line = f"train dcgan {TINY} --steps 100000 --set checkpoint_every=5 --run-dir run"
    process = subprocess.Popen([sys.executable, "-m", "ganzoo", *line.split()])
    while not ganzoo.callbacks.newest_checkpoint("run/checkpoints"):
        assert process.poll() is None
        time.sleep(0.1)
    code, _, error = command("resume run")
    assert code == 1
    assert error.startswith("Error: Another process is training in this run folder. Received: 'run")
    assert [run.state for run in ganzoo.list_runs(".")] == ["running"]
    process.kill()  # no handler, no last words
    process.wait()
    (died,) = ganzoo.list_runs(".")
    assert died.state == "died" and died.step >= 5
    step = int(ganzoo.load_run("run").step.numpy())
    assert command(f"resume run --steps {step + 2}")[0] == 0
    assert int(ganzoo.load_run("run").step.numpy()) == step + 2


def test_a_damaged_checkpoint_is_passed_over_and_kept_aside(command, tmp_path, caplog):
    often = f"{TINY} --set checkpoint_every=2"
    command(f"train dcgan {often} --steps 4 --run-dir run")
    weights = tmp_path / "run/checkpoints/step-00000004/model.weights.h5"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1  # one bit
    weights.write_bytes(content)
    assert int(ganzoo.load_run("run").step.numpy()) == 2
    assert command("resume run --steps 6")[0] == 0
    assert "Passed over: Not a whole checkpoint of this model" in caplog.text
    assert "The run was to end at step 4, and now ends at 6" in caplog.text
    assert sorted(p.name for p in (tmp_path / "run/checkpoints").iterdir()) == [
        "step-00000002", "step-00000004", "step-00000004.damaged", "step-00000006",
    ]  # fmt: skip


def test_a_run_goes_on_in_another_environment_and_says_so(command, trained, caplog):
    config = Path("run/config.yaml")
    config.write_text(re.sub("keras-ganzoo: .*", "keras-ganzoo: 0.0.1", config.read_text()))
    assert command("resume run --steps 4")[0] == 0
    now = importlib.metadata.version("keras-ganzoo")
    assert f"in another environment: keras-ganzoo: 0.0.1 -> {now}\n" in caplog.text


def test_runs_are_listed_with_what_became_of_them(command, trained):
    code, output, _ = command("runs .")
    assert code == 0
    assert re.fullmatch(r"run +finished  step 3 +\n", output)  # no row of the log yet
    command("resume run --steps 50")
    output = command("runs .")[1]
    assert re.fullmatch(
        r"run +finished  step 50 +discriminator_loss \S+  generator_loss .*\n", output
    )
    Path("run/status.json").write_text("{")
    code, _, error = command("runs .")
    assert (code, error.count("\n")) == (1, 1) and "Received: 'run'" in error
    assert command("runs nowhere")[2].startswith("Error: There is no such folder of runs. Rec")
    Path("empty").mkdir()
    assert command("runs empty")[:2] == (0, "")


def test_a_run_that_leaves_the_numbers_fails_with_the_checkpoint_to_go_back_to(command):
    line = f"train dcgan {TINY} --steps 60 --set checkpoint_every=1 --run-dir run"
    code, _, error = command(f"{line} --set learning_rate=1e30")
    assert code == 1 and "Traceback" not in error
    assert "Error: " in error.splitlines()[-1]
    (run,) = ganzoo.list_runs("run")
    assert run.state == "failed" and run.reason.startswith("DivergenceError: ")
    for checkpoint in Path("run/checkpoints").iterdir():
        assert np.isfinite(ganzoo.load_run("run").generator.get_weights()[0]).all(), checkpoint


def test_a_run_without_any_whole_checkpoint_is_named_and_left_as_it_was(command, trained, tmp_path):
    weights = tmp_path / "run/checkpoints/step-00000003/model.weights.h5"
    weights.write_bytes(weights.read_bytes()[:5000])
    before = files(tmp_path)
    for line in (f"train dcgan {TINY} --steps 9 --run-dir run --resume", "export run served"):
        code, _, error = command(line)
        assert code == 1
        assert re.fullmatch(r"Error: Not a whole checkpoint .*'run/checkpoints/step-0.*'\n", error)
    assert files(tmp_path) == before


def test_new_runs_never_share_a_folder_and_the_newest_is_resumed(command, tmp_path, caplog):
    (tmp_path / "runs/dcgan-sample-7").mkdir(parents=True)  # of another process, not yet written
    assert command(f"train dcgan {TINY} --steps 1")[1] == "Done: runs/dcgan-sample-8\n"
    assert command(f"train dcgan {TINY} --steps 2 --resume")[1] == "Done: runs/dcgan-sample-8\n"


def test_without_arguments_the_help_is_shown(command):
    assert "Commands:" in command("")[1]


def test_the_listing_commands_answer(command):
    assert "dcgan" in command("models")[1]
    assert "dcgan/celeb_a_paper\n" in command("presets")[1]
    assert "arXiv:1511.06434" in command("show dcgan/celeb_a")[1]
    assert ganzoo.__version__ in command("--version")[1]


BAD = {
    "train dcgam": (2, "did you mean 'dcgan'"),
    "train dcgan/celeba": (2, "did you mean 'dcgan/celeb_a'"),
    "train dcgan --dataset celeba": (2, "did you mean 'celeb_a'"),
    "train dcgan --dataset imdb_reviews": (2, "has no image feature"),
    "train dcgan --precision bfloat": (2, "did you mean 'bfloat16'"),
    "train dcgan --precission bfloat16": (2, "No such option '--precission'.*--precision"),
    "train dcgan --distribute mirored": (2, "did you mean 'mirrored'"),
    "train dcgan --steps some": (2, "'some' is not a valid integer"),
    "train dcgan --steps 0": (2, "steps must be at least 1. Received: 0"),
    "train dcgan --batch-size 9000": (2, "batch size must be in 1 to 8000.*Received: 9000"),
    "train dcgan --image-size 30": (2, "4, 5 or 7 times a power of two.*Received.*30, 30, 1"),
    "train dcgan --epochs 1 --steps 5": (2, "either epochs or steps. Received: 1 and 5"),
    "train dcgan --image-size 8 --set image_shape=64": (2, "a list of 3 whole.*Received: 64"),
    "train dcgan --set model=dcgam": (2, "did you mean 'dcgan'"),
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
    "train cgan --set networks=mpl": (2, "did you mean 'mlp'.*Received: 'mpl'"),
    "translate run file --output out": (2, "Unknown picture format"),
    "translate run nothing.png --output out": (2, "No images there. Received: 'nothing.png'"),
    "resume nowhere": (1, "Not a run folder.*Received: 'nowhere'"),
    "resume run --steps 2": (2, "at step 3 already, and cannot end at step 2"),
    "train dcgan --dataset mnist/three": (2, "did you mean 'mnist'"),
    "train dcgan --dataset mnist:9.9.9": (2, "TFDS cannot open.*Received: 'mnist:9.9.9'"),
    "train dcgan --dataset cycle_gan/zebra": (2, "did you mean 'cycle_gan/horse2zebra'"),
    "train empty.yaml": (2, "must be `key: value` lines.*Received: empty.yaml"),
    f"train dcgan {TINY} --steps 2 --run-dir run --resume": (2, "at step 3 already.*step 2"),
    f"train dcgan --run-dir {'long' * 80}": (1, "File name too long"),
    "train dcgan --set filter=2": (2, "did you mean 'filters'"),
    "train dcgan --set filters=many": (2, "filters must be a whole number. Received: 'many'"),
    "train dcgan --set filters": (2, "KEY=VALUE.*Received: 'filters'"),
    "train dcgan --set label_smoothing=2": (2, "label_smoothing must be in"),
    "train dcgan --seed -1": (2, "seed must be in 0 to.*Received: -1"),
    "train dcgan --set split=tran": (2, "did you mean 'train'"),
    "train dcgan --set fit=croop": (2, "did you mean 'crop'"),
    "train bad.yaml": (2, "did you mean 'filters'"),
    "train text.yaml": (2, "learning_rate must be a number. Received: '2e-4'"),
    "train missing.yaml": (1, "Cannot read the settings.*missing.yaml"),
    "train dcgan --run-dir file/run": (1, "run folder cannot be written. Received: 'file/run'"),
    "train dcgan --run-dir run": (1, "holds something already; resume it.*Received: 'run'"),
    "train dcgan --run-dir run --resume": (2, "other settings.*filters: 2 -> 64"),
    "generate nowhere --output a.png": (1, "Not a run folder.*Received: 'nowhere'"),
    "generate run --output a.pgn": (2, "did you mean '.png'.*Received: '.pgn'"),
    "generate run -n 0 --output a.png": (2, "at least 1. Received: 0"),
    "export run file/served": (1, "folder cannot be written: Not a directory"),
    "generate run --output a.png --seed -1": (2, "Seeds must be in 0 to 2"),
    "generate run --output a.png --labels 0": (2, "has no labels. Received: DCGAN"),
    "generate run --output a.png --labels 2-1": (2, "such as 0,1,2 or 0-9. Received: '2-1'"),
    "export run served --name a/b": (2, "letters, digits, dots.*Received: 'a/b'"),
    "export run served --version 0": (2, "at least 1. Received: 0"),
    "export run served --format onxn": (2, "did you mean 'onnx'"),
    "export run served --precision bf16": (2, "did you mean 'bfloat16'"),
    "arithmetic run seed --output a.png": (2, "a whole number, at the end. Received: 'seed'"),
    "arithmetic run seedx --output a.png": (2, "Did you mean 'seed'.*Received: 'seedx'"),
    "arithmetic run 1direction(x --output a.png": (2, "direction name at character 11"),
    "directions find run a": (2, "one of --attribute.*Received: none"),
    "directions find run a --attribute Smiling": (2, "number of a class. Received: 'Smiling'"),
    "directions find run a --classifier no.keras": (2, "a .keras file. Received: 'no.keras'"),
    "directions list nowhere": (1, "no such run folder. Received: 'nowhere'"),
    "project run nothing.png --output out": (1, "No such file.*Received: 'nothing.png'"),
    "project run nothing.png --output out --label 3": (2, "has no labels. Received: DCGAN"),
    "generate run --output a.png --truncation 2": (2, "in 0 to 1. Received: 2"),
    "interpolate nowhere --output a.png": (1, "Not a run folder.*Received: 'nowhere'"),
    "interpolate run --seeds 3,x --output a.png": (2, "or 0-8, in 0 to.*Received: '3,x'"),
    "interpolate run --seeds 3 --output a.png": (2, "at least two waypoints. Received: 1"),
    "interpolate run --seeds 3,4 --labels 0,1 --output a.png": (2, "no labels. Received: DCGAN"),
    "interpolate run --seeds 3,4 --path sperical --output a.png": (2, "did you mean 'spherical'"),
    "interpolate run --latents file --output a.png": (1, "Latents cannot be read.*'file'"),
    "interpolate run --latents a.npy --seeds 1 --output a.png": (2, "seeds or latents"),
    "interpolate run --seeds 0-1 --output a.avi": (2, "Unknown format.*Received: '.avi'"),
    "interpolate run --seeds 0-1 --output file/a.gif": (1, "cannot be written"),
    "timelapse run --output a.png": (2, "Unknown format.*Received: '.png'"),
    "timelapse run --title sampels": (2, "did you mean 'samples'"),
    "timelapse nowhere": (1, "Not a run folder.*Received: 'nowhere'"),
    "demo gaussian --modes 21 --output a.gif": (2, "Modes must be 1 to 20. Received: 21"),
    "demo gaussian --dimensions 3 --output a.gif": (2, "must be 1 or 2. Received: 3"),
    "demo gaussian --steps 0 --output a.gif": (2, "at least 1. Received: 0"),
    "demo gaussian --seed -1 --output a.gif": (2, "A seed must be in 0 to"),
    "demo gaussian --output a.png": (2, "Unknown format.*Received: '.png'"),
    "show dcgan/minst": (2, "did you mean 'dcgan/mnist'"),
    "trian dcgan": (2, "No such command 'trian'. Did you mean 'train'"),
}


def test_bad_input_is_one_line_and_leaves_everything_as_it_was(command, trained, tmp_path):
    (tmp_path / "bad.yaml").write_text("model: dcgan\nfilterz: 3\n")
    (tmp_path / "text.yaml").write_text("model: dcgan\nlearning_rate: 2e-4\n")
    (tmp_path / "empty.yaml").write_text("")
    (tmp_path / "file").write_text("")
    before = files(tmp_path)
    wrong = {}
    for line, (code, message) in BAD.items():
        got_code, output, error = command(line)
        one_line = error.startswith("Error: ") and error.count("\n") == 1 and output == ""
        if not (got_code == code and one_line and re.search(message, error)):
            wrong[line] = (got_code, output, error)
    assert wrong == {}
    assert files(tmp_path) == before
