"""Networks whose images have sides of certain multiples, given images of any size."""

from collections.abc import Callable

import tensorflow as tf

from ganzoo.images.ranges import mirrored_to_multiple


def translated(network: Callable, images, multiple: int, smallest: int = 0) -> tf.Tensor:
    """Returns what a network makes of images of any size, in that size.

    The images are padded by their reflection at the bottom and on the right, and the outputs are
    cropped.

    Args:
        network: takes images `(batch, height, width, channels)` and returns images of that size.
        images: float `(batch, height, width, channels)`.
        multiple: of which the network needs each side to be a multiple.
        smallest: the shortest side that it takes, a multiple as well.
    """
    outputs = network(mirrored_to_multiple(images, multiple, smallest))
    return outputs[:, : tf.shape(images)[1], : tf.shape(images)[2]]
