"""A small classifier of garments: features of Fashion-MNIST without a download.

Inception was made for photographs, and its weights are a download of 91 MiB. Models of the embedded
images are measured by this network, whose weights come with ganzoo. It is trained on the 60,000
training images, none of which is among the embedded ones, by `tests/benchmarks/garments.py`.
"""

from importlib import resources

import keras
import numpy as np
from keras import layers

SIDE = 28


def garment_classifier() -> keras.Model:
    """Returns the network, untrained: images to the outputs `features` and `logits`.

    Input:
        float32 `(batch, 28, 28, 1)` in [-1, 1].

    Output:
        a dict of `features`, `(batch, 96)`, the means over the last layer's positions, and
        `logits`, `(batch, 10)`.
    """
    images = keras.Input((SIDE, SIDE, 1), name="images")
    x = _convolution(images, 32)
    x = _convolution(x, 64, strides=2)
    x = _convolution(x, 96, strides=2)
    x = _convolution(x, 96)
    features = layers.GlobalAveragePooling2D()(x)
    logits = layers.Dense(10, name="logits")(layers.Dropout(0.3)(features))
    return keras.Model(images, {"features": features, "logits": logits}, name="garments")


def load_garments_weights(network: keras.Model) -> None:
    """Gives a network of `garment_classifier()` the weights that come with ganzoo."""
    with (
        (resources.files("ganzoo.metrics") / "garments.npz").open("rb") as file,
        np.load(file) as arrays,
    ):
        network.set_weights([arrays[f"{i:02}"].astype(np.float32) for i in range(len(arrays))])


def _convolution(x, filters, strides=1):
    x = layers.Conv2D(filters, 3, strides, "same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    return layers.ReLU()(x)
