"""Sliced Wasserstein distance of patches (Karras et al., 2018, arXiv:1710.10196, section 5).

Images are taken apart into a Laplacian pyramid, whose levels hold structures of one size each. Of
each level random patches of 7x7 pixels are compared: the distance between two sets of them is that
of their projections to lines, which is the mean difference of sorted values, over random lines. It
needs no network that has been trained on other images.
"""

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.ranges import to_uint8
from ganzoo.metrics.batches import float_batches
from ganzoo.metrics.results import Result

PATCH, PATCHES = 7, 128  # the side of a patch, and how many of each image and level
SMALLEST = 16  # side of the last level
LINES, LINES_AT_A_TIME = 512, 32
_BATCH = 256
_BINOMIAL = np.array([1.0, 4.0, 6.0, 4.0, 1.0], np.float32) / 16.0


def sliced_wasserstein(reals, fakes, seed: int = 0) -> Result:
    """Returns the distance between patches of reals and of fakes, times 1,000; lower is better.

    The paper's is of 16,384 images of each kind. `swd` is the mean over levels, `swd_SIDE` that of
    one; `swd_floor` is what two draws of patches from the same real images have between them, below
    which a distance says nothing.

    Args:
        reals, fakes: iterables of batches of images of one shape, float in [-1, 1], with sides of
            16 at least. Of the larger set the first are taken.
        seed: of patches and lines.

    Raises:
        InputError: if images are of another kind, or of different shapes.
    """
    reals, fakes = _pixels(reals), _pixels(fakes)
    if reals.shape[1:] != fakes.shape[1:] or min(reals.shape[1:3]) < SMALLEST:
        raise InputError(
            f"Reals and fakes must have one shape, with sides of {SMALLEST} at least. "
            f"Received: {reals.shape[1:]} and {fakes.shape[1:]}"
        )
    count = min(len(reals), len(fakes))
    reals, fakes = reals[:count], fakes[:count]
    distances, floors = {}, []
    for level, side in enumerate(_sides(reals.shape[1:3])):
        draws = [np.random.default_rng((seed, level, which)) for which in range(4)]
        of_reals, of_fakes, again = (
            _patches(images, level, draw)
            for images, draw in zip((reals, fakes, reals), draws, strict=False)
        )
        lines = draws[3].normal(size=(of_reals.shape[1], LINES)).astype(np.float32)
        lines /= np.linalg.norm(lines, axis=0)
        distances[f"swd_{side}"] = 1e3 * _distance(of_reals, of_fakes, lines)
        floors.append(1e3 * _distance(of_reals, again, lines))
    values = {"swd": float(np.mean([*distances.values()])), **distances}
    protocol = {"images": count, "patches": PATCHES, "lines": LINES, "seed": seed}
    return Result("swd", values | {"swd_floor": float(np.mean(floors))}, protocol)


def _pixels(batches):
    images = [to_uint8(batch).numpy() for batch in float_batches(batches)]
    if len({batch.shape[1:] for batch in images}) > 1:
        shapes = sorted({batch.shape[1:] for batch in images})
        raise InputError(f"Images must be of one size. Received: {', '.join(map(str, shapes))}")
    return np.concatenate(images)


def _sides(shape):
    """The height of each level, which is halved as long as there is a whole one of 16 pixels."""
    sides = [shape[0]]
    while all(side % 2 == 0 and side // 2 >= SMALLEST for side in shape):
        shape = [side // 2 for side in shape]
        sides.append(shape[0])
    return sides


def _patches(images, level, draw):
    """Random patches of a level of the pyramids, `(count, values)`, each channel standardised."""
    found = []
    for start in range(0, len(images), _BATCH):
        maps = laplacian_level(images[start : start + _BATCH].astype(np.float32), level)
        windows = np.lib.stride_tricks.sliding_window_view(maps, (PATCH, PATCH), (1, 2))
        rows, columns = (
            draw.integers(0, size, (len(maps), PATCHES)) for size in windows.shape[1:3]
        )
        found.append(windows[np.arange(len(maps))[:, None], rows, columns])
    patches = np.concatenate(found)  # image, patch, channel, row, column
    mean = patches.mean((0, 1, 3, 4), dtype=np.float64, keepdims=True).astype(np.float32)
    patches -= mean
    spread = np.sqrt(np.mean(patches**2, (0, 1, 3, 4), dtype=np.float64, keepdims=True))
    patches /= np.maximum(spread, 1e-8).astype(np.float32)  # of one grey everywhere it is 0
    return patches.reshape(-1, patches[0, 0].size)


def laplacian_level(images: np.ndarray, level: int) -> np.ndarray:
    """Returns a level of images' Laplacian pyramids: what their next smaller ones lack.

    The last level, whose next would be smaller than 16 pixels, is the image that is left.

    Args:
        images: float `(batch, height, width, channels)`.
        level: 0 is of the images' size.
    """
    last = len(_sides(images.shape[1:3])) - 1
    for _ in range(level):
        images = _smaller(images)
    return images if level == last else images - _larger(_smaller(images))


def _smaller(images):
    return _blurred(images)[:, ::2, ::2]


def _larger(images):
    batch, height, width, channels = images.shape
    zeros = np.zeros((batch, 2 * height, 2 * width, channels), images.dtype)
    zeros[:, ::2, ::2] = images
    return 4.0 * _blurred(zeros)


def _blurred(images):
    """Binomial weights over five pixels along each axis, with a mirror at the border."""
    for axis in (1, 2):
        reach = [(2, 2) if axis == other else (0, 0) for other in range(4)]
        padded = np.pad(images, reach, mode="reflect")
        parts = np.lib.stride_tricks.sliding_window_view(padded, 5, axis)
        images = parts @ _BINOMIAL
    return images


def _distance(patches, others, lines):
    """The mean over lines of the distance between two sets of as many points on each."""
    found = []
    for start in range(0, lines.shape[1], LINES_AT_A_TIME):
        some = lines[:, start : start + LINES_AT_A_TIME]
        one, other = (np.sort(points @ some, axis=0) for points in (patches, others))
        found.append(np.mean(np.abs(one - other), dtype=np.float64))
    return float(np.mean(found))
