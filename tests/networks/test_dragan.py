"""The networks of DRAGAN: the pair of its code, and DCGAN's with another normalisation."""

import math

import numpy as np

from ganzoo.layers import BatchNormalization, LayerNormalization
from ganzoo.networks import dcgan, dragan
from ganzoo.networks.blocks import layer_normalisation


def parameters(network):
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def test_at_28x28_the_pair_has_the_parameters_of_the_authors_code():
    assert parameters(dragan.generator((28, 28, 1), 100, 128)) == 114_064
    assert parameters(dragan.discriminator((28, 28, 1), 128)) == 100_609


def test_latents_become_images_in_range_and_images_a_logit_each():
    noise = np.random.default_rng(0).standard_normal
    images = dragan.generator((4, 6, 3), 5, 8)(100 * noise((7, 5), "float32")).numpy()
    assert images.shape == (7, 4, 6, 3)
    assert images.min() >= -1 and images.max() <= 1 and images.std() > 0.3
    assert dragan.discriminator((4, 6, 3), 8)(images).shape == (7, 1)


def test_weights_begin_with_a_variance_of_2_over_the_inputs():
    first, second = (x for x in dragan.generator((28, 28, 1), 100, 128).layers if x.weights)
    for layer, inputs in ((first, 100), (second, 128)):
        kernel = layer.kernel.numpy()
        deviation = math.sqrt(2 / inputs)
        assert abs(kernel.std() / deviation - 1) < 5 / math.sqrt(2 * kernel.size)
        assert not layer.bias.numpy().any()


def test_dcgans_discriminator_takes_another_normalisation_in_the_same_places():
    usual, other = (
        dcgan.discriminator((32, 32, 1), 2, 4, **more)
        for more in ({}, {"normalisation": layer_normalisation})
    )
    kinds = [[type(layer) for layer in network.layers] for network in (usual, other)]
    normalised = {BatchNormalization: LayerNormalization}
    assert kinds[1] == [normalised.get(kind, kind) for kind in kinds[0]]
    assert parameters(usual) == parameters(other)
