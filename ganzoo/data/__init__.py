"""From what is given as a dataset to batches: the way of an image.

1. `sources/` opens a name, folder, file or array as examples in one order: one class each.
2. `reading` goes through the examples once, and finds those that cannot be read.
3. `preprocessing` brings each to the one shape that is cached, as the kinds of its parts say.
4. `caching` writes the results to memory or to files, or caches no images at all.
5. `examples` returns any of them, cached or decoded again, cropped and mirrored for a batch.
6. `pipeline` makes batches of those of one or two `domains`: their order and augmentation are a
   function of (seed, epoch, index).

`loading` takes these steps, with the arguments of `load_dataset`, checked in `settings`. `tfds/`
downloads and prepares TensorFlow Datasets, and has a builder of our own.
"""

from ganzoo.data.loading import load_dataset, open_pipeline
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.settings import DataSettings

__all__ = [
    "DataSettings",
    "Pipeline",
    "load_dataset",
    "open_pipeline",
]
