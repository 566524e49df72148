"""Trains tiny models for 20 steps and writes down their weights: `test_strategies.py` runs it.

`distributed_worker.py DTYPE OUTPUT STRATEGY,... MODEL...`, in a process of its own: logical
devices must be made before TensorFlow starts, and a worker is a process.
"""

import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from ganzoo import create_model
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError
from ganzoo.training.distributed import strategies

BATCH, STEPS = 8, 20
SMALL = {"latent_dim": 4, "filters": 2, "sync_batch_norm": True}
WIDTHS = {
    "latent_dim": 4, "generator_filters": 2, "discriminator_filters": 3, "sync_batch_norm": True,
}  # fmt: skip
MODELS = {
    "gan": {"image_shape": (4, 4, 1), "latent_dim": 4, "generator_units": 8, "maxout_units": 4},
    "dcgan": SMALL | {"image_shape": (8, 8, 1), "instance_noise": 0.1},
    "cdcgan": SMALL | {"image_shape": (8, 8, 1), "num_classes": 3},
    "lsgan": SMALL | {"image_shape": (8, 8, 1)},
    "acgan": WIDTHS | {"image_shape": (8, 8, 1), "num_classes": 3},
    "wgan_gp": SMALL | {"image_shape": (8, 8, 1), "networks": "resnet_64", "critic_steps": 2},
    "progan": {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 4, "base": 16}
    | {"stable_images": 4 * BATCH, "fade_images": 8 * BATCH, "minibatch_group": 2},
    "stylegan": {"image_shape": (8, 8, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 2}
    | {"filters": 4, "base": 16, "first_side": 4, "minibatch_group": 2}
    | {"stable_images": 4 * BATCH, "fade_images": 8 * BATCH},
    "sngan": WIDTHS | {"image_shape": (8, 8, 1), "discriminator_steps": 2},
    "projection_gan": WIDTHS
    | {"image_shape": (8, 8, 1), "num_classes": 3, "discriminator_steps": 2},
    "dragan": SMALL | {"image_shape": (16, 16, 1), "networks": "dcgan"},
    "anime_gan": SMALL
    | {"image_shape": (8, 8, 1), "num_classes": 3, "blocks": 1, "shuffles": 1}
    | {"discriminator_filters": 2, "discriminator_blocks": 1, "discriminator_deviation": 0.2},
    "stylegan2": {"image_shape": (8, 8, 1), "latent_dim": 4, "w_dim": 3, "mapping_layers": 1}
    | {"channel_base": 16, "channel_max": 2, "minibatch_group": 2, "r1_every": 3}
    | {"path_length_every": 2, "r1_gamma": 0.1, "moving_average_half_life": 50.0},
    "bigan": {"image_shape": (4, 4, 1), "latent_dim": 4, "units": 8, "sync_batch_norm": True},
    "ali": SMALL | {"image_shape": (28, 28, 1), "networks": "svhn"},
    "vae": SMALL | {"image_shape": (28, 28, 1)},
    "autoencoder": SMALL | {"image_shape": (28, 28, 1)},
    "caae": SMALL
    | {"image_shape": (8, 8, 1), "num_classes": 6, "genders": 2, "discriminator_filters": 2},
    "pix2pix": {"image_shape": (8, 8, 1), "filters": 2, "receptive_field": 16}
    | {"sync_batch_norm": True},
    "cyclegan": {"image_shape": (24, 24, 1), "filters": 2, "blocks": 1, "pool_size": 10},
}  # fmt: skip


def pipeline(model):
    noise = np.random.default_rng(0)
    images, others = noise.uniform(-1, 1, (2, 50, *model.image_shape)).astype("float32")
    labels = np.arange(50, dtype=np.int32) % 3
    data = {"images": images, "labelled": (images, labels)}.get(
        model.batch_format, (images, others)
    )
    settings = DataSettings(
        image_shape=model.image_shape, batch_size=BATCH, split="all",
        center_crop=None, fit="crop", background="white", jitter=0.25,
        horizontal_flip=True, shuffle=True, seed=3,
        skip_bad_images=False, cache="auto", cache_gib=2.0, data_dir=None,
    )  # fmt: skip
    return open_pipeline(
        data, model.batch_format, settings, batches_per_step=model.batches_per_step
    )


# What takes a map that is one number per channel to another such map.
KEEPS_CONSTANTS = keras.layers.Cropping2D, keras.layers.UpSampling2D, keras.layers.Add


def moved_by_rounding(model):
    """Returns the ids of biases that a normalisation takes out again, and of the means it follows.

    The biases have no gradient, and the moving mean behind one is as far off as it is.
    """
    networks = [*model.generators, *model.discriminators, *model.generator_averages]
    found = []
    for layer in (layer for network in networks for layer in network.layers):
        behind = [one for one in _what_follows(layer) if "normalization" in one.name]
        if getattr(layer, "bias", None) is not None and behind:
            found.append(id(layer.bias))
            found += [id(one.moving_mean) for one in behind if hasattr(one, "moving_mean")]
    return found


def _what_follows(layer):
    """Returns the layers behind one, past those that keep a constant one."""
    for node in layer._outbound_nodes:
        if isinstance(node.operation, KEEPS_CONSTANTS):
            yield from _what_follows(node.operation)
        else:
            yield node.operation


def trained(name, strategy, dtype):
    """Returns the weights and losses by name, and the names of the first that have no gradient."""
    keras.utils.set_random_seed(0)
    with strategy.scope():
        has_half_life = name in ("stylegan", "stylegan2")  # in place of a decay
        average = {} if has_half_life else {"moving_average": 0.9}
        model = create_model(name, **MODELS[name], **average, dtype=dtype)
        # GAN's first steps are slow: all logits are nearly 0.
        model.compile(*model.default_optimizers(**{"learning_rate": 5.0} if name == "gan" else {}))
    if name == "cyclegan":
        # As they begin, a fake is nearly constant, which normalisation blows up, and rounding too:
        # in float32 two runs part within ten steps, on one device or on two.
        for variable in model.trainable_variables:
            variable.assign(10.0 * variable)
    if name == "stylegan":
        # A map of ones has no variance, and its bias, behind which it is normalised, no gradient.
        constant = next(v for v in model.trainable_variables if v.name == "constant")
        constant.assign(np.random.default_rng(0).normal(size=constant.shape))
    begin = [variable.numpy() for variable in model.trainable_variables]
    batches = strategies.shard_dataset(strategy, pipeline(model), first_step=0)
    history = model.fit(batches, steps_per_epoch=STEPS, shuffle=False, verbose=0).history
    end = [variable.numpy() for variable in model.trainable_variables]
    moved = max(np.abs(new - old).max() for new, old in zip(end, begin, strict=True))
    assert moved > 1e-3, moved
    # Not by their paths, which count all layers that were made in this process.
    values = {f"{i}:{v.name}": v for i, v in enumerate(model.variables)}
    unseen = moved_by_rounding(model)
    without_gradient = np.array([name for name, v in values.items() if id(v) in unseen], str)
    losses = {f"loss:{loss}": np.array(value) for loss, value in history.items()}
    values = {name: variable.numpy() for name, variable in values.items()}
    return values | losses | {"without gradient": without_gradient}


def main(dtype, output, strategy_names, *names):
    (cpu,) = tf.config.list_physical_devices("CPU")
    if "mirrored" in strategy_names:
        two = [tf.config.LogicalDeviceConfiguration()] * 2
        tf.config.set_logical_device_configuration(cpu, two)
    made = {name: strategies.strategy(name, BATCH, 60.0) for name in strategy_names.split(",")}
    for how, strategy in made.items():
        assert strategy.num_replicas_in_sync == (1 if how == "none" else 2)
        whose = how if strategies.is_chief(how) else "second-worker"
        for name in names:
            values = trained(name, strategy, dtype)
            np.savez(Path(output) / f"{name}-{dtype}-{whose}.npz", **values)
    if "mirrored" in strategy_names:
        try:
            strategies.strategy("mirrored", BATCH + 1)
        except InputError as error:
            assert "multiple of the 2 devices. Received: 9" in str(error)
        else:
            sys.exit("an uneven batch was accepted")


if __name__ == "__main__":
    main(*sys.argv[1:])
