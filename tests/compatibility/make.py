"""Makes `fixtures/`, which `test_old_files.py` holds later versions to.

Run it with the version whose files are to stay readable, from a clean checkout of it, for the names
that are new in that version (`MODELS` says which are of which):

    PYTHONPATH=CHECKOUT python make.py NAME...
"""

import json
import os
import shutil
import sys
import tarfile
import tempfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"  # before anything imports TensorFlow

import keras
import numpy as np
import tensorflow as tf
from test_old_files import FIXTURES, States, answers_of, checksums, noise, outputs_of, state_of

import ganzoo

SHORT = {
    "steps": 3, "batch_size": 4, "sample_count": 4, "log_every": 1, "sample_every": 2,
    "health_every": 3, "checkpoint_every": 2, "keep_checkpoints": 1,
}  # fmt: skip
FAST = {"learning_rate": 0.03}  # at the papers' rates a few steps change hardly anything
DENSE = {"learning_rate": 1.0}  # SGD's
EVALUATED = {"evaluate_every": 2, "evaluate_metrics": "memorisation", "evaluate_images": 8}
LATENTS = {"image_size": 8, "latent_dim": 4}
MODELS = {
    # Of version 0.1.0 at 4d2d015, as is "user".
    "gan": LATENTS | DENSE | {"generator_units": 8, "maxout_units": 4, "moving_average": 0.5},
    "cgan_mlp": LATENTS
    | DENSE
    | {"networks": "mlp", "generator_units": [3, 5, 8], "maxout_units": [4, 2, 4]}
    | {"moving_average": 0.0}
    | EVALUATED,
    "cgan_convolutional": LATENTS | FAST | {"filters": 2, "moving_average": 0.5},
    "dcgan": LATENTS | FAST | {"filters": 2},
    "pix2pix": FAST | {"image_size": 8, "filters": 2},
    "cyclegan": FAST
    | {"image_size": 24, "filters": 1, "blocks": 1, "pool_size": 5, "moving_average": 0.5},
    # Of the first version in which it is a model of its own.
    "cdcgan": LATENTS | FAST | {"filters": 1, "moving_average": 0.5},
}


def main(names):
    print(f"{ganzoo.__file__}, version {ganzoo.__version__}")  # noqa: T201
    for name in names:
        shutil.rmtree(FIXTURES / name, ignore_errors=True)
        (FIXTURES / name).mkdir(parents=True)
        with tempfile.TemporaryDirectory() as folder:
            if name == "user":
                make_users_files(FIXTURES / name, Path(folder))
            else:
                make_run(FIXTURES / name, Path(folder), name)


def make_run(home, folder, name):
    run, states = folder / "run", States()
    callbacks = [Enlarge(), states] if name in ("gan", "cgan_mlp") else [states]
    ganzoo.train(
        name.partition("_")[0], "sample", run_dir=run, more_callbacks=callbacks,
        **SHORT | MODELS[name],
    )  # fmt: skip
    write_json(home / "step-3.json", checksums(states.end))
    np.savez_compressed(home / "answers.npz", **answers_of(ganzoo.load_run(run)))
    if name == "dcgan":
        make_more_of_dcgan(home, run)
    if name == "cgan_mlp":
        best = ganzoo.generate(run, 4, seed=3, checkpoint="best")
        np.savez_compressed(home / "best.npz", images=best)
    if name in ("cgan_mlp", "cyclegan"):
        export = ganzoo.export(run, folder / "served", name="model")
        # A server's alone, and large.
        (export / "assets.extra/tf_serving_warmup_requests").unlink()
        pack(folder / "served", home)

    shutil.rmtree(run / "tensorboard")
    if name != "dcgan":
        shutil.rmtree(run / "samples")
    for left_out in (".lock", "neighbours.png"):
        (run / left_out).unlink(missing_ok=True)
    pack(run, home)

    ganzoo.resume(run, steps=5, more_callbacks=[states])
    assert checksums(states.begin) == json.loads((home / "step-3.json").read_text())
    weights = {key: value for key, value in states.end.items() if "optimizer" not in key}
    np.savez_compressed(home / "step-5.npz", **weights)


def make_more_of_dcgan(home, run):
    scores = ganzoo.generate(run, 200).mean((1, 2, 3))
    ganzoo.find_direction(run, "bright", scores - np.median(scores), source="golden")
    sums = ganzoo.arithmetic(run, "mean(seeds 0-2) + 1.5 direction bright", neighbours=2)
    parts = ("latents", "images", "neighbours")
    np.savez_compressed(home / "sums.npz", **{part: getattr(sums, part) for part in parts})
    ganzoo.evaluate(run, ["parzen", "memorisation"], num_images=8)


def make_users_files(home, folder):
    """Files that a user's own code saved: a model that was fitted, and networks by themselves."""
    files = folder / "files"
    files.mkdir()
    keras.utils.set_random_seed(0)
    model = ganzoo.DCGAN(image_shape=(8, 8, 1), latent_dim=4, filters=2, moving_average=0.5)
    decay = keras.optimizers.schedules.PolynomialDecay(0.1, 100, 0.0)
    model.compile(keras.optimizers.Adam(decay), "rmsprop")
    batches = tf.data.Dataset.from_tensors(noise((8, 8, 8, 1)))
    model.fit(batches, verbose=0, shuffle=False)
    model.save(files / "fitted.keras")
    write_json(home / "fitted.json", checksums(state_of(model)))
    model.fit(batches, verbose=0, shuffle=False)
    np.savez_compressed(home / "fitted-again.npz", **answers_of(model))

    for name, player, attribute in (
        ("cgan_mlp", "generator", "generator"),
        ("cgan_mlp", "discriminator", "discriminator"),
        ("pix2pix", "generator", "generator"),
        ("pix2pix", "discriminator", "discriminator"),
        ("cyclegan", "generator", "generator_ab"),
    ):
        with tarfile.open(FIXTURES / name / "run.tar.xz") as archive:
            archive.extractall(folder / name, filter="data")
        network = getattr(ganzoo.load_run(folder / name), attribute)
        network.save(files / f"{name}-{player}.keras")
        np.savez_compressed(home / f"{name}-{player}.npz", **outputs_of(network))
    pack(files, home)


class Enlarge(keras.callbacks.Callback):
    """Larger weights to begin with: new dense networks hardly look at what they are given."""

    def on_train_begin(self, logs=None):
        players = (self.model.generator_variables, 20), (self.model.discriminator_variables, 100)
        for variables, factor in players:
            for kernel in (variable for variable in variables if variable.name == "kernel"):
                kernel.assign(factor * kernel)


def pack(folder, home):
    """Writes what is in a folder to `home/FOLDER.tar.xz`."""
    with tarfile.open(home / f"{folder.name}.tar.xz", "w:xz") as archive:
        for path in sorted(folder.iterdir()):
            archive.add(path, path.name)


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
