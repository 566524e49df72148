"""`benchmark`: a model's speed on this machine, in numbers and in words."""

import functools
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import keras
import tensorflow as tf

from ganzoo import optimizers, randomness
from ganzoo.benchmarking import flops, tutorials, whole_run
from ganzoo.benchmarking.timing import alternate, cpu_ratio, ratio
from ganzoo.config import load_config
from ganzoo.errors import unknown
from ganzoo.random_batches import random_batch
from ganzoo.runs import create_from_config

# What a bare model's name stands for: the papers' sizes, or what a CPU trains in their place.
DEFAULT_SIZES = {
    "gan": ("gan/mnist", {}),
    "cgan": ("cgan/mnist", {}),
    "dcgan": ("dcgan/celeb_a", {}),
    "pix2pix": ("pix2pix/facades", {"batch_size": 4}),
    "cyclegan": ("cyclegan/horse2zebra", {"image_shape": (128, 128, 3), "blocks": 9}),
}
OPTIMIZERS = ("paper", "adam")
_PRODUCTS_IN = {"float32": "float32", "bfloat16": "bfloat16", "float16": "float32"}
_WINDOW_SECONDS = 2.0


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
    windows: int = 6,
    **settings,
) -> Benchmark:
    """Times a model's training step, its whole runs, and its export.

    The step is that of `fit`, on one random batch. Whole runs are of `MODEL/sample`, or of the
    preset if one is named.

    Args:
        model: a model's name, at the sizes of `DEFAULT_SIZES`; a preset; or a settings file.
        against: `"tutorial"` times the ways of writing the step in `tutorials` as well.
        optimizer: of the step: `"paper"`, or `"adam"` (2e-4, beta_1 0.5) for any model.
        rounds: how often each step is timed; all ways take turns.
        windows: stretches of a whole run that are timed, each beside as many bare steps; 0: no
            whole run, start-up and export.
        **settings: as in `load_config`: `precision="bfloat16"`, `batch_size`, `image_size`.

    Raises:
        InputError: for another name or setting.
    """
    if against not in (None, "tutorial"):
        raise unknown("peer", against, ["tutorial"])
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
    figures |= _step(config, against, optimizer, rounds)
    if windows:
        run = config if model not in DEFAULT_SIZES else load_config(
            model, precision=config.values["precision"]
        )  # fmt: skip
        window = max(10, round(_WINDOW_SECONDS / _seconds(run)))
        figures["whole_run"] = whole_run.measure(run, window, windows)
        figures["first_result_seconds"] = _first_result(run)
        figures["export"] = _export(config, rounds)
    return Benchmark(figures, _text(figures))


def _compiled(config, optimizer):
    """Returns the model and its step as a function of a batch, neither of which has run yet."""
    randomness.seed_initializers(config.values["seed"])
    model = create_from_config(config)
    if optimizer == "adam":
        model.compile(*optimizers.adam_pair(2e-4, 0.5))
    else:
        model.compile()
    return model, tf.function(model.train_step, jit_compile=model.jit_compile)


def _step(config, against, optimizer, rounds):
    batch = random_batch(config)
    data = batch if len(batch) > 1 else batch[0]
    start = time.perf_counter()
    model, step = _compiled(config, optimizer)
    ours = functools.partial(_finished, step, data)
    ours()
    first_seconds = time.perf_counter() - start
    ours()
    memory = whole_run.peak_memory()
    functions = {"ganzoo": ours}
    if against:
        ways = tutorials.steps(model, _keras_optimizer(optimizer, model))
        for name, way in ways.items():
            functions[name] = functools.partial(_finished, tf.function(way), batch)
            functions[name]()
    times = alternate(functions, rounds)
    seconds = times["ganzoo"].median
    work = flops.count(step.get_concrete_function(data))
    peak = flops.matrix_peak(_PRODUCTS_IN[config.values["precision"]])
    return {
        "step_ms": 1000 * seconds,
        "step_cpu_ms": 1000 * times["ganzoo"].cpu_median,
        "images_per_second": config.values["batch_size"] / seconds,
        "compile_seconds": first_seconds - seconds,
        "step_gflop": work / 1e9,
        "matrix_peak_gflops": peak / 1e9,
        "share_of_peak": work / seconds / peak,
        "peak_memory_gib": memory,
        "against": {
            name: {
                "ratio": ratio(times["ganzoo"], times[name]),
                "cpu_ratio": cpu_ratio(times["ganzoo"], times[name]),
            }
            for name in functions
            if name != "ganzoo"
        },
    }


def _finished(step, batch):
    """Runs a step, and returns when its results are there."""
    for loss in tf.nest.flatten(step(batch)):
        loss.numpy()


def _keras_optimizer(optimizer, model):
    """Returns what makes Keras's own optimizer, of the kind that the model was compiled with."""
    of_model = model.discriminator_optimizer
    of_model = getattr(of_model, "inner_optimizer", of_model)
    if isinstance(of_model, optimizers.GrowingMomentumSGD):
        rate = of_model.get_config()["learning_rate"]
        rate = keras.saving.deserialize_keras_object(rate) if isinstance(rate, dict) else rate
        return lambda: keras.optimizers.SGD(rate, of_model.momentum)
    return lambda: keras.optimizers.Adam(2e-4, 0.5)


def _seconds(config):
    """Returns about how long a step takes, once compiled."""
    batch = random_batch(config)
    _, step = _compiled(config, "paper")
    run = functools.partial(_finished, step, batch if len(batch) > 1 else batch[0])
    run()
    return alternate({"step": run}, rounds=3)["step"].median


def _first_result(config):
    """Returns how long `ganzoo train` takes, as a process, until a step is done and saved."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.yaml"
        path.write_text(config.to_yaml())
        start = time.perf_counter()
        subprocess.run(
            [
                sys.executable, "-m", "ganzoo", "train", str(path), "--steps", "1",
                "--run-dir", f"{folder}/run",
            ],
            check=True, capture_output=True,
        )  # fmt: skip
        return time.perf_counter() - start


def _export(config, rounds):
    """Returns the images a second of the exported model, and of `predict_on_batch`."""
    model, _ = _compiled(config, "paper")
    with tempfile.TemporaryDirectory() as folder:
        model.export(f"{folder}/model")
        exported = tf.saved_model.load(f"{folder}/model").signatures["serving_default"]
        inputs = {
            name: tf.zeros([config.values["batch_size"], *spec.shape[1:]], spec.dtype)
            if spec.shape.rank == 1
            else tf.random.stateless_uniform(
                [config.values["batch_size"], *_sides(spec.shape, config)], (0, 0), -1.0, 1.0
            )
            for name, spec in exported.structured_input_signature[1].items()
        }
        call = functools.partial(_finished, lambda x: exported(**x), inputs)
        call()
        seconds = alternate({"export": call}, rounds)["export"].median
    return {"images_per_second": config.values["batch_size"] / seconds}


def _sides(shape, config):
    """A signature's dimensions but the first, those of images filled in where they are free."""
    image_shape = config.values["image_shape"]
    return [image_shape[place] if size is None else size for place, size in enumerate(shape[1:])]


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
            f"  first result       {figures['first_result_seconds']:.1f} s from the command to a "
            "saved step",
            f"  export             {figures['export']['images_per_second']:,.1f} images a second",
        ]
    return "\n".join(lines)
