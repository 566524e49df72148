"""Runs that end before their time, by any means, and go on: what they come to is the same."""

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

import ganzoo
from ganzoo.errors import InputError, ResourceError
from ganzoo.training.stop_signals import SIGNALS

TINY = {
    "image_size": 8, "batch_size": 16, "filters": 2, "latent_dim": 4, "sample_count": 4,
}  # fmt: skip
# Epochs of four steps, rows of the log of three.
LONG = TINY | {"batch_size": 2000, "log_every": 3, "sample_every": 2, "moving_average": 0.0}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    """The folder of a run of eight steps."""
    folder = tmp_path_factory.mktemp("uninterrupted") / "run"
    return ganzoo.train("dcgan", steps=8, run_dir=folder, **LONG)


def assert_same_runs(one, other):
    for mine, theirs in zip(
        ganzoo.load_run(one).variables, ganzoo.load_run(other).variables, strict=True
    ):
        np.testing.assert_array_equal(mine.numpy(), theirs.numpy())
    files = [
        {path.name: path.read_bytes() for path in [*run.glob("samples/*"), run / "log.csv"]}
        for run in (Path(one), Path(other))
    ]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    "cut",
    [
        pytest.param(2, id="inside", marks=pytest.mark.slow),
        pytest.param(4, id="at_the_end_of", marks=pytest.mark.slow),
        pytest.param(5, id="in_the_second"),
    ],
)
def test_a_run_resumed_at_this_place_of_an_epoch_is_the_uninterrupted_one(
    cut, uninterrupted, caplog
):
    caplog.set_level("INFO", "ganzoo")
    ganzoo.train("dcgan", steps=cut, run_dir="cut", **LONG)
    assert ganzoo.train("dcgan", steps=8, run_dir="cut", resume=True, **LONG) == Path("cut")
    assert f"step {cut} to 8" in caplog.text
    # A run that was to end there has a grid of its last step.
    Path("cut/samples/samples-00000005.png").unlink(missing_ok=True)
    assert_same_runs(uninterrupted, "cut")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "end"),
    [(signal.SIGINT, KeyboardInterrupt), (signal.SIGUSR1, SystemExit)],
)
def test_an_interrupted_run_is_saved_where_it_was_and_goes_on_from_there(
    number, end, uninterrupted
):
    class Interrupt(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.step.numpy()) == 4:
                os.kill(os.getpid(), number)

    handlers = [signal.getsignal(each) for each in SIGNALS]
    with pytest.raises(end) as ended:
        ganzoo.train("dcgan", steps=8, run_dir="cut", more_callbacks=[Interrupt()], **LONG)
    assert number == signal.SIGINT or ended.value.code == 128 + number
    assert handlers == [signal.getsignal(each) for each in SIGNALS]
    assert ganzoo.callbacks.newest_checkpoint("cut/checkpoints").name == "step-00000005"
    assert [run.state for run in ganzoo.list_runs("cut")] == ["stopped"]
    ganzoo.resume("cut")
    assert_same_runs(uninterrupted, "cut")


@pytest.mark.slow
@pytest.mark.eager
def test_a_callback_can_stop_training():
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = True

    run = ganzoo.train("dcgan", steps=10, run_dir="run", more_callbacks=[Stop()], **LONG)
    assert int(ganzoo.load_run(run).step.numpy()) == 4


@pytest.mark.slow
def test_a_run_can_begin_with_the_weights_of_another(uninterrupted):
    settings = LONG | {"moving_average": 0.9, "init_from": str(uninterrupted), "steps": 1}
    ganzoo.train("dcgan", learning_rate=1e-9, run_dir="tuned", **settings)
    first, tuned = ganzoo.load_run(uninterrupted), ganzoo.load_run("tuned")
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
    with pytest.raises(InputError) as error:
        ganzoo.train("dcgan", run_dir="other", **settings | {"filters": 3})
    assert "that has a layer of the same sizes. Received: init_from=" in str(error.value)
    assert "\n" not in str(error.value)
    assert not Path("other").exists()


@pytest.mark.slow
def test_a_run_of_larger_images_begins_with_the_layers_that_fit(uninterrupted, caplog):
    settings = LONG | {"init_from": str(uninterrupted), "steps": 1, "learning_rate": 1e-9}
    first = ganzoo.load_run(uninterrupted)
    ganzoo.train("dcgan", run_dir="larger", **settings | {"image_size": 16})
    tuned = ganzoo.load_run("larger")
    for one, other in (
        (first.generator, tuned.generator), (first.discriminator, tuned.discriminator)
    ):  # fmt: skip
        kernels, others = (
            [w.numpy() for w in network.weights if w.name == "kernel" and w.ndim == 4]
            for network in (one, other)
        )
        fit = [np.allclose(mine, right, atol=1e-6) for mine in kernels for right in others
               if mine.shape == right.shape]  # fmt: skip
        assert any(fit)
    said = [r.getMessage() for r in caplog.records if r.getMessage().startswith("init_from: ")]
    assert len(said) == 2 and "layers of generator fit" in said[0]


@pytest.mark.slow
@pytest.mark.eager
def test_the_first_layers_of_the_discriminator_stay_as_the_other_run_trained_them(uninterrupted):
    settings = LONG | {"init_from": str(uninterrupted), "steps": 2, "freeze_discriminator": 1}
    ganzoo.train("dcgan", run_dir="frozen", **settings)
    kept, trained = (
        ganzoo.load_run(run).discriminator.trainable_weights for run in (uninterrupted, "frozen")
    )
    same = [np.array_equal(one, other) for one, other in zip(kept, trained, strict=True)]
    assert same == [True, *[False] * (len(kept) - 1)]  # DCGAN's first layer has a kernel alone
    ganzoo.resume("frozen", steps=3)
    again = ganzoo.load_run("frozen").discriminator.trainable_weights
    assert np.array_equal(again[0], kept[0]) and not np.array_equal(again[1], trained[1])
    for wrong, message in (
        ({"freeze_discriminator": 4}, r"must leave a layer to train, of the \d with a kernel"),
        ({"init_from": None}, r"can only be frozen that have another run's weights"),
    ):
        with pytest.raises(InputError, match=message):
            ganzoo.train("dcgan", run_dir="other", **settings | wrong)


@pytest.mark.slow
def test_a_killed_run_can_be_resumed_and_one_process_trains_in_a_folder_at_a_time():
    settings = TINY | {"checkpoint_every": 5, "steps": 100_000}
    options = [f"--set={name}={value}" for name, value in settings.items()]
    line = [sys.executable, "-m", "ganzoo", "train", "dcgan", "--run-dir", "run", *options]
    process = subprocess.Popen(line)
    # The status is written when the checkpoint is complete.
    while not Path("run/config.yaml").exists() or ganzoo.list_runs("run")[0].step < 5:
        assert process.poll() is None
        time.sleep(0.1)
    with pytest.raises(ResourceError) as error:
        ganzoo.resume("run")
    message = "Another process is training in this run folder. Received: 'run"
    assert str(error.value).startswith(message)
    assert [run.state for run in ganzoo.list_runs(".")] == ["running"]
    process.kill()  # no handler, no last words
    process.wait()
    (died,) = ganzoo.list_runs(".")
    assert died.state == "died" and died.step >= 5 and died.resumes_at >= 5
    step = int(ganzoo.load_run("run").step.numpy())
    ganzoo.resume("run", steps=step + 2)
    assert int(ganzoo.load_run("run").step.numpy()) == step + 2


def test_a_damaged_checkpoint_is_passed_over_and_kept_aside(tmp_path, caplog):
    caplog.set_level("INFO", "ganzoo")
    ganzoo.train("dcgan", steps=4, checkpoint_every=2, run_dir="run", **TINY)
    weights = tmp_path / "run/checkpoints/step-00000004/model.weights.h5"
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1  # one bit
    weights.write_bytes(content)
    config = Path("run/config.yaml")  # as if another release had written it
    config.write_text(re.sub("keras-ganzoo: .*", "keras-ganzoo: 0.0.1", config.read_text()))
    assert int(ganzoo.load_run("run").step.numpy()) == 2
    ganzoo.resume("run", steps=6)
    assert "Passed over: Not a whole checkpoint of this model" in caplog.text
    assert "The run was to end at step 4, and now ends at 6" in caplog.text
    assert sorted(p.name for p in (tmp_path / "run/checkpoints").iterdir()) == [
        "step-00000002", "step-00000004", "step-00000004.damaged", "step-00000006",
    ]  # fmt: skip
    now = importlib.metadata.version("keras-ganzoo")
    assert f"in another environment: keras-ganzoo: 0.0.1 -> {now}\n" in caplog.text
