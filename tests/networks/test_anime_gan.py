"""AnimeGAN's networks: shapes, numbers of parameters, and the order of their layers."""

import math
import re

import numpy as np
import pytest
from keras import layers

from ganzoo.errors import InputError
from ganzoo.layers import BatchNormalization, PixelShuffle
from ganzoo.networks.anime_gan import check, discriminator, generator, halvings


def tiny_generator(image_shape=(8, 8, 1), shuffles=1, dtype=None):
    return generator(image_shape, 3, False, 5, 2, 1, shuffles, dtype)


def tiny_discriminator(image_shape=(8, 8, 1), dtype=None):
    return discriminator(image_shape, 3, 2, 1, 0.02, dtype)


def noise(*shape):
    return np.random.default_rng(0).standard_normal(shape, "float32")


def parameters(network):
    return sum(math.prod(variable.shape) for variable in network.trainable_variables)


def test_with_34_tags_at_128x128_the_networks_have_the_papers_parameters():
    assert parameters(generator((128, 128, 3), 34, False, 128, 64, 16, 3)) == 4_315_715
    assert parameters(discriminator((128, 128, 3), 34, 32, 2, 0.02)) == 23_895_427


@pytest.mark.parametrize(("side", "shuffles"), [(8, 1), (20, 2), (28, 2), (64, 3), (128, 3)])
@pytest.mark.parametrize("channels", [1, 3])
def test_latents_and_tags_become_images_and_images_a_logit_and_tags(side, shuffles, channels):
    image_shape = (side, side, channels)
    made = tiny_generator(image_shape, shuffles)([noise(2, 5), np.eye(2, 3, dtype="float32")])
    assert made.shape == (2, *image_shape)
    assert np.abs(made).max() <= 1
    logits, tags = tiny_discriminator(image_shape)(noise(2, *image_shape))
    assert (logits.shape, tags.shape) == ((2, 1), (2, 3))


@pytest.mark.parametrize(
    ("side", "count"), [(4, 1), (8, 2), (20, 4), (28, 4), (32, 4), (64, 5), (128, 6)]
)
def test_a_side_is_halved_until_it_is_2(side, count):
    assert halvings(side) == count
    convolutions = [x for x in tiny_discriminator((side, side, 1)).layers if "conv" in x.name]
    strided = [layer for layer in convolutions if layer.strides == (2, 2)]
    assert len(strided) == count
    assert strided[-1].output.shape[1:3] == (2, 2)
    assert [layer.filters for layer in strided] == [2 * 2**level for level in range(count)]


@pytest.mark.parametrize(
    ("image_shape", "shuffles"),
    [((8, 8, 1), 4), ((30, 30, 1), 2), ((8, 16, 1), 1), ((8, 8, 2), 1), ((2, 2, 1), 1),
     ((8, 8), 1), ((8, 8, 1), 0)],
)  # fmt: skip
def test_other_shapes_are_refused_in_one_line(image_shape, shuffles):
    message = f"Received: image_shape={image_shape}, shuffles={shuffles}"
    with pytest.raises(InputError, match=f"can be halved.*{re.escape(message)}$"):
        check(image_shape, shuffles)


def test_the_generator_normalises_all_but_its_last_convolution_and_skips_all_of_its_blocks():
    network = generator((16, 16, 1), 3, False, 5, 2, 4, 2)
    kinds = [type(layer) for layer in network.layers]
    convolutions = [x for x in network.layers if isinstance(x, layers.Conv2D)]
    # The dense layer, two of a block, the end of all blocks, and one of each doubling.
    assert kinds.count(BatchNormalization) == 1 + 2 * 4 + 1 + 2
    assert (len(convolutions), kinds.count(PixelShuffle)) == (2 * 4 + 2 + 1, 2)
    assert convolutions[-1].kernel_size == (9, 9)
    assert {layer.kernel_size for layer in convolutions[:-1]} == {(3, 3)}
    assert kinds.count(layers.Add) == 4 + 1
    first_map = next(x for x in network.layers if isinstance(x, layers.ReLU)).output
    last_addition = [x for x in network.layers if isinstance(x, layers.Add)][-1]
    assert any(tensor is first_map for tensor in last_addition.input)


def test_the_discriminator_normalises_nothing():
    kinds = {type(layer) for layer in tiny_discriminator((32, 32, 1)).layers}
    assert kinds == {
        layers.InputLayer, layers.Conv2D, layers.LeakyReLU, layers.Add, layers.Flatten, layers.Dense
    }  # fmt: skip


def test_weights_begin_with_the_papers_deviation_and_each_layers_are_its_own():
    network = discriminator((32, 32, 3), 34, 16, 2, 0.02)
    kernels = [x.kernel.numpy() for x in network.layers if hasattr(x, "kernel")]
    for kernel in kernels:
        if kernel.size > 3000:
            assert abs(kernel.std() - 0.02) < 5 * 0.02 / np.sqrt(2 * kernel.size)
    starts = {tuple(kernel.ravel()[:3]) for kernel in kernels}
    assert len(starts) == len(kernels)


def test_under_mixed_bfloat16_images_logits_and_tags_are_float32():
    made = tiny_generator(dtype="mixed_bfloat16")([noise(2, 5), np.ones((2, 3), "float32")])
    logits, tags = tiny_discriminator(dtype="mixed_bfloat16")(noise(2, 8, 8, 1))
    assert [x.dtype.name for x in (made, logits, tags)] == ["float32"] * 3
