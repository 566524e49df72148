"""How fast an export answers, beside `model.predict` of the model it was made of.

    python tests/benchmarks/export_throughput.py dcgan --image-size 64 --batch-size 64

The model has new weights. Rounds of `predict` and of each signature alternate, so that all see the
same machine; printed are the medians of images per second and their ratio to that of `predict`, for
the plain export and, with --jit, for the one that XLA compiles.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import tensorflow as tf

from ganzoo import create_model, serving


def calls_of(path, endpoints, names, batch_size, label):
    """`{label: a call of the signature on one batch}`."""
    loaded = tf.saved_model.load(path)
    calls = {}
    for name in names:
        signature = loaded.signatures[name]
        inputs = endpoints[name].examples(batch_size)
        tensors = {spec.name: tf.constant(inputs[spec.name]) for spec in endpoints[name].inputs}

        def call(signature=signature, tensors=tensors, loaded=loaded):
            for value in signature(**tensors).values():
                value.numpy()

        calls[f"{name}{label}"] = call
    return calls


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model")
    parser.add_argument("--image-size", type=int)
    parser.add_argument("--batch-size", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--dtype", default="float32", help="a Keras policy: mixed_bfloat16, ...")
    parser.add_argument("--jit", action="store_true")
    options = parser.parse_args()

    arguments = {}
    if options.image_size:
        channels = create_model(options.model).image_shape[-1]
        arguments["image_shape"] = (options.image_size, options.image_size, channels)
    model = create_model(options.model, dtype=options.dtype, **arguments)
    endpoints = serving.live_endpoints(model)
    names = [name for name in endpoints if name in ("serving_default", "generate", "generate_png")]

    inputs = endpoints["serving_default"].examples(options.batch_size)
    inputs = [values for name, values in inputs.items() if name != "seeds"]
    batch = inputs[0] if len(inputs) == 1 else tuple(inputs)
    calls = {"predict": lambda: model.predict(batch, batch_size=options.batch_size, verbose=0)}
    with tempfile.TemporaryDirectory() as folder:
        for jit in (False, True) if options.jit else (False,):
            path = Path(folder) / f"jit-{jit}"
            model.export(path, jit_compile=jit)
            label = " --jit" if jit else ""
            calls |= calls_of(path, endpoints, names, options.batch_size, label)
        seconds = {name: [] for name in calls}
        for round_number in range(options.rounds + 1):
            for name, call in calls.items():
                start = time.perf_counter()
                call()
                if round_number:  # the first one traces
                    seconds[name].append(time.perf_counter() - start)

    medians = {name: options.batch_size / statistics.median(s) for name, s in seconds.items()}
    for name, median in medians.items():
        print(f"{name:22} {median:9.1f} images/s  {median / medians['predict']:5.2f} of predict")


if __name__ == "__main__":
    main()
