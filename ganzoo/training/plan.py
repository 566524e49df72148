"""What one training is made of: known before its first step, and the same until its last."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import tensorflow as tf

from ganzoo.config.config import Config
from ganzoo.data.pipeline import Pipeline
from ganzoo.evaluation.measurement import Measurement
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import Run


@dataclass(frozen=True)
class Restored:
    """What a checkpoint holds beyond the weights and optimizers, which are in the model by then.

    Attributes:
        step: how many steps the model has been trained for.
        metrics: the values of each metric's variables by its name, where they belong to an epoch
            that goes on.
        states: of the callbacks, by the names under which `Checkpoints` saves them.
    """

    step: int = 0
    metrics: Mapping[str, list[float]] = field(default_factory=dict)
    states: Mapping[str, dict] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """One training, prepared: what trains on what, from which step to which, and where it goes.

    Attributes:
        run: its folder, which need not exist yet.
        config: its settings.
        recorded: the settings that the run was trained with before; None for a new run.
        model: compiled, with the weights to begin with.
        pipeline: of the training images.
        data: their fingerprint.
        restored: what the run's newest checkpoint holds beyond the weights.
        total_steps: at which training ends, counted from the model's creation; not below
            `restored.step`.
        measurement: evaluates the model in training; None where nothing does.
    """

    run: Run
    config: Config
    recorded: Config | None
    model: GANModel
    pipeline: Pipeline
    data: dict
    restored: Restored
    total_steps: int
    measurement: Measurement | None

    @property
    def strategy(self) -> tf.distribute.Strategy:
        """What the model is trained under."""
        return self.model.distribute_strategy

    @property
    def is_done(self) -> bool:
        """Whether no step is left to train."""
        return self.restored.step == self.total_steps
