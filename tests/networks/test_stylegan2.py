"""The networks of StyleGAN2: sizes of the paper, and which style goes where."""

import numpy as np
import pytest
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.networks import stylegan2


def count(network):
    return sum(int(np.prod(weight.shape)) for weight in network.trainable_weights)


@pytest.mark.parametrize(
    ("image_shape", "base", "layers", "is_residual", "generator", "discriminator"),
    [
        ((1024, 1024, 3), 32768, 8, True, 30_370_060, 29_012_513),  # configuration F
        ((1024, 1024, 3), 16384, 8, True, 24_900_764, 24_038_161),  # E
        ((256, 256, 3), 16384, 8, True, 24_767_458, 24_001_089),  # paper256 of StyleGAN2-ADA
        ((32, 32, 3), 32768, 2, False, 19_947_539, 20_720_641),  # its CIFAR-10, without classes
    ],
)
def test_they_have_the_papers_sizes(
    image_shape, base, layers, is_residual, generator, discriminator
):
    mapping = stylegan2.mapping(512, 512, layers)
    synthesis = stylegan2.synthesis(image_shape, 512, base, 512)
    assert count(mapping) + count(synthesis) == generator
    judge = stylegan2.discriminator(image_shape, base, 512, 4, is_residual)
    assert count(judge) == discriminator


def test_a_style_changes_the_maps_from_its_layer_on():
    synthesis = stylegan2.synthesis((16, 16, 1), 3, 32, 4)
    styles = tf.random.stateless_normal((1, 6, 3), (0, 0))
    noise = tf.zeros((1, stylegan2.noise_size((16, 16, 1))))
    image = synthesis([styles, noise])
    assert image.shape == (1, 16, 16, 1)
    for number in range(6):
        other = styles + 3.0 * tf.one_hot(number, 6)[None, :, None]
        assert not np.allclose(synthesis([other, noise]), image), f"style {number} is used"


def test_what_is_no_square_of_a_power_of_two_is_refused():
    for wrong in ((28, 28, 1), (32, 16, 1), (4, 4, 1), (32, 32, 2)):
        with pytest.raises(InputError, match="a power of two"):
            stylegan2.sides(wrong)
