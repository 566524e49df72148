"""What the networks of ALI are made of, for each data set of its paper's appendix.

Dumoulin et al. (2016, arXiv:1606.00704), and their code where the two differ.
"""

from typing import NamedTuple

from ganzoo.errors import InputError

Convolution = tuple[int, int, int]  # the kernel's side, the stride, and the width in `filters`


class Table(NamedTuple):
    """What a data set's networks are made of.

    Attributes:
        encoder: the convolutions from the image to a map of 1x1.
        decoder: the transposed ones from there to the image.
        deep: whether a 1x1 convolution follows in both, as wide as the map before it.
        slope: of the leaky ReLUs.
        pieces: of the discriminator's maxout; 1: leaky ReLU, and batch normalisation of its maps.
        latent_width, joint_width: of its layers over latents and over both, in `filters`.
        dropout: rates, on what the discriminator sees and within it.
        dropped_maps, dropped_activations: which of the discriminator's convolutions have dropout on
            their inputs, and which on their results: the authors' code picks them by a stride over
            its list of layers.
    """

    encoder: tuple[Convolution, ...]
    decoder: tuple[Convolution, ...]
    deep: bool
    slope: float
    pieces: int
    latent_width: int
    joint_width: int
    dropout: tuple[float, float]
    dropped_maps: tuple[int, ...] = (1, 2, 3, 4)
    dropped_activations: tuple[int, ...] = ()


_OF_32 = (5, 1, 1), (4, 2, 2), (4, 1, 4), (4, 2, 8), (4, 1, 16)
_BACK_TO_32 = (4, 1, 8), (4, 2, 4), (4, 1, 2), (4, 2, 1), (5, 1, 1)
TABLES = {
    "cifar10": Table(_OF_32, _BACK_TO_32, True, 0.1, 2, 16, 32, (0.2, 0.5), (1, 4), (2,)),
    "svhn": Table(_OF_32, _BACK_TO_32, True, 0.01, 1, 16, 32, (0.2, 0.2)),
    "celeba": Table(
        ((2, 1, 1), (7, 2, 2), (5, 2, 4), (7, 2, 4), (4, 1, 8)),
        ((4, 1, 8), (7, 2, 4), (5, 2, 4), (7, 2, 2), (2, 1, 1)),
        False, 0.02, 1, 16, 32, (0.2, 0.2),
    ),
}  # fmt: skip
_SIDES = {"cifar10": (32, 28), "svhn": (32, 28), "celeba": (64,)}


def table(networks: str, image_shape: tuple[int, int, int]) -> Table:
    """Returns the table for images; of 28 pixels the innermost kernel of those for 32, 4, is 3.

    Raises:
        InputError: if there is none for images of that shape.
    """
    found, sides = TABLES[networks], _SIDES[networks]
    is_shape = isinstance(image_shape, (tuple, list)) and len(image_shape) == 3
    height, width, channels = image_shape if is_shape else (0, 0, 0)
    if height != width or height not in sides or channels not in (1, 3):
        raise InputError(
            f"The networks {networks!r} are for squares of {' or '.join(map(str, sides))} pixels "
            f"with 1 or 3 channels. Received: image_shape={image_shape}"
        )
    if height != 28:
        return found
    (_, *innermost), (_, *outermost) = found.encoder[-1], found.decoder[0]
    return found._replace(
        encoder=(*found.encoder[:-1], (3, *innermost)),
        decoder=((3, *outermost), *found.decoder[1:]),
    )
