"""A training's plan, put together from its settings: model, data, what a checkpoint holds."""

import logging

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.config.config import Config
from ganzoo.data.fingerprints import changes, fingerprint
from ganzoo.data.loading import open_pipeline
from ganzoo.data.pipeline import Pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError, ResourceError
from ganzoo.evaluation.measurement import Measurement
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import create_from_config, missing_networks
from ganzoo.saving.checkpoints import restore_newest
from ganzoo.training.distributed import strategies
from ganzoo.training.freezing import check_taken, freeze_first_layers
from ganzoo.training.plan import Plan, Restored
from ganzoo.training.transfer import take_weights

logger = logging.getLogger(__name__)


def prepare(
    run: Run, config: Config, recorded: Config | None = None, changed_data: bool = False
) -> Plan:
    """Returns the plan of a training. Whatever can be wrong with its input shows here.

    Nothing is written to the run's folder. The workers of one training call it together.

    Args:
        run: the run to write, or to go on with from its newest checkpoint.
        config: its settings.
        recorded: the settings that the run has been trained with so far, if any.
        changed_data: whether it may go on with other data than it was trained on.

    Raises:
        InputError: for settings that do not fit together, an end that the run is beyond, or data
            that has changed.
        ResourceError: for data that cannot be had, checkpoints none of which is complete, or a
            worker that does not come or is gone.
    """
    config.with_absolute_paths()  # it is these that the run's config.yaml will have
    randomness.seed_initializers(config.values["seed"])
    strategy = strategies.strategy(
        config.run.distribute, config.values["batch_size"], config.run.worker_timeout
    )
    with strategies.worker_lost(strategy):
        model, pipeline, frozen = _model_and_data(run, config, strategy)
        data = fingerprint(pipeline)
        if recorded is not None and not changed_data:
            _check_data(run, config, data)
        is_chief = strategies.is_chief(config.run.distribute)
        measurement = _measurement(config, model) if is_chief else None
        restored = restore(run, model, pipeline.steps_per_epoch)
        total_steps = _total_steps(config, pipeline)
        _check_end(run, restored.step, total_steps, recorded and _total_steps(recorded, pipeline))
        if restored.step == 0:
            model.adapt(pipeline.epochs())
            # An imported run has no checkpoint yet, and begins with what was imported.
            has_weights = run.imported_path.exists() or run.weights_path.exists()
            begin_with = run.folder if has_weights else config.run.init_from
            taken = [] if begin_with is None else take_weights(model, begin_with)
            check_taken(frozen, taken)
    return Plan(run, config, recorded, model, pipeline, data, restored, total_steps, measurement)


def _check_data(run: Run, config: Config, data: dict) -> None:
    """Checks that the data is what the run was trained on, where that was written down."""
    before = run.data()
    if before is not None and (found := changes(before, data)):
        raise InputError(
            f"The data is not what the run was trained on: {'; '.join(found)}. To go on with it, "
            "resume with changed_data=True (--changed-data). "
            f"Received: {config.values['dataset']!r}"
        )


def _model_and_data(
    run: Run, config: Config, strategy: tf.distribute.Strategy
) -> tuple[GANModel, Pipeline, list[keras.Layer]]:
    """Returns the compiled model, the pipeline of its data, and the layers that are frozen."""
    with strategy.scope():
        model = create_from_config(config)
    model.check_batch_size(config.values["batch_size"])
    frozen = freeze_first_layers(model, config.run.freeze_discriminator)
    if missing := missing_networks(model, run):
        raise InputError(
            f"All networks are needed for training, and the run lacks its {', '.join(missing)}: it "
            f"came without. Received: {str(run.folder)!r}"
        )
    data = DataSettings(**config.arguments(DataSettings), shuffle=True)
    pipeline = open_pipeline(
        config.values["dataset"],
        model.batch_format,
        data,
        batches_per_step=model.batches_per_step,
    )
    settings = config.arguments(model.default_optimizers)
    with strategy.scope():
        model.compile(*model.paper_optimizers(steps_per_epoch=pipeline.steps_per_epoch, **settings))
    if pipeline.num_classes and pipeline.num_classes > model.num_classes:
        raise InputError(
            f"The labels of {config.values['dataset']!r} go up to {pipeline.num_classes - 1}, so "
            f"num_classes must be at least {pipeline.num_classes}. Received: {model.num_classes}"
        )
    return model, pipeline, frozen


def _measurement(config: Config, model: GANModel) -> Measurement | None:
    """Returns what evaluates training, or None where it is not to be."""
    settings = config.run
    if settings.evaluate_every is None:
        return None
    names = settings.evaluate_metrics
    return Measurement(
        config,
        names and [name.strip() for name in names.split(",")],
        model=model,
        count=settings.evaluate_images,
        extractor=settings.evaluate_extractor,
    )


def restore(run: Run, model: GANModel, steps_per_epoch: int) -> Restored:
    """Puts the run's newest complete checkpoint into the model, and returns the rest of it.

    Raises:
        ResourceError: if there are checkpoints and none is complete, or the workers see different
            ones.
    """
    found = restore_newest(model, run.checkpoints)
    restored = Restored(**found) if found is not None else Restored()
    steps = strategies.all_gather(model.distribute_strategy, restored.step)
    if len(set(steps)) > 1:
        raise ResourceError(
            "All workers must see the run's checkpoints, on a file system that they share. "
            f"Received: {str(run.folder)!r}, at the steps {', '.join(map(str, steps))}"
        )
    if restored.step % steps_per_epoch == 0:  # the next epoch begins, with means of its own
        return Restored(restored.step, states=restored.states)
    return restored


def _total_steps(config: Config, pipeline: Pipeline) -> int:
    """Returns the step at which a training with these settings ends."""
    return config.run.steps or config.run.epochs * pipeline.steps_per_epoch


def _check_end(run: Run, step: int, total_steps: int, total_before: int | None) -> None:
    if total_steps < step:
        raise InputError(
            f"The run is at step {step} already, and cannot end at step {total_steps}. "
            f"Received: {str(run.folder)!r}"
        )
    if total_before not in (None, total_steps):
        logger.info("The run was to end at step %d, and now ends at %d", total_before, total_steps)
