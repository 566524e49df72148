"""Callbacks for `fit`, of any `GANModel`: in ganzoo's own runs and in a user's script alike."""

from ganzoo.callbacks.checkpoints import Checkpoints
from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.callbacks.health import Health
from ganzoo.callbacks.keep_best import KeepBest
from ganzoo.callbacks.logs import TensorBoard, TrainingLog
from ganzoo.callbacks.progress import Progress
from ganzoo.callbacks.samples import SampleGrids
from ganzoo.saving.checkpoint_folders import best_checkpoint, newest_checkpoint, set_aside_newer
from ganzoo.saving.checkpoints import restore_checkpoint, restore_newest

__all__ = [
    "Checkpoints",
    "EverySteps",
    "Health",
    "KeepBest",
    "Progress",
    "SampleGrids",
    "TensorBoard",
    "TrainingLog",
    "best_checkpoint",
    "newest_checkpoint",
    "restore_checkpoint",
    "restore_newest",
    "set_aside_newer",
]
