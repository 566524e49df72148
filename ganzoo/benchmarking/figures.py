"""`benchmark`: a model's speed on this machine, in numbers and in words."""

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import tensorflow as tf

from ganzoo.benchmarking import inference, steps, whole_run
from ganzoo.config.config import load_config
from ganzoo.errors import InputError, unknown

# What a bare model's name stands for: the papers' sizes, or what a CPU trains in their place.
DEFAULT_SIZES = {
    "gan": ("gan/mnist", {}),
    "cgan": ("cgan/mnist", {}),
    "dcgan": ("dcgan/celeb_a", {}),
    "pix2pix": ("pix2pix/facades", {"batch_size": 4}),
    "cyclegan": ("cyclegan/horse2zebra", {"image_shape": (128, 128, 3), "blocks": 9}),
}
OPTIMIZERS = ("paper", "adam")
PEERS = ("tutorial", "float32")


class Benchmark(NamedTuple):
    """What `benchmark` found.

    Attributes:
        figures: by name; times end in `_ms` or `_seconds`, shares are of 1.
        text: the same for people.
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
    json_file=None,
    **settings,
) -> Benchmark:
    """Times a model's training step, its whole runs, and its export.

    The step is that of `fit`, on one random batch. Whole runs are of `MODEL/sample`, or of the
    preset if one is named.

    Args:
        model: a model's name, at the sizes of `DEFAULT_SIZES`; a preset; or a settings file.
        against: `"tutorial"` times the ways of writing the step in `tutorials` as well,
            `"float32"` the same model in float32.
        optimizer: of the step: `"paper"`, or `"adam"` (2e-4, beta_1 0.5) for any model.
        rounds: how often each step is timed; all ways take turns.
        windows: stretches of a whole run that are timed, each beside as many bare steps; 0: no
            whole run, start-up and export.
        json_file: where to write a list of the figures as well.
        **settings: as in `load_config`: `precision="bfloat16"`, `batch_size`, `image_size`.

    Raises:
        InputError: for another name or setting, or a file in a folder that is not there.
    """
    _check_folder(json_file)
    if against not in (None, *PEERS):
        raise unknown("peer", against, PEERS)
    if optimizer not in OPTIMIZERS:
        raise unknown("optimizer", optimizer, OPTIMIZERS)
    preset, sizes = DEFAULT_SIZES.get(model, (model, {}))
    config = load_config(preset, **(sizes | settings))
    figures = {
        "config": preset,
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
    _write_json(json_file, [figures])
    return Benchmark(figures, _text(figures))


def benchmark_all(*, json_file=None, **options) -> Iterator[Benchmark]:
    """Yields `benchmark(name, **options)` of every model, each measured in a process of its own.

    So no model finds memory or compiled kernels that another has left.

    Args:
        json_file: where to write a list of all models' figures in the end.
        **options: as in `benchmark`.
    """
    _check_folder(json_file)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for model in DEFAULT_SIZES:
            answer = Path(folder) / f"{model}.json"
            task = {"model": model, "answer": str(answer), "options": options}
            subprocess.run([sys.executable, "-c", _ONE_MODEL, json.dumps(task)], check=True)
            found.append(Benchmark(**json.loads(answer.read_text())))
            yield found[-1]
    _write_json(json_file, [one.figures for one in found])


def _check_folder(json_file):
    if json_file is not None and not Path(json_file).absolute().parent.is_dir():
        raise InputError(f"There is no folder to write the file in. Received: {str(json_file)!r}")


def _write_json(json_file, figures):
    if json_file is not None:
        Path(json_file).write_text(json.dumps(figures, indent=2) + "\n")


_ONE_MODEL = """
import json, pathlib, sys
from ganzoo.benchmarking import benchmark
task = json.loads(sys.argv[1])
found = benchmark(task["model"], **task["options"])
pathlib.Path(task["answer"]).write_text(json.dumps(found._asdict()))
"""


def _device():
    if gpus := tf.config.list_logical_devices("GPU"):
        return tf.config.experimental.get_device_details(
            tf.config.list_physical_devices("GPU")[0]
        ).get("device_name", gpus[0].name)
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    return f"CPU, {platform.machine()}, {threads or 'all'} threads"


def _text(figures):
    lines = [
        "{config}, {precision}, batch {batch_size}, {image_shape}, {optimizer} optimizer; "
        "{device}".format(**figures),
        "  step               {step_ms:,.1f} ms ({step_cpu_ms:,.1f} ms of CPU), "
        "{images_per_second:,.1f} images a second".format(**figures),
        "  first step         {compile_seconds:.1f} s more, to build and compile".format(**figures),
        "  arithmetic         {step_gflop:,.1f} GFLOP a step, {share_of_peak:.0%} of this "
        "machine's {matrix_peak_gflops:,.0f} GFLOP/s in matrix products".format(**figures),
        "  peak memory        {peak_memory_gib:.2f} GiB".format(**figures),
    ]
    for name, ratios in figures["against"].items():
        lines.append(
            f"  against {name:10} {ratios['ratio']:.2f} times as fast "
            f"({ratios['cpu_ratio']:.2f} by CPU time)"
        )
    if run := figures.get("whole_run"):
        lines += [
            "  whole run          {run_ms:,.1f} ms a step, {share_of_bare:.1%} of the bare step's "
            "speed ({bare_ms:,.1f} ms)".format(**run),
            f"  data               {figures['pipeline_images_per_second']:,.0f} images a second, "
            "without training",
            f"  first result       {figures['first_result_seconds']:.1f} s from the command to a "
            "saved step",
            f"  export             {figures['export']['images_per_second']:,.1f} images a second",
        ]
    return "\n".join(lines)
