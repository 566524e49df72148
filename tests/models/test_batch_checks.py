"""Values of batches that somebody's own code gives, and callbacks, refused in one line."""

import subprocess
import sys
import tracemalloc

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import InputError, create_model
from ganzoo.layers.class_numbers import labels_below
from ganzoo.models import batch_checks

IMAGES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 1)).astype(np.float32)
LATENTS = np.zeros((8, 4), np.float32)


@pytest.fixture(scope="module")
def model():
    model = create_model("cdcgan", image_shape=(8, 8, 1), latent_dim=4, filters=1, num_classes=3)
    model.compile()
    return model


@pytest.fixture(scope="module")
def maps_model():
    model = create_model(
        "pix2pix", image_shape=(8, 8, 1), input_classes=3, filters=1, receptive_field=1
    )
    model.compile()
    return model


def dataset(*parts):
    return tf.data.Dataset.from_tensor_slices(parts).batch(4)


def labels(worst):
    return np.array([0, 1, 2, 0, 1, 2, 0, worst])


def refused(call, *arguments, **settings):
    with pytest.raises(InputError) as raised:
        if call.__name__ == "fit":
            settings |= {"shuffle": False}
        call(*arguments, verbose=0, **settings)
    message = str(raised.value)
    assert "\n" not in message and len(message) < 200
    return message


@pytest.mark.parametrize("worst", [3, 7, -1])
def test_labels_beyond_the_classes_are_refused_of_arrays_and_of_datasets(model, worst):
    expected = f"Labels must be in 0 to num_classes - 1, 2. Received: {worst}"
    before = [value.numpy() for value in model.weights]
    assert refused(model.fit, IMAGES, labels(worst), batch_size=4) == expected
    assert refused(model.fit, (IMAGES, labels(worst)), batch_size=4) == expected
    for old, new in zip(before, model.weights, strict=True):  # no step was taken
        np.testing.assert_array_equal(old, new.numpy())
    # The last of a dataset's two batches has it.
    assert refused(model.fit, dataset(IMAGES, labels(worst))) == expected
    assert refused(model.evaluate, dataset(IMAGES, labels(worst))) == expected
    assert refused(model.evaluate, IMAGES, labels(worst), batch_size=4) == expected
    assert refused(model.predict, [LATENTS, labels(worst)]) == expected
    pairs = tf.data.Dataset.from_tensor_slices(((LATENTS, labels(worst)),)).batch(4)
    assert refused(model.predict, pairs) == expected


def test_labels_of_validation_data_are_checked_as_well(model):
    expected = "Labels must be in 0 to num_classes - 1, 2. Received: 9"
    whole = dataset(IMAGES, labels(2))
    assert refused(model.fit, whole, validation_data=dataset(IMAGES, labels(9))) == expected


def test_xla_which_has_no_assertions_trains_on_none_of_them():
    model = create_model("cdcgan", image_shape=(8, 8, 1), latent_dim=4, filters=1, num_classes=3)
    model.compile(jit_compile=True)
    first = np.full(8, 5)
    assert "Received: 5" in refused(model.fit, dataset(IMAGES, first))
    assert int(model.step.numpy()) == 0


def test_labels_that_are_classes_and_weights_of_classes_pass(model):
    history = model.fit(dataset(IMAGES, labels(2)), shuffle=False, verbose=0).history
    assert np.isfinite(history["generator_loss"]).all()
    assert model.predict([LATENTS, labels(2)], verbose=0).shape == (8, 8, 8, 1)
    weights = np.full((8, 3), 1 / 3, np.float32)
    assert model.predict([LATENTS, weights], verbose=0).shape == (8, 8, 8, 1)


@pytest.mark.parametrize("worst", [3, 200, -1])
def test_ids_of_label_maps_beyond_the_classes_are_refused_likewise(maps_model, worst):
    maps = np.zeros((8, 8, 8), np.int32)
    maps[-1, 3, 4] = worst
    expected = f"Ids of label maps must be in 0 to 2. Received: {worst}"
    assert refused(maps_model.fit, maps, IMAGES, batch_size=4) == expected
    assert refused(maps_model.fit, dataset(maps, IMAGES)) == expected
    assert refused(maps_model.evaluate, dataset(maps, IMAGES)) == expected
    assert refused(maps_model.predict, maps) == expected
    assert refused(maps_model.predict, tf.data.Dataset.from_tensor_slices(maps).batch(4)) == (
        expected
    )


def test_many_labels_of_many_classes_are_checked_in_no_memory():
    numbers = np.random.default_rng(0).integers(0, 10_000, 200_000)
    allowed = [None, labels_below(10_000)]
    tracemalloc.start()
    batch_checks.checked(np.zeros(1), numbers, allowed)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**20  # one-hot vectors of them would be 8 GB
    numbers[-1] = 10_000
    with pytest.raises(InputError, match="Received: 10000"):
        batch_checks.checked(np.zeros(1), numbers, allowed)


def derived(of):
    return type(f"My{of.__name__}", (of,), {})


@pytest.mark.parametrize("wrapped", [lambda x: x, lambda x: [x], lambda x: callback_list(x)])
@pytest.mark.parametrize(
    ("callback", "arguments"),
    [
        (keras.callbacks.LearningRateScheduler, [lambda epoch: 1e-3]),
        (keras.callbacks.ReduceLROnPlateau, ["generator_loss"]),
        (keras.callbacks.SwapEMAWeights, []),
    ],
)
def test_callbacks_of_one_optimizer_are_refused_and_what_derives_from_them(
    model, callback, arguments, wrapped
):
    for kind in (callback, derived(callback), derived(derived(callback))):
        given = wrapped(kind(*arguments))
        message = refused(model.fit, IMAGES, labels(2), callbacks=given)
        assert "works on one optimizer, and a GAN has two; " in message
        assert message.endswith(f"Received: {kind.__name__}")


def callback_list(callback):
    return keras.callbacks.CallbackList([callback])


@pytest.mark.parametrize("kind", [keras.callbacks.TerminateOnNaN, "derived"])
def test_terminate_on_nan_stops_though_no_loss_is_called_loss(kind):
    kind = derived(keras.callbacks.TerminateOnNaN) if kind == "derived" else kind
    broken = create_model("gan", image_shape=(8, 8, 1), latent_dim=4)
    broken.compile(run_eagerly=True)
    broken.generator_variables[0].assign(np.nan * broken.generator_variables[0])
    for given in (kind(), [kind()], keras.callbacks.CallbackList([kind()], model=broken)):
        before = int(broken.step.numpy())
        broken.fit(IMAGES, batch_size=4, epochs=3, verbose=0, callbacks=given)
        assert int(broken.step.numpy()) == before + 1


REPLICAS = """
import numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
import ganzoo
with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
    model = ganzoo.create_model("dcgan", image_shape=(8, 8, 1), latent_dim=4, filters=1)
    model.compile()
images = np.random.default_rng(0).uniform(-1, 1, (10, 8, 8, 1)).astype("float32")
losses = model.fit(images[:8], batch_size=4, verbose=0).history["generator_loss"]
assert np.isfinite(losses).all()
sizes = images[:9], tf.data.Dataset.from_tensor_slices(images[:9]).batch(4)
for call in (model.fit, model.evaluate):
    for given in sizes:  # of the last batch the second replica has none
        settings = {"batch_size": 4} if given is sizes[0] else {}
        try:
            call(given, verbose=0, **settings)
        except ganzoo.InputError as error:
            assert "divided among 2 replicas" in str(error), error
            assert str(error).endswith("Received: 1") and "\\n" not in str(error), error
        else:
            raise AssertionError(call)
losses = model.fit(images, batch_size=4, verbose=0).history["generator_loss"]
assert np.isfinite(losses).all()
assert all(np.isfinite(weight).all() for weight in model.get_weights())
"""


@pytest.mark.slow
def test_a_replica_without_an_example_does_no_harm():
    done = subprocess.run([sys.executable, "-c", REPLICAS], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
