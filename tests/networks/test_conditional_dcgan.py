"""The convolutional conditional pair: sizes, and the label at every layer of both networks."""

import math

import numpy as np
import pytest
from keras import layers

from ganzoo.errors import InputError
from ganzoo.networks.conditional_dcgan import discriminator, generator

CLASSES = 3
INPUT_AXES = {layers.Dense: 0, layers.Conv2D: 2, layers.Conv2DTranspose: 3}  # of their kernels


def tiny_pair(image_shape, dtype=None):
    made = generator(image_shape, CLASSES, True, 5, 2, 4, dtype)
    return made, discriminator(image_shape, CLASSES, True, 2, 4, dtype)


def parameters(network):
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def inputs_of(network, count):
    noise = np.random.default_rng(0)
    return [
        noise.standard_normal((count, *input.shape[1:]), "float32")
        if input.dtype == "float32"
        else np.arange(count) % CLASSES
        for input in network.inputs
    ]


def weighted(network):
    return [layer for layer in network.layers if hasattr(layer, "kernel")]


@pytest.mark.parametrize("image_shape", [(8, 8, 1), (28, 28, 1), (32, 32, 3), (40, 40, 3)])
def test_latents_become_images_and_images_one_logit_each(image_shape):
    made, judge = tiny_pair(image_shape)
    assert made(inputs_of(made, 4)).shape == (4, *image_shape)
    assert judge(inputs_of(judge, 4)).shape == (4, 1)


@pytest.mark.parametrize("image_shape", [(30, 30, 1), (28, 56, 1), (4, 4, 1), (28, 28, 2)])
@pytest.mark.parametrize("index", [0, 1])
def test_other_shapes_are_refused(image_shape, index):
    with pytest.raises(InputError, match=r"4, 5 or 7 times a power of two.*Received"):
        (generator, discriminator)[index](image_shape, CLASSES, True, *(5, 2, 4)[index:])


def test_at_28x28_the_widths_are_those_of_the_authors_conditional_mnist_networks():
    made = generator((28, 28, 1), 10, True, 100, 64, 5)
    shapes = [tuple(layer.kernel.shape) for layer in weighted(made)]
    assert shapes == [
        (100 + 10, 1024),
        (1024 + 10, 7 * 7 * 128),
        (5, 5, 64, 128 + 10),  # height, width, out, in
        (5, 5, 1, 64 + 10),
    ]
    judge = discriminator((28, 28, 1), 10, True, 64, 5)
    shapes = [tuple(layer.kernel.shape) for layer in weighted(judge)]
    assert shapes == [
        (5, 5, 1 + 10, 64),  # height, width, in, out
        (5, 5, 64 + 10, 128),
        (7 * 7 * 128 + 10, 1024),
        (1024 + 10, 1),
    ]
    assert parameters(made) == 6_822_970
    assert parameters(judge) == 6_690_506


@pytest.mark.parametrize("index", [0, 1])
def test_every_layer_sees_the_label(index):
    # With the label's weights at zero in all layers but one, its answer still depends on the label.
    network = tiny_pair((16, 16, 1))[index]
    all_layers = weighted(network)
    begin = [50.0 * layer.kernel.numpy() for layer in all_layers]
    same, _ = inputs_of(network, 1)
    for seeing in range(-1, len(all_layers)):
        for number, (layer, kernel) in enumerate(zip(all_layers, begin, strict=True)):
            changed = kernel.copy()
            if number != seeing:
                np.moveaxis(changed, INPUT_AXES[type(layer)], 0)[-CLASSES:] = 0
            layer.kernel.assign(changed)
        one, other = (network([same, np.array([label])]).numpy() for label in (0, 1))
        assert np.array_equal(one, other) == (seeing == -1)


def test_layers_are_normalised_but_the_generators_last_and_the_discriminators_first_and_last():
    made, judge = tiny_pair((16, 16, 1))

    def count(network):
        return sum(isinstance(layer, layers.BatchNormalization) for layer in network.layers)

    assert count(made) == len(weighted(made)) - 1
    assert count(judge) == len(weighted(judge)) - 2


def test_under_mixed_bfloat16_only_the_last_layers_are_float32():
    made, judge = tiny_pair((8, 8, 1), "mixed_bfloat16")
    assert {layer.compute_dtype for layer in weighted(made)} == {"bfloat16"}
    assert [layer.compute_dtype for layer in weighted(judge)][-1] == "float32"
    images, logits = made(inputs_of(made, 2)), judge(inputs_of(judge, 2))
    assert images.dtype == logits.dtype == "float32"
    assert np.abs(images).max() <= 1
