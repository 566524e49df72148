"""From what is given as a dataset to batches."""

from ganzoo.data.loading import ONLY_FOR, load_dataset, open_pipeline
from ganzoo.data.pipeline import Pipeline

__all__ = [
    "ONLY_FOR",
    "Pipeline",
    "load_dataset",
    "open_pipeline",
]
