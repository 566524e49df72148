"""What the metrics take, and what they say of real images.

    python tests/benchmarks/metrics.py throughput
    python tests/benchmarks/metrics.py memory
    python tests/benchmarks/metrics.py parzen --data-dir DIR

`throughput` runs the Inception network with random weights, bare, in turn with `extract`; only the
ratio means something on a machine that does other things besides. `memory` is the most that a
process had after FID's statistics of so many images, each in a process of its own. `parzen` takes
real MNIST, prepared by TFDS in DIR, and 10,000 of its own training images as the samples.
"""

import argparse
import resource
import statistics
import subprocess
import sys
import time

import numpy as np


def throughput(arguments):
    import tensorflow as tf

    from ganzoo.metrics import Statistics, collect, open_extractor
    from ganzoo.metrics.inception import SIDE, inception

    network = inception()
    extractor = open_extractor(network)
    random = np.random.default_rng(0)
    shape = (arguments.batch_size, arguments.side, arguments.side, 3)
    batches = [random.uniform(-1, 1, shape).astype(np.float32) for _ in range(arguments.batches)]
    ready = tf.constant(random.uniform(-1, 1, (arguments.batch_size, SIDE, SIDE, 3)), tf.float32)
    bare = tf.function(lambda images: network(images, training=False))

    def run_bare():
        for _ in batches:
            bare(ready)["features"].numpy()

    def run_extract():
        collect(extractor, batches, Statistics())

    taken = {run_bare: [], run_extract: []}
    for function in taken:
        function()  # traces
    for _ in range(arguments.repeats):
        for function, seconds in taken.items():
            start = time.process_time()
            function()
            seconds.append(time.process_time() - start)
    images = arguments.batch_size * len(batches)
    bare_seconds, ours = (statistics.median(seconds) for seconds in taken.values())
    print(f"bare network: {images / bare_seconds:.1f} images a CPU second")
    print(f"extract, resize and statistics: {images / ours:.1f} images a CPU second")
    print(f"ratio: {bare_seconds / ours:.3f}")


def memory(arguments):
    if arguments.images is None:
        for count in (5_000, 50_000):
            command = [sys.executable, __file__, "memory", "--images", str(count)]
            subprocess.run(command, check=True)
        return
    from ganzoo.metrics import Statistics, collect, open_extractor

    def thumbnails(images):
        return images.reshape(len(images), 8, 4, 8, 4, 3).mean((2, 4)).reshape(len(images), -1)

    def batches():
        random = np.random.default_rng(0)
        for _ in range(arguments.images // 100):
            yield random.uniform(-1, 1, (100, 32, 32, 3)).astype(np.float32)

    collected = Statistics()
    collect(open_extractor(thumbnails), batches(), collected)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"{collected.count:,} images of 32x32: at most {most:,.0f} MiB")


def parzen(arguments):
    import tensorflow_datasets as tfds

    from ganzoo.metrics import parzen_log_likelihood

    def load(split):
        images = tfds.load("mnist", split=split, batch_size=-1, data_dir=arguments.data_dir)
        return [images["image"].numpy().astype(np.float32) / 127.5 - 1]

    samples, validation = load("train[:10000]"), load("train[50000:51000]")
    test = load("test")
    clock, cpu = time.perf_counter(), time.process_time()
    print(parzen_log_likelihood(samples, validation, test).to_json())
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    print(f"{clock:.1f} seconds by the clock, {cpu:.1f} of CPU time")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["throughput", "memory", "parzen"])
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--batches", type=int, default=4)
    parser.add_argument("--side", type=int, default=32)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--images", type=int)
    parser.add_argument("--data-dir")
    arguments = parser.parse_args()
    {"throughput": throughput, "memory": memory, "parzen": parzen}[arguments.what](arguments)


if __name__ == "__main__":
    main()
