"""Files that an earlier version wrote are read, and answer, as they did then.

Those in `fixtures/` were made by `make.py` with version 0.1.0 at 4d2d015, before its modules moved,
and `cdcgan` when it had become a model of its own: for each model a run of three steps, what that
version made of it, and what it came to at step 5.
"""

import hashlib
import json
import tarfile
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
import yaml

import ganzoo
from ganzoo.config.formerly import settings_now

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).parent / "fixtures"
MODELS_NOW = {"cgan_mlp": "cgan", "cgan_convolutional": "cdcgan"}
MODELS = ("gan", "cgan_mlp", "cgan_convolutional", "dcgan", "pix2pix", "cyclegan", "cdcgan")
# Another processor adds in another order; what is read from a file is the same to the last bit.
CLOSE = {"rtol": 1e-4, "atol": 1e-5}
CLOSE_AFTER_TRAINING = {"rtol": 1e-3, "atol": 1e-3}  # two steps move weights by 0.03 and more


def state_of(model):
    """Returns the arrays of a model, by names that do not depend on those of layers."""
    parts = {
        "generator": [w for network in model.generators for w in network.weights],
        "discriminator": [w for network in model.discriminators for w in network.weights],
        "average": [w for network in model.generator_averages for w in network.weights],
    }
    named = {id(weight) for weights in parts.values() for weight in weights}
    parts["other"] = [weight for weight in model.weights if id(weight) not in named]
    if model.compiled:
        parts["generator_optimizer"] = model.generator_optimizer.variables
        parts["discriminator_optimizer"] = model.discriminator_optimizer.variables
    return {
        f"{part}_{number}": variable.numpy()
        for part, variables in parts.items()
        for number, variable in enumerate(variables)
    }


def checksums(state):
    """Returns `{name: type, shape and checksum}` of arrays by name."""
    return {
        name: f"{array.dtype} {array.shape} {hashlib.sha256(array.tobytes()).hexdigest()}"
        for name, array in state.items()
    }


class States(keras.callbacks.Callback):
    """All that a training began and ended with."""

    def on_train_begin(self, logs=None):
        self.begin = state_of(self.model)

    def on_train_end(self, logs=None):
        self.end = state_of(self.model)


def answers_of(model):
    """Returns images of seeds, or translations of noise each way."""
    if not hasattr(model, "translate"):
        return {"images": ganzoo.generate(model, 4, seed=3)}
    inputs = noise((2, *model.image_shape))
    return {way: np.asarray(model.translate(inputs, way, 3)) for way in model.directions}


def outputs_of(network):
    """Returns what a network makes of inputs that are the same each time."""
    inputs = [
        np.arange(2) if x.dtype == "int64" else noise([2, *(side or 24 for side in x.shape[1:])])
        for x in network.inputs
    ]
    outputs = network(inputs if len(inputs) > 1 else inputs[0], training=False)
    return {str(number): x.numpy() for number, x in enumerate(tf.nest.flatten(outputs))}


def noise(shape):
    # Of numpy's generators the one whose numbers no version changes.
    return np.random.RandomState(0).uniform(-1, 1, shape).astype(np.float32)


def unpack(name, folder):
    with tarfile.open(FIXTURES / f"{name}.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


def answers(name):
    """Returns the arrays in a file of fixtures, by name."""
    with np.load(FIXTURES / name) as arrays:
        return dict(arrays)


def check_close(arrays, right, tolerance=CLOSE):
    assert arrays.keys() == right.keys()
    for name, array in arrays.items():
        np.testing.assert_allclose(array, right[name], **tolerance, err_msg=name)


def check_restored(model, name):
    right = json.loads((FIXTURES / name).read_text())
    if not model.compiled:
        right = {key: value for key, value in right.items() if "optimizer" not in key}
    assert checksums(state_of(model)) == right


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The unpacked files of a name, for tests that change nothing in them."""
    folders = {}

    def unpacked(name):
        if name not in folders:
            folders[name] = unpack(name, tmp_path_factory.mktemp("old"))
        return folders[name]

    return unpacked


@pytest.mark.parametrize("name", MODELS)
def test_an_old_config_has_every_setting_that_it_had(name, old):
    path = old(f"{name}/run") / "config.yaml"
    written = yaml.safe_load(path.read_text())
    del written["environment"]
    config = ganzoo.load_config(path)
    model, settings = settings_now(written.pop("model"), written)
    assert model == config.model == MODELS_NOW.get(name, name)
    assert settings == {key: yaml.safe_load(config.to_yaml())[key] for key in settings}


@pytest.mark.parametrize("name", MODELS)
def test_an_old_run_is_listed_with_its_last_figures(name, old):
    run = old(f"{name}/run")
    (listed,) = ganzoo.list_runs(run)
    assert (listed.model, listed.dataset) == (name.partition("_")[0], "sample")
    assert (listed.state, listed.step, listed.verdicts) == ("finished", 3, ())
    *_, last = (run / "log.csv").read_text().splitlines()
    assert [*listed.figures.values()] == [float(value) for value in last.split(",")[2:]]


@pytest.mark.parametrize("name", MODELS)
def test_an_old_run_has_its_weights_to_the_last_bit_and_its_images(name, old):
    model = ganzoo.load_run(old(f"{name}/run"))
    assert int(model.step.numpy()) == 3
    check_restored(model, f"{name}/step-3.json")
    check_close(answers_of(model), answers(f"{name}/answers.npz"))


@pytest.mark.parametrize("name", MODELS)
def test_an_old_keras_file_has_its_optimizers_too(name, old):
    model = ganzoo.load_model(old(f"{name}/run") / "model.keras")
    assert model.compiled
    check_restored(model, f"{name}/step-3.json")
    check_close(answers_of(model), answers(f"{name}/answers.npz"))


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("gan", marks=pytest.mark.eager),
        pytest.param("gan", id="gan, by XLA", marks=[pytest.mark.slow, pytest.mark.xla]),
        pytest.param("cgan_mlp", marks=[pytest.mark.slow, pytest.mark.xla]),
        pytest.param("cgan_convolutional", marks=pytest.mark.eager),
        pytest.param("cdcgan", marks=pytest.mark.eager),
        "dcgan",
        pytest.param("pix2pix", marks=pytest.mark.slow),
        pytest.param("cyclegan", marks=pytest.mark.slow),
    ],
)
def test_an_old_run_goes_on_as_it_would_have(name, tmp_path):
    run, states = unpack(f"{name}/run", tmp_path), States()
    ganzoo.resume(run, steps=5, more_callbacks=[states])
    assert checksums(states.begin) == json.loads((FIXTURES / name / "step-3.json").read_text())
    # A bias before a normalisation, as CycleGAN's, has no gradient but what rounding left.
    weights = {
        key: array
        for key, array in answers(f"{name}/step-5.npz").items()
        if name != "cyclegan" or array.ndim != 1
    }
    check_close({key: states.end[key] for key in weights}, weights, CLOSE_AFTER_TRAINING)
    # The rows of its log go on too, under the old ones.
    rows = (run / "log.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in rows] == ["step", "1", "2", "3", "4", "5"]


def test_an_old_best_checkpoint_is_still_the_best(old):
    run = old("cgan_mlp/run")
    assert int(ganzoo.load_run(run, "best").step.numpy()) == 2
    images = ganzoo.generate(run, 4, seed=3, checkpoint="best")
    np.testing.assert_allclose(images, answers("cgan_mlp/best.npz")["images"], **CLOSE)


@pytest.mark.parametrize(("name", "step"), [("cgan_mlp", 2), ("dcgan", 3)])
def test_old_measurements_are_compared(name, step, old):
    run = old(f"{name}/run")
    written = json.loads((run / "metrics.json").read_text())
    compared = ganzoo.compare([run]).metrics
    assert [m.values for m in compared] == [({step: result["values"]},) for result in written]


def test_the_grids_of_an_old_run_make_a_timelapse(old, tmp_path):
    assert ganzoo.timelapse(old("dcgan/run"), tmp_path / "grids.gif").is_file()


def test_an_old_direction_leads_where_it_did(old):
    run = old("dcgan/run")
    (direction,) = ganzoo.list_directions(run)
    assert (direction.name, direction.method, direction.source) == ("bright", "logistic", "golden")
    assert (direction.samples, direction.positives) == (200, 0.5)
    found = ganzoo.arithmetic(run, "mean(seeds 0-2) + 1.5 direction bright", neighbours=2)
    right = answers("dcgan/sums.npz")
    check_close({part: getattr(found, part) for part in right}, right)


def test_an_old_export_makes_the_images_of_its_run(old):
    export = old("cgan_mlp/served") / "model/1"
    images = ganzoo.generate(export, 4, seed=3)
    np.testing.assert_allclose(images, answers("cgan_mlp/answers.npz")["images"], **CLOSE)
    sums = ganzoo.arithmetic(export, "seed 3", labels=[0]).images
    np.testing.assert_allclose(sums, images[:1], **CLOSE)


def test_an_old_export_translates_both_ways(old):
    served = tf.saved_model.load(old("cyclegan/served") / "model/1")
    inputs = tf.constant(noise((2, 24, 24, 1)))
    outputs = {
        way: served.signatures[signature](images=inputs)["outputs"].numpy()
        for way, signature in (("ab", "serving_default"), ("ba", "serving_ba"))
    }
    check_close(outputs, answers("cyclegan/answers.npz"))


@pytest.mark.parametrize(
    "name",
    [
        "cgan_mlp-generator",
        "cgan_mlp-discriminator",
        "pix2pix-generator",
        "pix2pix-discriminator",
        "cyclegan-generator",
    ],
)
def test_a_network_that_was_saved_by_itself_answers_as_it_did(name, old):
    network = ganzoo.load_model(old("user/files") / f"{name}.keras")
    check_close(outputs_of(network), answers(f"user/{name}.npz"))


def test_a_model_that_a_script_saved_is_fitted_on(old):
    model = ganzoo.load_model(old("user/files") / "fitted.keras")
    check_restored(model, "user/fitted.json")
    model.fit(tf.data.Dataset.from_tensors(noise((8, 8, 8, 1))), verbose=0, shuffle=False)
    check_close(answers_of(model), answers("user/fitted-again.npz"))
