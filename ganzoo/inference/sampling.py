"""Images of a model's latents, a batch at a time."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

BATCH_SIZE = 64


def sampled(
    model,
    count: int,
    *,
    seed: int = 0,
    labels: Sequence | None = None,
    truncation: float = 1.0,
    batch_size: int = BATCH_SIZE,
) -> Iterator[np.ndarray]:
    """Yields batches of images of the seeds from `seed` on.

    Args:
        model: a model that samples from seeds (`latents_of_seeds`).
        count: how many images in all.
        seed: the first image's.
        labels: of a model with labels, as `inference.sources.checked_labels` returns them, or an
            array of these: image i is of `labels[i % len(labels)]`.
        truncation: of the model's `truncate`; 1 leaves latents as they are.
        batch_size: images in a batch; the last may have fewer.

    Yields:
        float32 `(batch, height, width, channels)` in [-1, 1].
    """

    def latents_of(numbers):
        latents = model.latents_of_seeds(seed + numbers)
        return latents if truncation == 1 else model.truncate(latents, truncation)

    return batches_of(model, latents_of, count, labels, batch_size)


def batches_of(
    model,
    latents_of: Callable[[np.ndarray], np.ndarray],
    count: int,
    labels=None,
    batch_size: int = BATCH_SIZE,
) -> Iterator[np.ndarray]:
    """Yields batches of images of latents: `sampled` of other latents than those of seeds.

    Args:
        latents_of: takes the numbers of images, from 0 on, `(batch,)`, and returns their latents
            `(batch, latent_dim)`.
        model, count, labels, batch_size: as in `sampled`; labels may be rows of weights of classes,
            floats `(labels, num_classes)`.
    """
    labels = np.asarray([] if labels is None else labels)
    if labels.dtype.kind == "f":
        labels = labels.astype(np.float32)
    for start in range(0, count, batch_size):
        numbers = np.arange(start, min(start + batch_size, count))
        inputs = latents_of(numbers)
        if len(labels):
            inputs = inputs, labels[numbers % len(labels)]
        yield model.predict_on_batch(inputs)
