"""What latents are drawn from, and what follows from it: the way between two of them, truncation.

A model that samples from noise states its prior once, as `prior`, and draws from nothing else: in
training by `draw`, for samples by `of_seeds`. A prior also has its `mean`, its bounds `low` and
`high`, and the `path` between two draws.
"""

import math
from dataclasses import asdict, dataclass

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.randomness import noise

PATHS = ("spherical", "linear")
# Directions closer than this to opposite (in radians) leave it to rounding which arc joins them.
_OPPOSITE = 1e-3


@dataclass(frozen=True)
class Normal:
    """N(0, 1) in each component: nearly all draws have about the same norm, sqrt(latent_dim)."""

    mean = 0.0
    path = "spherical"
    low, high = -math.inf, math.inf

    def draw(self, shape, noise_key) -> tf.Tensor:
        """Returns latents, float32, for this replica's part of the global batch.

        Args:
            shape: `(batch, latent_dim)` of this replica's part, a tuple or a tensor.
            noise_key: what `randomness.key` returned.
        """
        return noise.normal(shape, noise_key)

    def of_seeds(self, seeds, size: int) -> tf.Tensor:
        """Returns latents, float32 `(len(seeds), size)`, each a function of its own seed.

        Args:
            seeds: integers `(count,)`. A seed gives the same row whatever it is asked for with.
            size: the length of a row.
        """
        return noise.normal_by_seed(seeds, size)

    def __str__(self):
        return "N(0, 1)"


@dataclass(frozen=True)
class Uniform:
    """Uniform in [low, high] in each component: a cube, which holds every straight line."""

    low: float
    high: float
    path = "linear"

    @property
    def mean(self) -> float:
        return (self.low + self.high) / 2

    def draw(self, shape, noise_key) -> tf.Tensor:
        """Returns latents, as `Normal.draw` does."""
        return self._scaled(noise.uniform(shape, noise_key))

    def of_seeds(self, seeds, size: int) -> tf.Tensor:
        """Returns latents, each a function of its own seed, as `Normal.of_seeds` does."""
        return self._scaled(noise.uniform_by_seed(seeds, size))

    def _scaled(self, uniforms):
        """U(0, 1) noise in the prior's bounds."""
        if (self.low, self.high) == (0.0, 1.0):
            return uniforms  # to the last bit, which the way by the mean would round
        return self.mean + (self.high - self.low) / 2 * (2.0 * uniforms - 1.0)

    def __str__(self):
        return f"uniform in [{self.low:.3g}, {self.high:.3g}]"


@dataclass(frozen=True)
class Mapped:
    """What a network makes of draws of a prior, such as StyleGAN's w: its mean alone is known.

    Args:
        mean: a number for each component.
    """

    mean: tuple[float, ...]
    path = "linear"
    low, high = -math.inf, math.inf

    def __str__(self):
        return "what a network makes of draws of a prior"


# The distributions that latents can have: what a model draws, or what it makes of that.
LatentSpace = Normal | Uniform | Mapped


def to_json(latent_space: LatentSpace | None) -> dict | None:
    """Returns a distribution as what `json` can write; None if it is none of these."""
    if not isinstance(latent_space, LatentSpace):
        return None
    return {"distribution": type(latent_space).__name__, "bounds": asdict(latent_space)}


def from_json(stored: dict | None) -> LatentSpace | None:
    """Returns the distribution that `to_json` was given."""
    if stored is None:
        return None
    kinds = {kind.__name__: kind for kind in (Normal, Uniform, Mapped)}
    return kinds[stored["distribution"]](**stored["bounds"])


def truncated(latents, mean: float | tuple[float, ...], truncation):
    """Returns m + t (z - m): latents moved towards their distribution's mean m.

    What Karras et al. (2019, arXiv:1812.04948, appendix B) do in their space of styles.

    Args:
        latents: z, `(batch, latent_dim)`.
        mean: m.
        truncation: t, a number, or `(batch, 1)`: 1 changes nothing, 0 leaves the mean alone.
    """
    return mean + truncation * (latents - mean)


def between(start, end, shares, path: str) -> np.ndarray:
    """Returns latents on the way from `start` to `end`.

    `"linear"` is the straight line. `"spherical"` turns the direction at a constant rate along the
    great arc (slerp: Shoemake, 1985, "Animating rotation with quaternion curves") and changes the
    norm linearly, so that what lies between two draws of a normal prior has the norm of a draw,
    where the middle of a straight line would be too short by sqrt(2).

    Args:
        start, end: `(..., latent_dim)`.
        shares: how far along, `(count,)`: 0 is `start`, 1 is `end`.
        path: `"spherical"` or `"linear"`.

    Returns:
        float32 `(count, ..., latent_dim)`.

    Raises:
        InputError: on a spherical path between opposite latents, which no arc joins rather than
            another.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    shares = np.asarray(shares, np.float64).reshape(-1, *[1] * start.ndim)
    line = (1 - shares) * start + shares * end
    if path == "linear":
        return line.astype(np.float32)
    norms = [np.linalg.norm(z, axis=-1, keepdims=True) for z in (start, end)]
    # A latent of norm zero has no direction to turn: the way from it is straight.
    has_direction = (norms[0] > 0) & (norms[1] > 0)
    a, b = (z / np.where(norm > 0, norm, 1) for z, norm in zip((start, end), norms, strict=True))
    # Exact for small angles, unlike the arc cosine of the dot product.
    chord, sum_ = (np.linalg.norm(v, axis=-1, keepdims=True) for v in (a - b, a + b))
    angle = 2 * np.arctan2(chord, sum_)
    if np.any(has_direction & (angle > np.pi - _OPPOSITE)):
        raise InputError(
            "No one arc joins latents of opposite directions: put a waypoint between them, or take "
            f'the path "linear". Received: an angle of {np.degrees(angle.max()):.2f} degrees'
        )
    sine = np.sin(angle)
    curved = has_direction & (sine > 1e-9)
    sine = np.where(curved, sine, 1)
    direction = (np.sin((1 - shares) * angle) * a + np.sin(shares * angle) * b) / sine
    norm = (1 - shares) * norms[0] + shares * norms[1]
    return np.where(curved, norm * direction, line).astype(np.float32)
