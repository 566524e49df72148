"""Mixtures of Gaussians in one or two dimensions, and how many of their modes samples cover."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError

SIGMA = 0.05
SPACING = 10 * SIGMA  # of the modes on a line
MAXIMUM_MODES = 20  # on the ring, modes that are more would touch
GRIDS = (1, 4, 9, 16, 25)  # as many modes as a square grid may have


class Coverage(NamedTuple):
    """What samples cover of a mixture.

    Attributes:
        modes_found: modes with enough samples within 3 sigma of their centre.
        good_share: share of all samples that are within 3 sigma of a centre.
    """

    modes_found: int
    good_share: float


@dataclass(frozen=True)
class Mixture:
    """Gaussians of standard deviation `SIGMA` and equal weight.

    In two dimensions their centres are on a circle of radius 1, or on a square grid of `SPACING`;
    in one they are `SPACING` apart.

    Args:
        modes: how many, 1 to 20; on a grid 1, 4, 9, 16 or 25.
        dimensions: 1 or 2.
        grid: in two dimensions a grid in place of the circle.

    Raises:
        InputError: for another number of them, or of dimensions.
    """

    modes: int = 8
    dimensions: int = 2
    grid: bool = False

    def __post_init__(self):
        if self.grid:
            if self.modes not in GRIDS or self.dimensions != 2:
                raise InputError(
                    f"A grid has {', '.join(map(str, GRIDS[:-1]))} or {GRIDS[-1]} modes in 2 "
                    f"dimensions. Received: {self.modes} in {self.dimensions}"
                )
            return
        if not 1 <= self.modes <= MAXIMUM_MODES:
            raise InputError(f"Modes must be 1 to {MAXIMUM_MODES}. Received: {self.modes}")
        if self.dimensions not in (1, 2):
            raise InputError(f"Dimensions must be 1 or 2. Received: {self.dimensions}")

    @property
    def centres(self) -> np.ndarray:
        """float32 `(modes, dimensions)`."""
        numbers = np.arange(self.modes)
        if self.dimensions == 1:
            return np.float32(SPACING * (numbers - (self.modes - 1) / 2))[:, None]
        if self.grid:
            side = math.isqrt(self.modes)
            places = np.stack(np.divmod(numbers, side), axis=1) - (side - 1) / 2
            return np.float32(SPACING * places)
        angles = 2 * math.pi * numbers / self.modes
        return np.float32(np.stack([np.cos(angles), np.sin(angles)], axis=1))

    def draw(self, count: int, seed: int, step) -> tf.Tensor:
        """Returns points, float32 `(count, dimensions)`, a function of the seed and the step."""
        share = randomness.uniform((count,), randomness.key(seed, "modes", step))
        modes = tf.cast(self.modes * share, tf.int32)
        key = randomness.key(seed, "points", step)
        noise = randomness.normal((count, self.dimensions), key)
        return tf.gather(self.centres, modes) + SIGMA * noise

    def batches(self, size: int, seed: int) -> tf.data.Dataset:
        """Returns draws without an end, float32 `(size, dimensions)`, other ones at each step."""
        return tf.data.Dataset.counter().map(lambda step: self.draw(size, seed, step))

    def density(self, x: np.ndarray) -> np.ndarray:
        """Returns the probability density at points on the line, `(count,)`."""
        z = (x[:, None] - self.centres[:, 0]) / SIGMA
        return np.exp(-(z**2) / 2).mean(axis=1) / (SIGMA * math.sqrt(2 * math.pi))

    def coverage(self, samples: np.ndarray) -> Coverage:
        """Counts modes as Srivastava et al. (2017, arXiv:1705.07761, section 4.1), but strictly.

        As there, a sample within three standard deviations of a centre is a good one. There one
        such sample finds a mode; here it takes a tenth of the mode's fair share of all samples.

        Args:
            samples: `(count, dimensions)`.
        """
        distances = np.linalg.norm(samples[:, None] - self.centres, axis=-1)
        good = distances.min(axis=1) <= 3 * SIGMA
        counts = np.bincount(distances.argmin(axis=1)[good], minlength=self.modes)
        enough = max(1, len(samples) / (10 * self.modes))
        return Coverage(int(np.sum(counts >= enough)), float(good.mean()))
