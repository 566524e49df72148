"""What training needs to know beyond model, optimizers and data."""

import typing
from dataclasses import dataclass

from ganzoo.errors import InputError

DTYPES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}
Precision = typing.Literal[tuple(DTYPES)]
Distribution = typing.Literal["auto", "none", "mirrored", "multi-worker", "tpu"]

# No paper decides these, but the machine and whoever uses it: no preset names them.
MACHINE_SETTINGS = {
    "seed", "init_from", "skip_bad_images", "data_dir", "cache", "cache_gib",
    "precision", "distribute", "worker_timeout",
    "evaluate_every", "evaluate_metrics", "evaluate_images", "evaluate_extractor",
    "checkpoint_every", "checkpoint_minutes", "keep_checkpoints",
}  # fmt: skip


@dataclass(frozen=True)
class RunSettings:
    """What training needs to know beyond model, optimizers and data.

    Args:
        epochs: passes over the data.
        steps: training steps in all; where it is given, `epochs` does not count.
        init_from: a run folder with whose newest weights this run begins; optimizers begin anew.
        precision: what the networks compute in; weights, losses and last layers are float32.
        distribute: what trains, each device on its part of the batch: `"mirrored"` every GPU of the
            machine, `"multi-worker"` those of several processes, `"tpu"`, or `"none"`, one device;
            `"auto"` is mirrored where there are several GPUs that divide the batch, otherwise none.
        worker_timeout: seconds that the other workers may take to come.
        log_every: steps between two rows of `log.csv` and two TensorBoard points.
        sample_every: steps between two sample grids.
        sample_count: images in a sample grid.
        health_every: steps between two looks at whether both players still play.
        evaluate_every: steps between two evaluations in training, which make the best checkpoint
            known and keep it; None: there are none.
        evaluate_metrics: which, with commas; the best checkpoint is that of the first. None: the
            model's usual ones, `measuring.DEFAULTS`.
        evaluate_images: how many images are made, and as many real ones taken.
        evaluate_extractor: what makes features of images, as `metrics.open_extractor` takes it.
        checkpoint_every: steps between two checkpoints.
        checkpoint_minutes: the most minutes between two; ends of epochs count too.
        keep_checkpoints: how many of the newest checkpoints are kept.
    """

    epochs: int = 25
    steps: int | None = None
    init_from: str | None = None
    precision: Precision = "float32"
    distribute: Distribution = "auto"
    worker_timeout: float = 300.0
    log_every: int = 50
    sample_every: int = 250
    sample_count: int = 64
    health_every: int = 200
    evaluate_every: int | None = None
    evaluate_metrics: str | None = None
    evaluate_images: int = 1000
    evaluate_extractor: str = "inception"
    checkpoint_every: int = 10_000
    checkpoint_minutes: float = 10.0
    keep_checkpoints: int = 3

    def __post_init__(self):
        for name, value in vars(self).items():
            if isinstance(value, int) and value < 1:
                raise InputError(f"{name} must be at least 1. Received: {value}")
        for name in ("checkpoint_minutes", "worker_timeout"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above 0. Received: {getattr(self, name)}")
