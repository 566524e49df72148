"""Images against their targets: L1, PSNR, SSIM and MS-SSIM."""

import math
from collections.abc import Callable, Iterable

import numpy as np

from ganzoo.errors import InputError
from ganzoo.images.ranges import to_unit
from ganzoo.metrics.batches import checked
from ganzoo.metrics.results import Result

WINDOW, SIGMA = 11, 1.5  # of SSIM's Gaussian, in pixels
C1, C2 = 0.01**2, 0.03**2  # for images of 0 to 1
SCALE_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def paired(pairs: Iterable, name: str = "paired", **more) -> Result:
    """Returns the means over images of their L1 distance, PSNR, SSIM and MS-SSIM.

    * `l1`: mean |output - target|, in [-1, 1], as in the Pix2Pix objective; lower is better.
    * `psnr`: 10 log10(1 / MSE), in dB, of images from 0 to 1; infinite where an image is exact.
    * `ssim`, `ms_ssim`: see the functions; 1 is exact.

    Args:
        pairs: an iterable of `(outputs, targets)`, float `(batch, height, width, 1 or 3)` in
            [-1, 1], both of one shape. One pass, and only sums are kept.
        name: of the result.
        more: what else belongs to the protocol.

    Raises:
        InputError: if images are of another kind, smaller than SSIM's window, or not in pairs.
    """
    count, sums = 0, dict.fromkeys(("l1", "psnr", "ssim", "ms_ssim"), 0.0)
    for outputs, targets in pairs:
        outputs, targets = checked(outputs, count), checked(targets, count)
        if outputs.shape != targets.shape:
            raise InputError(
                "Outputs and targets must be of one shape. "
                f"Received: {outputs.shape} and {targets.shape}"
            )
        difference = outputs.astype(np.float64) - targets
        sums["l1"] += abs(difference).sum() / math.prod(outputs.shape[1:])
        sums["psnr"] += psnr(outputs, targets).sum()
        sums["ssim"] += ssim(outputs, targets).sum()
        sums["ms_ssim"] += ms_ssim(outputs, targets).sum()
        count += len(outputs)
    if not count:
        raise InputError("There are no pairs to measure. Received: no batches, or empty ones")
    values = {name: float(total / count) for name, total in sums.items()}
    return Result(name, values, {"images": count, **more})


def psnr(images: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Returns 10 log10(1 / MSE) of images from 0 to 1, in dB, float64 `(batch,)`.

    It is infinite where an image is exact.

    Args:
        images, targets: float `(batch, height, width, channels)` in [-1, 1].
    """
    squares = ((images.astype(np.float64) - targets) ** 2).mean((1, 2, 3)) / 4.0
    with np.errstate(divide="ignore"):
        return -10.0 * np.log10(squares)


def cycle_reconstruction(batches: Iterable, there: Callable, back: Callable) -> Result:
    """Returns how well a cycle reconstructs images: `paired` of back(there(x)) and x.

    Its `l1` is the cycle-consistency loss of CycleGAN (arXiv:1703.10593, eq. 2), one direction's,
    without lambda.

    Args:
        batches: images as of `paired`, in one domain.
        there, back: functions of a batch, from the domain and back to it.
    """
    return paired(((back(there(images)), images) for images in batches), "cycle_reconstruction")


def ssim(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the structural similarity of each pair, float64 `(batch,)`.

    Wang et al., "Image Quality Assessment", IEEE TIP 13(4), 2004, eq. 13, with its Gaussian window
    of 11 pixels and sigma 1.5, the window inside the image, and the mean over channels.

    Args:
        first, second: float `(batch, height, width, channels)` in [-1, 1], sides of 11 at least.
    """
    if min(first.shape[1:3]) < WINDOW:
        raise InputError(
            f"SSIM's window takes {WINDOW} pixels. "
            f"Received: images of {first.shape[1]}x{first.shape[2]}"
        )
    first, second = (to_unit(images.astype(np.float64)) for images in (first, second))
    return _similarities(first, second)[0].mean(-1)


def ms_ssim(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Returns the multi-scale structural similarity of each pair, float64 `(batch,)`.

    Wang et al., "Multi-scale structural similarity", Asilomar 2003, eq. 7, five scales with the
    paper's weights. Below 176 pixels the smallest scales are smaller than the window, which then
    shrinks with its sigma, as Odena et al. (arXiv:1610.09585) had it at 128; values of different
    sizes cannot be compared.

    Args:
        first, second: float `(batch, height, width, channels)` in [-1, 1], sides of 16 at least.
    """
    if min(first.shape[1:3]) < 16:
        raise InputError(
            "MS-SSIM halves images four times: they need 16 pixels. "
            f"Received: images of {first.shape[1]}x{first.shape[2]}"
        )
    first, second = (to_unit(images.astype(np.float64)) for images in (first, second))
    product = 1.0
    for scale, weight in enumerate(SCALE_WEIGHTS):
        if scale:
            first, second = _halved(first), _halved(second)
        similarity, structure = _similarities(first, second)
        last = scale == len(SCALE_WEIGHTS) - 1
        # Below 0, where structures are opposite, there is no power.
        product = product * np.maximum(similarity if last else structure, 0.0) ** weight
    return product.mean(-1)


def _similarities(first, second):
    """Returns SSIM and its contrast-structure part, means over places, `(batch, channels)`."""
    size = min(WINDOW, *first.shape[1:3])
    places = np.arange(size) - (size - 1) / 2
    window = np.exp(-0.5 * (places / (SIGMA * size / WINDOW)) ** 2)
    window /= window.sum()

    def blurred(images):
        for axis in (1, 2):
            length = images.shape[axis] - size + 1
            parts = (images.take(range(k, k + length), axis) * w for k, w in enumerate(window))
            images = sum(parts)
        return images

    mean_1, mean_2 = blurred(first), blurred(second)
    variances = blurred(first**2 + second**2) - mean_1**2 - mean_2**2
    covariance = blurred(first * second) - mean_1 * mean_2
    structure = (2.0 * covariance + C2) / (variances + C2)
    luminance = (2.0 * mean_1 * mean_2 + C1) / (mean_1**2 + mean_2**2 + C1)
    return (luminance * structure).mean((1, 2)), structure.mean((1, 2))


def _halved(images):
    """Means of 2x2 pixels; an odd side's last pixels count twice."""
    height, width = images.shape[1:3]
    images = np.pad(images, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), "symmetric")
    rows = images[:, ::2] + images[:, 1::2]
    return (rows[:, :, ::2] + rows[:, :, 1::2]) / 4.0
