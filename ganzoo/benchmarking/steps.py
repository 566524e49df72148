"""How long a training step takes, against other steps on the same networks and batch."""

import functools
import time

import keras
import tensorflow as tf

from ganzoo import optimizers, randomness
from ganzoo.benchmarking.timing import alternate, cpu_ratio, ratio
from ganzoo.benchmarking.tutorials.steps import tutorial_steps
from ganzoo.config.config import Config
from ganzoo.runs.loading import create_from_config
from ganzoo.training.flops import count_flops
from ganzoo.training.machine import matmul_speed, peak_memory
from ganzoo.training.random_batches import random_batch

_PRODUCTS_IN = {"float32": "float32", "bfloat16": "bfloat16", "float16": "float32"}


def compiled(config, optimizer):
    """Returns a new model, and its step as a function of a batch that has not been traced yet."""
    randomness.seed_initializers(config.values["seed"])
    model = create_from_config(config)
    if optimizer == "adam":
        model.compile(*optimizers.adam_pair(2e-4, 0.5))
    else:
        model.compile()
    return model, tf.function(model.train_step, jit_compile=model.compiles_step)


def measure(config, against, optimizer, rounds) -> dict:
    """Returns the figures of a step by name.

    Args:
        config: of the model and the batch.
        against, optimizer, rounds: as in `benchmark`.
    """
    batch = random_batch(config, create_from_config(config))
    data = batch if len(batch) > 1 else batch[0]
    start = time.perf_counter()
    model, step = compiled(config, optimizer)
    ours = functools.partial(finished, step, data)
    ours()
    first_seconds = time.perf_counter() - start
    ours()
    memory = peak_memory()
    functions = {"ganzoo": ours}
    if against == "float32":
        _, plain = compiled(
            Config(config.model, config.values | {"precision": "float32"}), optimizer
        )
        functions["float32"] = functools.partial(finished, plain, data)
        functions["float32"]()
    elif against == "tutorial":
        ways = tutorial_steps(model, _keras_optimizer(optimizer, model))
        for name, way in ways.items():
            functions[name] = functools.partial(finished, tf.function(way), batch)
            functions[name]()
    times = alternate(functions, rounds)
    seconds = times["ganzoo"].median
    work = count_flops(step.get_concrete_function(data))
    peak = matmul_speed(_PRODUCTS_IN[config.values["precision"]])
    return {
        "step_ms": 1000 * seconds,
        "step_cpu_ms": 1000 * times["ganzoo"].cpu_median,
        "images_per_second": config.images_per_step / seconds,
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


def finished(step, batch):
    """Runs a step and waits for its results."""
    for loss in tf.nest.flatten(step(batch)):
        loss.numpy()


def _keras_optimizer(optimizer, model):
    """Returns a function that makes optimizers of Keras's own, of the model's kind and rate."""
    of_model = model.discriminator_optimizer
    of_model = getattr(of_model, "inner_optimizer", of_model)
    if isinstance(of_model, optimizers.GrowingMomentumSGD):
        rate = of_model.get_config()["learning_rate"]
        rate = keras.saving.deserialize_keras_object(rate) if isinstance(rate, dict) else rate
        return lambda: keras.optimizers.SGD(rate, of_model.momentum)
    return lambda: keras.optimizers.Adam(2e-4, 0.5)
