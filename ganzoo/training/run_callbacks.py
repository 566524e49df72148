"""The callbacks of a run: what is written into its folder while it trains."""

import functools

import keras

from ganzoo import callbacks
from ganzoo.callbacks.checkpoints import RestoreMetrics
from ganzoo.evaluation.measurement import Measurement
from ganzoo.runs.folder import Run
from ganzoo.training.plan import Plan


def callbacks_of(plan: Plan) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that write a run, in the order in which `fit` calls them.

    They go on from the states that the plan restored.
    """
    settings, run = plan.config.run, plan.run
    examples = plan.pipeline.first_examples(settings.sample_count)
    health = callbacks.Health(
        examples,
        settings.health_every,
        path=run.health_path,
        log_dir=run.tensorboard / "health",
        checkpoints=run.checkpoints,
    )
    # Health comes first, so that nothing writes down a loss that is NaN or infinite.
    stateful = {
        "health": health,
        "log": callbacks.TrainingLog(run.log_path, settings.log_every),
        "tensorboard": callbacks.TensorBoard(run.tensorboard / "train", settings.log_every),
    }
    checkpoints = callbacks.Checkpoints(
        run.checkpoints,
        settings.checkpoint_every,
        settings.checkpoint_minutes,
        settings.keep_checkpoints,
        stateful,
        best=_keep_best(plan),
    )
    for name, callback in checkpoints.stateful.items():
        if name in plan.restored.states:
            callback.set_state(plan.restored.states[name])
    samples = callbacks.SampleGrids(
        run.samples, examples, settings.sample_every, log_dir=run.tensorboard / "samples"
    )
    restore = RestoreMetrics(plan.restored.metrics)
    return [restore, *checkpoints.stateful.values(), samples, checkpoints]


def _keep_best(plan):
    measurement = plan.measurement
    if measurement is None:
        return None
    return callbacks.KeepBest(
        functools.partial(_score, plan.run, measurement),
        plan.config.run.evaluate_every,
        measurement.higher_is_better,
        measurement.metrics[0],
    )


def _score(run: Run, measurement: Measurement, model: keras.Model) -> float:
    """Measures the model, records all results, and returns the score that the best is chosen by."""
    results = measurement(model)
    run.record(int(model.step.numpy()), results)
    return measurement.score(results)
