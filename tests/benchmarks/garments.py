"""Makes `ganzoo/metrics/garments.npz` again, and says what the features of its network see.

    python tests/benchmarks/garments.py train DIR
    python tests/benchmarks/garments.py distances

DIR has Fashion-MNIST's four archives (train-images-idx3-ubyte.gz and so on). `train` takes ten
passes over the training images, writes the weights in float16 and says how many of the test images
they classify right. `distances` prints FID and KID of half of the embedded training images to the
other half, as they are and made worse in ways whose order is known.
"""

import argparse
import gzip
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganzoo import load_dataset
from ganzoo.metrics import FeatureBank, Statistics, collect, frechet_distance, kernel_distance
from ganzoo.metrics.extractors import open_extractor
from ganzoo.metrics.garments import garment_classifier, load_garments_weights

WEIGHTS = Path(__file__).parents[2] / "ganzoo/metrics/garments.npz"


def archive(folder, name, header):
    return np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8)[header:]


def images_and_labels(folder, part):
    images = archive(folder, f"{part}-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28, 1)
    labels = archive(folder, f"{part}-labels-idx1-ubyte.gz", 8)
    return images.astype(np.float32) / 127.5 - 1.0, labels.astype(np.int32)


def train(arguments):
    keras.utils.set_random_seed(0)
    images, labels = images_and_labels(arguments.folder, "train")
    network = garment_classifier()
    classifier = keras.Model(network.input, network.output["logits"])
    passes, batch = 10, 128
    rate = keras.optimizers.schedules.CosineDecay(2e-3, passes * -(-len(images) // batch))
    classifier.compile(
        keras.optimizers.Adam(rate),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    data = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(60_000, seed=0)
    data = data.batch(batch).map(
        lambda images, labels: (tf.image.random_flip_left_right(images), labels)
    )
    classifier.fit(data.prefetch(2), epochs=passes, verbose=2)
    arrays = [weights.astype(np.float16) for weights in network.get_weights()]
    np.savez_compressed(WEIGHTS, **{f"{i:02}": array for i, array in enumerate(arrays)})
    load_garments_weights(network)
    images, labels = images_and_labels(arguments.folder, "t10k")
    right = np.argmax(classifier.predict(images, verbose=0), axis=-1) == labels
    print(f"{right.mean():.2%} of the test images are classified right")


def distances(arguments):
    extractor = open_extractor("garments")
    images = load_dataset(
        "sample", "images", shuffle=False, batch_size=8000, image_shape=(28, 28, 1)
    )
    images = next(iter(images)).numpy()
    halves = images[::2], images[1::2]
    random = np.random.default_rng(0)
    noise = random.normal(size=halves[1].shape).astype(np.float32)
    kernel = keras.ops.ones((3, 3, 1, 1)) / 9.0
    blurred = keras.ops.conv(halves[1], kernel, padding="same")
    for name, others in (
        ("as they are", halves[1]),
        ("with noise of 0.05", np.clip(halves[1] + 0.05 * noise, -1, 1)),
        ("with noise of 0.2", np.clip(halves[1] + 0.2 * noise, -1, 1)),
        ("blurred over 3x3", np.array(blurred)),
        ("upside down", halves[1][:, ::-1]),
        ("the first 50, a hundred times", np.repeat(halves[1][:50], 100, axis=0)),
        ("noise alone", np.clip(noise, -1, 1)),
    ):
        found = [(Statistics(), FeatureBank()) for _ in range(2)]
        for batch, collectors in zip((halves[0], others), found, strict=True):
            collect(extractor, np.array_split(batch, 50), *collectors)
        fid = frechet_distance(found[0][0], found[1][0]).value
        kid = kernel_distance(found[0][1].features, found[1][1].features).value
        print(f"{name}: FID {fid:.2f}, KID {kid:.4f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("train")
    command.add_argument("folder", type=Path)
    command.set_defaults(run=train)
    commands.add_parser("distances").set_defaults(run=distances)
    arguments = parser.parse_args()
    arguments.run(arguments)
