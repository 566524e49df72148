"""The settings of training itself: how long, on which devices, and what it writes how often."""

import typing
from dataclasses import dataclass

from ganzoo.errors import InputError

DTYPES = {"float32": "float32", "bfloat16": "mixed_bfloat16", "float16": "mixed_float16"}
Precision = typing.Literal[tuple(DTYPES)]
Distribution = typing.Literal["auto", "none", "mirrored", "multi-worker", "tpu"]

# No paper decides these, but the machine and whoever uses it: no preset names them.
MACHINE_SETTINGS = {
    "seed", "init_from", "freeze_discriminator",
    "background", "skip_bad_images", "data_dir", "cache", "cache_gib",
    "precision", "distribute", "worker_timeout",
    "evaluate_every", "evaluate_metrics", "evaluate_images", "evaluate_extractor",
    "checkpoint_every", "checkpoint_minutes", "keep_checkpoints",
}  # fmt: skip


@dataclass(frozen=True)
class RunSettings:
    """What training needs to know beyond model, optimizers and data.

    Args:
        epochs: passes over the data.
        steps: training steps in all; if given, `epochs` has no effect.
        init_from: run folder, or name of a pretrained run (`dcgan/sample`), whose newest weights
            this run starts from, or those of the layers that fit; its optimizers start fresh.
        freeze_discriminator: how many of each discriminator's first layers keep the weights of
            `init_from` (FreezeD; Mo et al., 2020, arXiv:2002.10964).
        precision: what the networks compute in; weights, losses and last layers are float32.
        distribute: the devices, each of which trains on its part of the batch: `"mirrored"` is
            every GPU of the machine, `"multi-worker"` those of several processes, `"tpu"` a TPU,
            `"none"` one device; `"auto"` is mirrored where there are several GPUs that divide the
            batch evenly, otherwise none.
        worker_timeout: seconds to wait for the other workers.
        log_every: steps between rows of `log.csv` and TensorBoard points.
        sample_every: steps between sample grids.
        sample_count: examples in a sample grid; of a translator each is a row.
        health_every: steps between health checks.
        evaluate_every: steps between evaluations in training, which also keep the best checkpoint;
            None: none.
        evaluate_metrics: names of metrics, separated by commas; the first decides which checkpoint
            is best. None: the default ones for the model, `evaluation.choices.default_metrics`.
        evaluate_images: number of generated images, and of real ones, in an evaluation.
        evaluate_extractor: network for image features, as `metrics.open_extractor` takes it. None:
            that for the dataset, `evaluation.choices.default_extractor`.
        checkpoint_every: steps between checkpoints.
        checkpoint_minutes: the most minutes between checkpoints; ends of epochs count too.
        keep_checkpoints: how many of the newest checkpoints are kept.

    Raises:
        InputError: for a count below 1, or minutes or seconds that are not above 0.
    """

    epochs: int = 25
    steps: int | None = None
    init_from: str | None = None
    freeze_discriminator: int = 0
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
    evaluate_extractor: str | None = None
    checkpoint_every: int = 10_000
    checkpoint_minutes: float = 10.0
    keep_checkpoints: int = 3

    def __post_init__(self):
        for name, value in vars(self).items():
            least = 0 if name == "freeze_discriminator" else 1
            if isinstance(value, int) and value < least:
                raise InputError(f"{name} must be at least {least}. Received: {value}")
        for name in ("checkpoint_minutes", "worker_timeout"):
            if getattr(self, name) <= 0:
                raise InputError(f"{name} must be above 0. Received: {getattr(self, name)}")
