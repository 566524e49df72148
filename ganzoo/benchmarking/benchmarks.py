"""`benchmark`: a model's speed on this machine, as figures and as text."""

import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from ganzoo import registry
from ganzoo.benchmarking import inference, steps, whole_run
from ganzoo.benchmarking.report import report
from ganzoo.benchmarking.tutorials.steps import TUTORIALS, check_has_tutorial
from ganzoo.config.config import Config, load_config
from ganzoo.errors import InputError, unknown
from ganzoo.saving.files import path_of, write_json

# The preset and settings that a model's name stands for: its paper's sizes, or smaller ones that a
# CPU can train.
DEFAULT_SIZES = {
    "gan": ("gan/mnist", {}),
    "cgan": ("cgan/mnist", {}),
    "dcgan": ("dcgan/celeb_a", {}),
    "cdcgan": ("cdcgan/mnist", {}),
    "lsgan": ("lsgan/celeb_a", {}),
    "acgan": ("acgan/cifar10", {}),
    "wgan_gp": ("wgan_gp/mnist", {}),
    "progan": ("progan/sample", {}),
    "stylegan": ("stylegan/sample", {}),
    "sngan": ("sngan/sample", {}),
    "projection_gan": ("projection_gan/sample", {}),
    "dragan": ("dragan/mnist", {}),
    "anime_gan": ("anime_gan/sample", {}),
    "stylegan2": ("stylegan2/sample", {}),
    "bigan": ("bigan/mnist", {}),
    "ali": ("ali/sample", {}),
    "vae": ("vae/sample", {}),
    "autoencoder": ("autoencoder/sample", {}),
    "caae": ("caae/sample", {}),
    "pix2pix": ("pix2pix/facades", {"batch_size": 4}),
    "cyclegan": ("cyclegan/horse2zebra", {"image_shape": (128, 128, 3), "blocks": 9}),
}
OPTIMIZERS = ("paper", "adam")
PEERS = ("tutorial", "float32")


class Benchmark(NamedTuple):
    """What `benchmark` has measured.

    Attributes:
        figures: by name; times end in `_ms` or `_seconds`, shares are fractions of 1.
        text: the same as lines of text.
    """

    figures: dict
    text: str

    def __str__(self):
        return self.text


def benchmark(
    model: str,
    *,
    against: str | None = None,
    optimizer: str = "paper",
    rounds: int = 15,
    windows: int = 3,
    json_file: str | os.PathLike | None = None,
    **settings,
) -> Benchmark:
    """Times a model's training step, its whole runs, and its export.

    The step is the one that `fit` runs, on one random batch. Whole runs are those of
    `MODEL/sample`, or of the preset if one is named.

    Args:
        model: a model's name, at the sizes of `DEFAULT_SIZES`; a preset; or a settings file.
        against: `"tutorial"` also times the step as tutorials write it, `"float32"` the same model
            in float32.
        optimizer: of the step: `"paper"`, or `"adam"` (2e-4, beta_1 0.5) for any model.
        rounds: how often each step is timed; all ways take turns.
        windows: stretches of a whole run that are timed, each against as many bare steps; with 0
            whole run, start-up and export are left out.
        json_file: where to write the figures as well, as a list of one.
        **settings: as in `load_config`: `precision="bfloat16"`, `batch_size`, `image_size`.

    Raises:
        InputError: for an unknown name or setting, a model without a tutorial's step, or a file in
            a folder that does not exist.
    """
    _check_folder_of(json_file)
    config = _checked(model, against, optimizer, settings)
    if against == "tutorial":
        check_has_tutorial(registry.model_class(config.model))
    figures = {
        "config": DEFAULT_SIZES.get(model, (model,))[0],
        "precision": config.values["precision"],
        "batch_size": config.values["batch_size"],
        "image_shape": list(config.values["image_shape"]),
        "optimizer": optimizer,
        "device": _device(),
    }
    figures |= steps.measure(config, against, optimizer, rounds)
    if windows:
        run = config if model not in DEFAULT_SIZES else load_config(
            model, precision=config.values["precision"]
        )  # fmt: skip
        figures["whole_run"] = whole_run.measure(run, windows)
        figures["pipeline_images_per_second"] = whole_run.pipeline(run)
        figures["first_result_seconds"] = whole_run.first_result(run)
        figures["export"] = inference.measure(config, rounds)
    if json_file is not None:
        write_json(json_file, [figures], indent=2)
    return Benchmark(figures, report(figures))


def _check_folder_of(json_file):
    if json_file is not None and not path_of(json_file).absolute().parent.is_dir():
        raise InputError(f"There is no folder to write the file in. Received: {str(json_file)!r}")


def _checked(model, against, optimizer, settings) -> Config:
    """Returns the config of the step.

    Raises:
        InputError: for whatever of the arguments is unknown.
    """
    if against not in (None, *PEERS):
        raise unknown("peer", against, PEERS)
    if optimizer not in OPTIMIZERS:
        raise unknown("optimizer", optimizer, OPTIMIZERS)
    preset, sizes = DEFAULT_SIZES.get(model, (model, {}))
    return load_config(preset, **(sizes | settings))


def benchmark_all(
    *, against: str | None = None, optimizer: str = "paper", rounds: int = 15, windows: int = 3,
    json_file: str | os.PathLike | None = None, **settings,
) -> Iterator[Benchmark]:  # fmt: skip
    """Yields the benchmark of every model in `DEFAULT_SIZES`, each from a process of its own.

    So no model finds memory or compiled kernels that another one has left. Models without a
    tutorial's step are not compared with one.

    Args:
        against, optimizer, rounds, windows, **settings: as in `benchmark`.
        json_file: where to write the figures as well, in the end, as a list.

    Raises:
        InputError: for an unknown name or setting, before anything is measured.
        subprocess.CalledProcessError: if a model's process fails; it has said why.
    """
    _check_folder_of(json_file)
    for model in DEFAULT_SIZES:
        _checked(model, against, optimizer, settings)
    options = {"optimizer": optimizer, "rounds": rounds, "windows": windows, **settings}
    measured = []
    for model in DEFAULT_SIZES:
        has_peer = against != "tutorial" or registry.model_class(model) in TUTORIALS
        measured.append(_in_a_process(model, against=against if has_peer else None, **options))
        yield measured[-1]
    if json_file is not None:
        write_json(json_file, [one.figures for one in measured], indent=2)


def _in_a_process(model, **options):
    with tempfile.TemporaryDirectory() as folder:
        task, answer = Path(folder) / "task.json", Path(folder) / "answer.json"
        task.write_text(json.dumps({"model": model, "options": options}))
        command = [sys.executable, "-m", "ganzoo.benchmarking.one_model", task, answer]
        subprocess.run(command, check=True)
        return Benchmark(**json.loads(answer.read_text()))


def _device():
    if gpus := tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_device_details(
            tf.config.list_physical_devices("GPU")[0]
        ).get("device_name", gpus[0].name)
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return f"CPU, {platform.machine()}, {threads or 'all'} threads"
