"""How smooth walks are: the largest step of each divided by its mean step.

    python tests/benchmarks/walks.py MODEL.keras

Steps are Euclidean distances between neighbouring images, and between the last feature maps that
the model's own discriminator makes of them; walks are those between seeds 0 and 1, 2 and 3, ...
"""

import sys

import keras
import numpy as np

import ganzoo

PAIRS = 40


def ratio(values):
    steps = np.linalg.norm(np.diff(values.reshape(len(values), -1), axis=0), axis=1)
    return steps.max() / steps.mean()


def main(path):
    model = ganzoo.load_model(path)
    discriminator = model.discriminator
    features = keras.Model(discriminator.inputs, discriminator.layers[-2].output)
    for steps in (8, 16):
        for way in ("spherical", "linear"):
            walks = [
                ganzoo.interpolate(model, [2 * pair, 2 * pair + 1], steps=steps, path=way)
                for pair in range(PAIRS)
            ]
            for name, ratios in (
                ("pixels", [ratio(walk) for walk in walks]),
                ("features", [ratio(features.predict(walk, verbose=0)) for walk in walks]),
            ):
                mean, worst = np.mean(ratios), np.max(ratios)
                print(f"{steps:2} steps, {way:9} {name:8} mean {mean:.2f}, worst {worst:.2f}")


if __name__ == "__main__":
    main(*sys.argv[1:])
