"""One part of a pipeline's batches, such as its images."""

from collections.abc import Iterator

import numpy as np

from ganzoo.data.pipeline import Pipeline


class Part:
    """Batches of one part of a pipeline's elements, of the first `count` examples or of all."""

    def __init__(self, pipeline: Pipeline, part: int, count: int | None = None):
        self.pipeline, self.part = pipeline, part
        # The smaller of two domains is repeated until the larger one ends.
        size = pipeline.sizes[part if pipeline.batch_format.independent else 0]
        self.count = size if count is None else min(count, size)

    def __iter__(self) -> Iterator[np.ndarray]:
        left = self.count
        for batch in self.pipeline.epochs():
            images = batch[self.part] if isinstance(batch, tuple) else batch
            yield images[:left].numpy()
            left -= len(images)
            if left <= 0:
                return
