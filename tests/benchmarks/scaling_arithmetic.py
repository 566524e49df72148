"""What training on many GPUs should cost, as arithmetic: nothing here is measured.

    python tests/benchmarks/scaling_arithmetic.py [--share 0.3]

For each model at its paper's size: the bytes that are all-reduced in a step, the operations of a
step, and what follows for 8 GPUs of one machine and 64 of eight, each with the preset's batch.
"""

import argparse
import math

import tensorflow as tf
from keras import layers

from ganzoo import create_model, load_config
from ganzoo.layers import SingleBatchNormalization

# How often a step passes an image through G and D, of one pair of players: forward 1, backwards 1
# for the inputs and 1 for the weights. CycleGAN has two pairs, each of which it passes so.
PASSES = {"gan": (3, 7), "dcgan": (3, 8), "cgan": (3, 7), "pix2pix": (3, 8), "cyclegan": (9, 8)}
NORMALISED = {"dcgan": (1, 3), "cgan": (1, 2), "pix2pix": (1, 3)}  # training calls of G and of D
PRESETS = ("gan/mnist", "dcgan/celeb_a", "cgan/fashion_mnist", "pix2pix/facades",
           "cyclegan/horse2zebra")  # fmt: skip
PEAK = 989e12  # H100 SXM, bfloat16, dense (NVIDIA's data sheet)
NVLINK = 450e9  # bytes a second and direction (NVLink 4)
INFINIBAND = 400e9  # the same of a machine, with eight adapters of 400 Gb/s, a ring on each
HOP = 10e-6  # seconds of a hop; a small message takes 2 log2(GPUs) of them, up a tree and down


def operations(network, image_shape):
    """Returns the operations of a forward pass of one image, as TensorFlow counts them."""
    specs = [
        tf.TensorSpec(
            (1, *(s or side for s, side in zip(x.shape[1:], image_shape, strict=False))), x.dtype
        )
        for x in network.inputs
    ]
    passed = tf.function(lambda *x: network(x if len(x) > 1 else x[0], training=False))
    options = tf.compat.v1.profiler.ProfileOptionBuilder.float_operation() | {"output": "none"}
    graph = passed.get_concrete_function(*specs).graph
    return tf.compat.v1.profiler.profile(graph, options=options).total_float_ops


def channels(network):
    """Returns how many channels a network's batch normalisations have together."""
    kinds = layers.BatchNormalization, SingleBatchNormalization
    return sum(layer.gamma.shape[0] for layer in network.layers if isinstance(layer, kinds))


def all_reduce(size, gpus, bandwidth):
    """The seconds of an all-reduce of `size` bytes."""
    return 2 * (gpus - 1) / gpus * size / bandwidth + 2 * math.log2(gpus) * HOP


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=0.3, help="of the peak that a GPU reaches")
    share = parser.parse_args().share
    print(f"at {share:.0%} of {PEAK / 1e12:.0f} TFLOP/s")
    print("preset batch gradients_MB sync_bn_kB pool_MB GFLOP/image step_ms reduce8_ms "
          "efficiency8 reduce64_ms efficiency64")  # fmt: skip
    for preset in PRESETS:
        values = load_config(preset).values
        name = preset.partition("/")[0]
        names = create_model(name).get_config().keys() & values.keys()
        model = create_model(name, **{key: values[key] for key in names})
        batch = values["batch_size"]
        gradients = 4 * sum(math.prod(v.shape) for v in model.trainable_variables)
        of_g, of_d = PASSES[name]
        work = sum(of_g * operations(g, model.image_shape) for g in model.generators)
        work += sum(of_d * operations(d, model.image_shape) for d in model.discriminators)
        calls = NORMALISED.get(name, (0, 0))
        # Two sums a channel forwards, two backwards.
        statistics = 4 * 4 * (
            calls[0] * channels(model.generators[0]) + calls[1] * channels(model.discriminators[0])
        )  # fmt: skip
        pool = 4 * 2 * batch * math.prod(model.image_shape) if name == "cyclegan" else 0
        step = work * batch / (share * PEAK)
        row = [f"{gradients / 1e6:.1f}", f"{statistics / 1e3:.0f}", f"{pool / 1e6:.1f}"]
        row += [f"{work / 1e9:.2f}", f"{1e3 * step:.2f}"]
        for gpus, bandwidth in ((8, NVLINK), (64, INFINIBAND)):
            # Each player's gradients are one all-reduce; every GPU gets every other's fakes.
            moved = 2 * all_reduce(gradients / 2, gpus, bandwidth) + pool * (gpus - 1) / bandwidth
            row += [f"{1e3 * moved:.2f}", f"{step / (step + moved):.0%}"]
        print(preset, batch, *row)


if __name__ == "__main__":
    main()
