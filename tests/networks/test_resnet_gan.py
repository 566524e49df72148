"""The networks of WGAN-GP: counts of weights, map sizes, precision."""

import numpy as np
import pytest

from ganzoo.networks import resnet_gan, wgan_gp


def count(network):
    return sum(variable.numpy().size for variable in network.trainable_variables)


@pytest.mark.parametrize(
    ("make", "side", "channels", "filters", "expected"),
    [
        (wgan_gp.mnist_generator, 28, 1, 64, 1_554_177),
        (wgan_gp.dcgan_generator, 32, 3, 128, 5_179_907),
        (resnet_gan.generator, 32, 3, 128, 1_204_483),
        (resnet_gan.generator, 32, 3, 256, 4_276_739),
        (resnet_gan.growing_generator, 64, 3, 64, 8_540_483),
    ],
)
def test_generators_have_the_papers_weights(make, side, channels, filters, expected):
    network = make((side, side, channels), latent_dim=128, filters=filters)
    assert count(network) == expected
    assert network.output_shape == (None, side, side, channels)


@pytest.mark.parametrize(
    ("make", "side", "channels", "filters", "with_the_last_bias"),
    [
        (wgan_gp.critic, 28, 1, 64, 1_030_145),
        (wgan_gp.critic, 32, 3, 128, 4_114_689),
        (resnet_gan.critic, 32, 3, 128, 1_053_825),
        (resnet_gan.growing_critic, 64, 3, 64, 7_491_841),
    ],
)
def test_critics_have_the_papers_weights_but_the_last_bias(
    make, side, channels, filters, with_the_last_bias
):
    assert count(make((side, side, channels), filters=filters)) == with_the_last_bias - 1


@pytest.mark.parametrize("side", [8, 10, 14, 28])
def test_networks_of_every_base_make_and_take_their_side(side):
    for make in (wgan_gp.mnist_generator, resnet_gan.generator, resnet_gan.growing_generator):
        images = make((side, side, 1), latent_dim=3, filters=2)(np.ones((1, 3), np.float32))
        assert images.shape == (1, side, side, 1)
    for make in (wgan_gp.critic, resnet_gan.critic, resnet_gan.growing_critic):
        assert make((side, side, 1), filters=2)(images).shape == (1, 1)


@pytest.mark.parametrize("dtype", ["float64", "mixed_bfloat16"])
def test_scores_and_images_are_in_full_precision(dtype):
    expected = "float64" if dtype == "float64" else "float32"
    assert resnet_gan.growing_generator((8, 8, 1), 3, 2, dtype=dtype).output.dtype == expected
    assert resnet_gan.growing_critic((8, 8, 1), 2, dtype=dtype).output.dtype == expected
