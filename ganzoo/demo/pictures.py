"""Frames of the demo: data, samples, and what the discriminator makes of every place."""

import numpy as np
from PIL import Image, ImageDraw

from ganzoo.demo.mixtures import Mixture

SIDE = 360  # pixels
REACH = 1.6  # of a picture of the plane, from its centre to its sides
DATA, SAMPLES, ANSWERS = (40, 40, 40), (0, 130, 60), (40, 80, 220)
FAKE, REAL = np.array([120, 160, 250.0]), np.array([250, 190, 110.0])


def places(mixture: Mixture) -> np.ndarray:
    """Returns where the discriminator is to be asked for a picture, float32 `(count, dimensions)`.

    On the line, one place for each column of pixels; in the plane, one for each four by four.
    """
    if mixture.dimensions == 1:
        reach = _reach(mixture)
        return np.linspace(-reach, reach, SIDE, dtype=np.float32)[:, None]
    steps = np.linspace(-REACH, REACH, SIDE // 4, dtype=np.float32)
    x, y = np.meshgrid(steps, -steps)
    return np.stack([x.ravel(), y.ravel()], axis=1)


def draw(mixture: Mixture, data, samples, answers) -> np.ndarray:
    """Draws one frame.

    In the plane: data black, samples green, places that D takes for real orange and those that it
    takes for fake blue. On the line, as in figure 1 of Goodfellow et al. (2014, arXiv:1406.2661):
    the density of data black, that of samples green, D's answer blue.

    Args:
        mixture: what the data is drawn from.
        data, samples: points `(count, dimensions)`.
        answers: D's, 0 (fake) to 1 (real), at `places(mixture)`.

    Returns:
        uint8 `(height, width, 3)`.
    """
    if mixture.dimensions == 1:
        return _line(mixture, samples, answers)
    grid = answers.reshape(SIDE // 4, SIDE // 4, 1)
    colours = ((1 - grid) * FAKE + grid * REAL).round().astype(np.uint8)
    picture = Image.fromarray(colours).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    canvas = ImageDraw.Draw(picture)
    for points, colour in ((data, DATA), (samples, SAMPLES)):
        for x, y in (points * [1, -1] / REACH + 1) * SIDE / 2:
            canvas.ellipse((x - 1, y - 1, x + 1, y + 1), fill=colour)
    return np.asarray(picture)


def _line(mixture, samples, answers):
    height, reach = SIDE // 2, _reach(mixture)
    x = places(mixture)[:, 0]
    counts, edges = np.histogram(samples, SIDE // 3, (-reach, reach))
    sampled = np.interp(x, (edges[1:] + edges[:-1]) / 2, counts)
    sampled /= len(samples) * (edges[1] - edges[0])
    density = mixture.density(x)
    picture = Image.new("RGB", (SIDE, height), "white")
    canvas = ImageDraw.Draw(picture)
    scale = 0.7 / density.max()  # leaves room for samples that are too dense
    for values, colour in ((density * scale, DATA), (sampled * scale, SAMPLES), (answers, ANSWERS)):
        rows = (height - 4) * (1 - np.clip(values, 0, 1)) + 2
        canvas.line(list(enumerate(rows.tolist())), fill=colour, width=2)
    return np.asarray(picture)


def _reach(mixture):
    return float(mixture.centres.max()) + 0.6
