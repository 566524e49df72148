"""What training on many GPUs should cost, as arithmetic: nothing here is measured.

    python tests/benchmarks/scaling_arithmetic.py [--share 0.3]

For each model at its paper's size: the bytes that are all-reduced in a step, the operations of a
step, and what follows for 8 GPUs of one machine and 64 of eight, each with the preset's batch; and
the batch of each of 64 GPUs from which on they are 90 % as efficient as one.
"""

import argparse
import math

import tensorflow as tf

from ganzoo import load_config
from ganzoo.layers import BatchNormalization, SingleBatchNormalization
from ganzoo.runs.loading import create_from_config
from ganzoo.training.flops import count_flops
from ganzoo.training.random_batches import random_batch

NORMALISED = {"dcgan": (1, 3), "cgan": (1, 2), "pix2pix": (1, 3)}  # training calls of G and of D
PRESETS = ("gan/mnist", "dcgan/celeb_a", "cgan/fashion_mnist", "pix2pix/facades",
           "cyclegan/horse2zebra")  # fmt: skip
PEAK = 989e12  # H100 SXM, bfloat16, dense (NVIDIA's data sheet)
NVLINK = 450e9  # bytes a second and direction (NVLink 4)
INFINIBAND = 400e9  # the same of a machine, with eight adapters of 400 Gb/s, a ring on each
HOP = 10e-6  # seconds of a hop; a small message takes 2 log2(GPUs) of them, up a tree and down


def channels(network):
    """Returns how many channels a network's batch normalisations have together."""
    kinds = BatchNormalization, SingleBatchNormalization
    return sum(layer.gamma.shape[0] for layer in network.layers if isinstance(layer, kinds))


def all_reduce(size, gpus, bandwidth):
    """The seconds of an all-reduce of `size` bytes."""
    return 2 * (gpus - 1) / gpus * size / bandwidth + 2 * math.log2(gpus) * HOP


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--share", type=float, default=0.3, help="of the peak that a GPU reaches")
    share = parser.parse_args().share
    print(f"at {share:.0%} of {PEAK / 1e12:.0f} TFLOP/s")
    print("preset batch gradients_MB sync_bn_kB pool_MB GFLOP step_ms reduce8_ms "
          "efficiency8 reduce64_ms efficiency64 batch90")  # fmt: skip
    for preset in PRESETS:
        config = load_config(preset)
        name, batch = config.model, config.values["batch_size"]
        model = create_from_config(config)
        model.compile()
        data = random_batch(config, model)
        step = tf.function(model.train_step).get_concrete_function(data if data[1:] else data[0])
        gradients = 4 * sum(math.prod(v.shape) for v in model.trainable_variables)
        work = count_flops(step)
        calls = NORMALISED.get(name, (0, 0))
        # Two sums a channel forwards, two backwards.
        statistics = 4 * 4 * (
            calls[0] * channels(model.generators[0]) + calls[1] * channels(model.discriminators[0])
        )  # fmt: skip
        pool = 4 * 2 * batch * math.prod(model.image_shape) if name == "cyclegan" else 0
        seconds = work / (share * PEAK)
        row = [f"{gradients / 1e6:.1f}", f"{statistics / 1e3:.0f}", f"{pool / 1e6:.1f}"]
        row += [f"{work / 1e9:.1f}", f"{1e3 * seconds:.2f}"]
        for gpus, bandwidth in ((8, NVLINK), (64, INFINIBAND)):
            # Each player's gradients are one all-reduce, and the few losses are another.
            reduced = 2 * all_reduce(gradients / 2, gpus, bandwidth) + all_reduce(
                0, gpus, bandwidth
            )
            gathered = pool * (gpus - 1) / bandwidth  # every GPU gets every other's fakes
            moved = reduced + gathered
            row += [f"{1e3 * moved:.2f}", f"{seconds / (seconds + moved):.0%}"]
        # With the batch grow the work and the fakes, and not the gradients.
        print(preset, batch, *row, math.ceil(batch * 9 * reduced / (seconds - 9 * gathered)))


if __name__ == "__main__":
    main()
