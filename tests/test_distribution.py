"""The same training on one device and on two."""

import subprocess
import sys

from ganzoo import distribution

# Logical devices must be made before TensorFlow starts, hence a process of its own.
TWO_DEVICES = """
import sys
import keras, numpy as np, tensorflow as tf
from ganzoo import CGAN, DCGAN, distribution

(cpu,) = tf.config.list_physical_devices("CPU")
two = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(cpu, two)
noise = np.random.default_rng(0)
images = noise.uniform(-1, 1, (32, 16, 16, 1)).astype("float32")
labels = np.arange(32, dtype=np.int32) % 10
strategies = {name: distribution.strategy(name, batch_size=8) for name in ("none", "mirrored")}
assert [s.num_replicas_in_sync for s in strategies.values()] == [1, 2]


def dcgan():
    model = DCGAN((16, 16, 1), 4, 2, moving_average=0.9, instance_noise=0.1)
    for network in (model.generator, model.discriminator):
        for layer in network.layers:
            if isinstance(layer, keras.layers.BatchNormalization):
                layer.synchronized = True  # statistics of the global batch, as on one device
    model.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))
    return model, images


def cgan():  # both players at once, dropout, and a momentum that grows
    model = CGAN((16, 16, 1), latent_dim=4, generator_units=(3, 5, 8), maxout_units=(4, 2, 4))
    model.compile()
    return model, (images, labels)


def trained(make, strategy):
    keras.utils.set_random_seed(0)
    with strategy.scope():
        model, data = make()
    batches = tf.data.Dataset.from_tensor_slices(data).batch(8, drop_remainder=True)
    history = model.fit(batches, epochs=2, shuffle=False, verbose=0).history
    return [*model.variables], [*history.values()]


for make in (dcgan, cgan):
    (one, one_losses), (both, both_losses) = (trained(make, s) for s in strategies.values())
    for alone, shared in zip(one, both, strict=True):
        np.testing.assert_allclose(shared.numpy(), alone.numpy(), atol=1e-6)
    np.testing.assert_allclose(both_losses, one_losses, atol=1e-6)
try:
    distribution.strategy("mirrored", batch_size=7)
except ValueError as error:
    assert "multiple of the 2 devices" in str(error)
else:
    sys.exit("an uneven batch was accepted")
"""


def test_two_devices_give_the_weights_and_losses_of_one():
    done = subprocess.run(
        [sys.executable, "-c", TWO_DEVICES], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_no_distribution_takes_any_batch_size():
    assert distribution.strategy("none", batch_size=7).num_replicas_in_sync == 1
