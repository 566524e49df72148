"""Images of a model's latents, a batch at a time."""

from collections.abc import Iterator, Sequence

import numpy as np

from ganzoo.priors import truncated

BATCH_SIZE = 64


def sampled(
    model,
    count: int,
    *,
    seed: int = 0,
    labels: Sequence[int] | None = None,
    truncation: float = 1.0,
    batch_size: int = BATCH_SIZE,
) -> Iterator[np.ndarray]:
    """Yields batches of images of the seeds from `seed` on.

    Args:
        model: a model that samples from seeds (`latents_of_seeds`).
        count: how many images in all.
        seed: the first image's.
        labels: of a model with labels, the classes: image i is of `labels[i % len(labels)]`.
        truncation: what `ganzoo.priors.truncated` makes of latents; 1 leaves them as they are.
        batch_size: images in a batch; the last may have fewer.

    Yields:
        float32 `(batch, height, width, channels)` in [-1, 1].
    """
    for start in range(0, count, batch_size):
        numbers = np.arange(start, min(start + batch_size, count))
        inputs = model.latents_of_seeds(seed + numbers)
        if truncation != 1:
            inputs = truncated(inputs, model.prior.mean, truncation)
        if labels is not None and len(labels):
            inputs = inputs, np.asarray(labels)[numbers % len(labels)]
        yield model.predict_on_batch(inputs)
