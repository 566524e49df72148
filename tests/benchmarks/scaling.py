"""How much faster two workers are than one, as far as two cores can tell.

    python tests/benchmarks/scaling.py [PRESET] [--rounds 3] [--steps 30]

Each worker has one core to itself and its own 64 images a step (the preset's batch): so two workers
make a global batch of 128. In turn run one worker alone, two that do not know each other, and two
that train together; what the second loses to the first is lost to the shared memory and caches, and
what the third loses to the second is communication. Printed are medians over the steps of all
rounds; a step's time is that of the slower worker.
"""

import argparse
import itertools
import json
import os
import socket
import statistics
import subprocess
import sys
import time

WARM_UP = 5


def worker(preset, core, together, steps):
    os.sched_setaffinity(0, {core})
    import keras

    from ganzoo import load_config
    from ganzoo.data.loading import open_pipeline
    from ganzoo.data.settings import DataSettings
    from ganzoo.runs.loading import create_from_config
    from ganzoo.training.distributed import strategies

    class Times(keras.callbacks.Callback):
        times = ()

        def on_train_batch_end(self, batch, logs=None):
            float(next(iter(logs.values())))
            self.times = (*self.times, time.perf_counter())

    config = load_config(preset)
    batch_size = config.values["batch_size"] * (2 if together else 1)
    strategy = strategies.strategy("multi-worker" if together else "none", batch_size)
    with strategy.scope():
        model = create_from_config(config)
        model.compile()
    data = config.arguments(DataSettings) | {"batch_size": batch_size, "shuffle": True}
    pipeline = open_pipeline(config.values["dataset"], model.batch_format, DataSettings(**data))
    times = Times()
    batches = strategies.shard_dataset(strategy, pipeline, 0)
    model.fit(batches, steps_per_epoch=WARM_UP + steps, shuffle=False, verbose=0, callbacks=[times])
    ends = times.times[WARM_UP - 1 :]
    print(json.dumps([after - before for before, after in itertools.pairwise(ends)]))


def step_times(preset, workers, together, steps):
    """Returns each step's time, of the slower worker."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(workers)]
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    processes = []
    for index in range(workers):
        task = {"type": "worker", "index": index}
        cluster = {"cluster": {"worker": addresses}, "task": task}
        arguments = [preset, "--steps", str(steps), "--core", str(index)]
        processes.append(
            subprocess.Popen(
                [sys.executable, __file__, *arguments, *(["--together"] if together else [])],
                env=os.environ | {"TF_CONFIG": json.dumps(cluster), "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            )
        )  # fmt: skip
    texts = [process.communicate()[0] for process in processes]
    return [max(pair) for pair in zip(*map(json.loads, texts), strict=True)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("preset", nargs="?", default="dcgan/sample")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--core", type=int, help="(for the workers)")
    parser.add_argument("--together", action="store_true", help="(for the workers)")
    given = parser.parse_args()
    if given.core is not None:
        worker(given.preset, given.core, given.together, given.steps)
        return
    found = {"one worker": [], "two, apart": [], "two, together": []}
    for _ in range(given.rounds):
        for name, times in found.items():
            count = 1 if name == "one worker" else 2
            times += step_times(given.preset, count, name == "two, together", given.steps)
    one, apart, together = (statistics.median(times) for times in found.values())
    for name, times in found.items():
        print(f"{name:14} {1e3 * statistics.median(times):8.1f} ms a step")
    print(f"throughput of two workers over that of one: {2 * one / together:.2f}")
    print(f"communication: {max(together - apart, 0.0) / together:.0%} of a step")


if __name__ == "__main__":
    main()
