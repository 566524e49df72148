"""Dense networks of one hidden layer."""

import math

import keras
from keras import layers

from ganzoo.networks.blocks import full_precision


def to_images(name, inputs, image_shape, units, dtype):
    """Vectors `(batch, inputs)` to images in [-1, 1]."""
    vectors = keras.Input((inputs,), name=f"{name}_inputs")
    x = layers.Dense(units, "relu", dtype=dtype)(vectors)
    x = layers.Dense(math.prod(image_shape), "tanh", dtype=full_precision(dtype))(x)
    images = layers.Reshape(image_shape, dtype=full_precision(dtype))(x)
    return keras.Model(vectors, images, name=name)


def of_images(name, image_shape, units, outputs, dtype):
    """Images to vectors `(batch, outputs)`."""
    images = keras.Input(image_shape, name=f"{name}_images")
    x = layers.Flatten(dtype=dtype)(images)
    x = layers.Dense(units, "leaky_relu", dtype=dtype)(x)
    return keras.Model(images, layers.Dense(outputs, dtype=full_precision(dtype))(x), name=name)


def of_vectors(name, inputs, units, outputs, dtype):
    """Vectors `(batch, inputs)` to vectors `(batch, outputs)`."""
    vectors = keras.Input((inputs,), name=f"{name}_inputs")
    x = layers.Dense(units, "relu", dtype=dtype)(vectors)
    return keras.Model(vectors, layers.Dense(outputs, dtype=full_precision(dtype))(x), name=name)
