"""The networks of SN-GAN and of the projection GAN: the papers' counts of weights and map sizes."""

import keras
import numpy as np
import pytest

from ganzoo.networks import sngan


def count(network):
    return sum(variable.numpy().size for variable in network.trainable_variables)


def test_networks_for_cifar_have_the_papers_weights():
    shape = (32, 32, 3)
    assert count(sngan.residual_discriminator(shape, filters=128)) == 1_053_824
    assert count(sngan.convolutional_generator(shape, latent_dim=128, filters=64)) == 3_812_355
    assert count(sngan.convolutional_discriminator(shape, filters=64)) == 2_935_873
    generator = sngan.conditional_generator(shape, num_classes=10, latent_dim=128, filters=256)
    assert count(generator) == 4_304_387
    discriminator = sngan.projection_discriminator(shape, num_classes=10, filters=128)
    assert count(discriminator) == 1_055_104


@pytest.mark.parametrize("side", [8, 10, 28])
def test_networks_of_every_base_make_and_take_their_side(side):
    shape, latents, labels = (side, side, 1), np.ones((1, 3), np.float32), np.zeros(1, np.int32)
    images = sngan.convolutional_generator(shape, latent_dim=3, filters=2)(latents).numpy()
    assert images.shape == (1, *shape)
    again = sngan.conditional_generator(shape, num_classes=3, latent_dim=3, filters=2)
    assert again([latents, labels]).shape == (1, *shape)
    assert sngan.residual_discriminator(shape, filters=2)(images).shape == (1, 1)
    assert sngan.convolutional_discriminator(shape, filters=2)(images).shape == (1, 1)
    of_classes = sngan.projection_discriminator(shape, num_classes=3, filters=2)
    assert of_classes([images, labels]).shape == (1, 1)


def test_features_are_summed_over_the_map():
    network = sngan.residual_discriminator((8, 8, 1), filters=2)
    scores = network.get_layer("scores")
    maps = next(x for x in reversed(network.layers) if x.__class__.__name__ == "ReLU").output
    assert maps.shape[1:] == (8 // 2, 8 // 2, 2)
    both = keras.Model(network.input, [maps, scores.input])
    of_map, summed = both(np.random.default_rng(0).normal(size=(3, 8, 8, 1)).astype(np.float32))
    np.testing.assert_allclose(summed, np.sum(of_map, axis=(1, 2)), rtol=1e-5)
