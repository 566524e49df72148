"""How fast batches come, and that memory stays flat while images stream by uncached.

    python tests/benchmarks/pipeline.py

Printed are examples a second, by the clock and per second of CPU time. On a machine that does other
things besides, only the second means something; times two it is about what two idle cores do.
Uncached, TensorFlow's own pipelines run in turn with ours on the same files, shuffled, decoded by
the same method and in parallel alike: one that only reads and decodes, one that makes floats of
that, and one that does the same work as ours, cropping and resizing included. The ratios are
medians over the rounds, in each of which every one has a turn.
The faces come from TFDS's celeb_a, as they are, and are written to a temporary folder.
"""

import argparse
import logging
import os
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings

CROP, SIDE = 138, 64
PLAIN = {
    "split": "all", "center_crop": None, "fit": "crop", "background": "white", "jitter": 0.0,
    "horizontal_flip": False,
    "shuffle": True, "seed": 0, "skip_bad_images": False, "cache": "auto", "cache_gib": 8.0,
    "data_dir": None,
}  # fmt: skip


def rates(dataset, batch_size, examples):
    """Examples a second by the clock and by the CPU's, after a few batches to warm up."""
    batches = iter(dataset)
    for _ in range(5):
        next(batches)
    count = examples // batch_size
    clock, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        next(batches)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    return count * batch_size / clock, count * batch_size / cpu


def report(title, measured):
    clock, cpu = (statistics.median(column) for column in zip(*measured, strict=True))
    print(f"{title:58s} {clock:8,.0f} a second, {cpu:8,.0f} a CPU second", flush=True)


def write_faces(folder, count):
    import tensorflow_datasets as tfds

    decoders = {"image": tfds.decode.SkipDecoding()}
    faces = tfds.load("celeb_a", split="train", decoders=decoders, shuffle_files=False)
    for number, example in enumerate(faces.take(count).as_numpy_iterator()):
        (Path(folder) / f"{number:06}.jpg").write_bytes(example["image"])


def memory(folder, epochs):
    """Resident memory, in MiB, after each epoch of all faces, decoded as they are needed."""
    settings = PLAIN | {"center_crop": CROP, "cache": "none", "horizontal_flip": True}
    settings = DataSettings(image_shape=(SIDE, SIDE, 3), batch_size=64, **settings)
    faces = open_pipeline(f"{folder}/", "images", settings)
    resident = []
    stream = iter(faces.stream())
    for _ in range(epochs):
        for _ in range(faces.steps_per_epoch):
            next(stream)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        resident.append(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)
    print(
        f"resident memory over {epochs} epochs of {faces.size:,} faces, uncached: "
        f"{', '.join(f'{size:,.0f}' for size in resident)} MiB"
    )


def uncached(folder, repeats):
    paths = sorted(str(path) for path in Path(folder).iterdir())
    shuffled = tf.data.Dataset.from_tensor_slices(paths).shuffle(len(paths), seed=0).repeat()

    def decode(path):
        return tf.io.decode_jpeg(tf.io.read_file(path), channels=3, dct_method="INTEGER_ACCURATE")

    def to_float(image):
        return tf.cast(image, tf.float32) / 127.5 - 1.0

    def crop_and_resize(image):
        image = tf.image.resize_with_crop_or_pad(image, CROP, CROP)
        return tf.round(tf.image.resize(image, (SIDE, SIDE), antialias=True))

    def batched(function):
        return shuffled.map(function, tf.data.AUTOTUNE).batch(64).prefetch(tf.data.AUTOTUNE)

    def ours(image_shape, **settings):
        settings = PLAIN | {"cache": "none"} | settings
        settings = DataSettings(image_shape=image_shape, batch_size=64, **settings)
        return open_pipeline(f"{folder}/", "images", settings).stream()

    to_resized = f"{SIDE}x{SIDE} of {CROP}x{CROP}"
    contestants = {
        "decode": batched(decode),
        "decode to floats": batched(lambda path: to_float(decode(path))),
        "ganzoo": ours(decode(paths[0]).shape),
        f"decode, {to_resized}": batched(lambda path: to_float(crop_and_resize(decode(path)))),
        f"ganzoo, {to_resized}": ours((SIDE, SIDE, 3), center_crop=CROP),
    }
    measured = {name: [] for name in contestants}
    for _ in range(repeats):
        for name, dataset in contestants.items():
            measured[name].append(rates(dataset, 64, 2000))
    for name, of_all_rounds in measured.items():
        report(f"JPEG: {name}", of_all_rounds)

    def ratio(name, other):
        clock, cpu = np.median(np.divide(measured[name], measured[other]), axis=0)
        print(f"  {name} / {other}: {cpu:.2f} by CPU time, {clock:.2f} by the clock")

    ratio("ganzoo", "decode")
    ratio("ganzoo", "decode to floats")
    ratio("decode to floats", "decode")
    ratio(f"ganzoo, {to_resized}", "decode")
    ratio(f"ganzoo, {to_resized}", f"decode, {to_resized}")


def cached(repeats):
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (20_000, 64, 64, 3), np.uint8)
    for flip in (False, True):
        settings = PLAIN | {"horizontal_flip": flip}
        settings = DataSettings(image_shape=(64, 64, 3), batch_size=64, **settings)
        faces = open_pipeline(images, "images", settings).stream()
        report(
            f"cached 64x64 images{', mirrored at random' if flip else ''}",
            [rates(faces, 64, 40_000) for _ in range(repeats)],
        )
    pairs = random.integers(0, 256, (2, 400, 286, 286, 3), np.uint8)
    augmented = PLAIN | {"horizontal_flip": True, "jitter": 30 / 256}
    for batch_size in (1, 4):
        settings = DataSettings(image_shape=(256, 256, 3), batch_size=batch_size, **augmented)
        stream = open_pipeline(tuple(pairs), "paired", settings).stream()
        report(
            f"cached 256x256 pairs, jitter and mirroring, batches of {batch_size}",
            [rates(stream, batch_size, 2000) for _ in range(repeats)],
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=9000)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=("memory", "uncached", "cached"))
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    if arguments.only != "cached":
        with tempfile.TemporaryDirectory() as folder:
            os.environ["XDG_CACHE_HOME"] = f"{folder}/cache"
            faces = Path(folder) / "faces"
            faces.mkdir()
            write_faces(faces, arguments.faces)
            if arguments.only != "uncached":
                memory(faces, arguments.epochs)
            if arguments.only != "memory":
                uncached(faces, arguments.repeats)
    if arguments.only in (None, "cached"):
        cached(arguments.repeats)


if __name__ == "__main__":
    main()
