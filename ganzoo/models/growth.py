"""How far networks have grown after so many images, and images at each level of growth.

Karras et al., 2018, arXiv:1710.10196, section 2. Level 0 is of 4x4 pixels and each level doubles
the side; between two levels the images of the lower one are mixed with those of the higher.
"""

from dataclasses import dataclass

import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.layers.fade_in import mixed


@dataclass(frozen=True)
class Schedule:
    """Levels by the number of real images seen: each is held, and then the next one fades in.

    Attributes:
        first: the level that training begins with.
        last: that of the whole image.
        stable_images: for which a level is held.
        fade_images: over which the next one fades in.

    Raises:
        InputError: for a level that is not there, or numbers of images below 1 and 0.
    """

    first: int
    last: int
    stable_images: int
    fade_images: int

    def __post_init__(self):
        if not 0 <= self.first <= self.last:
            raise InputError(
                f"Training must begin with a side from 4 to {4 * 2**self.last}. "
                f"Received: {4 * 2**self.first}"
            )
        if self.stable_images < 1 or self.fade_images < 0:
            raise InputError(
                "stable_images must be at least 1 and fade_images at least 0. "
                f"Received: {self.stable_images}, {self.fade_images}"
            )

    def level(self, images: tf.Tensor) -> tf.Tensor:
        """Returns the level after so many images, both float64 scalars."""
        period = float(self.stable_images + self.fade_images)
        done = tf.floor(images / period)
        fading = tf.maximum(images - done * period - self.stable_images, 0.0)
        level = self.first + done + fading / max(self.fade_images, 1)
        return tf.minimum(level, tf.cast(self.last, images.dtype))

    def stage(self, images: int) -> "Stage":
        """Returns what is computed after so many images."""
        done, rest = divmod(images, self.stable_images + self.fade_images)
        level, is_fading = self.first + done, rest > self.stable_images
        if level >= self.last:
            return Stage(self.last, False)
        return Stage(level + is_fading, is_fading)


@dataclass(frozen=True)
class Stage:
    """A part of training with one structure of networks.

    Attributes:
        level: that of the images.
        is_fading: whether the level below is still mixed in.
    """

    level: int
    is_fading: bool

    @property
    def number(self) -> int:
        """One number for each stage, the later the larger."""
        return 2 * self.level - self.is_fading


def doubled(images):
    """Returns images of twice the side, each pixel four times."""
    return tf.repeat(tf.repeat(images, 2, axis=1), 2, axis=2)


def halved(images, times: int = 1):
    """Returns images of half the side, means of four pixels, as often as wanted."""
    if times == 0:
        return images
    return tf.nn.avg_pool2d(images, 2**times, 2**times, "VALID")


def reals_at(images, stage: Stage, last: int, level):
    """Returns real images of the whole size as a stage sees them.

    While a level fades in, so do their details.

    Args:
        images: `(batch, side, side, channels)`, the side of `last`.
        stage: of training.
        last: the level of the whole image.
        level: of growth, a scalar.
    """
    images = halved(images, last - stage.level)
    if not stage.is_fading:
        return images
    return mixed(doubled(halved(images)), images, level, stage.level)


def reals_at_full_size(images, last: int, level):
    """Returns real images of the whole size with no more details than a level has."""
    coarse = [halved(images, last - index) for index in range(last + 1)]
    return at_full_size(coarse, level)


def at_full_size(of_levels: list, level):
    """Returns the images of a level of growth at the size of the last one.

    Args:
        of_levels: the images of each level, the smallest first.
        level: of growth, a number or a scalar tensor.
    """
    found = of_levels[0]
    for index, images in enumerate(of_levels[1:], start=1):
        found = mixed(doubled(found), images, level, index)
    return found


def at_fixed_level(of_levels: list, level: float):
    """Returns what `at_full_size` does, and computes the levels alone that it needs."""
    below = int(level)
    found, index = of_levels[below], below + 1
    if level > below:
        found = mixed(doubled(found), of_levels[index], level, index)
        index += 1
    for _ in of_levels[index:]:
        found = doubled(found)
    return found
