"""What training needs, made from a config: model, data, callbacks, what measures."""

import functools
import inspect

from ganzoo import callbacks, randomness
from ganzoo.callbacks.checkpoints import RestoreMetrics
from ganzoo.data.loading import open_pipeline
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError
from ganzoo.evaluation.measurement import Measurement
from ganzoo.runs.loading import create_from_config, load_run
from ganzoo.training.distributed import strategies


def prepare(config):
    """Returns the compiled model and the pipeline of its data."""
    randomness.seed_initializers(config.values["seed"])
    strategy = strategies.strategy(
        config.values["distribute"], config.values["batch_size"], config.values["worker_timeout"]
    )
    with strategy.scope():
        model = create_from_config(config)
    data = DataSettings(**config.arguments(DataSettings), shuffle=True)
    pipeline = open_pipeline(config.values["dataset"], model.batch_format, data)
    optimizers = model.default_optimizers
    settings = config.arguments(optimizers)
    if "steps_per_epoch" in inspect.signature(optimizers).parameters:
        settings["steps_per_epoch"] = pipeline.steps_per_epoch  # a schedule counts epochs
    with strategy.scope():
        model.compile(*optimizers(**settings))
    if pipeline.num_classes and pipeline.num_classes > model.num_classes:
        raise InputError(
            f"The labels of {config.values['dataset']!r} go up to {pipeline.num_classes - 1}, so "
            f"num_classes must be at least {pipeline.num_classes}. Received: {model.num_classes}"
        )
    return model, pipeline


def measurement_of(config, model):
    """Returns what evaluates training, or None where it is not to be."""
    settings = config.run_settings()
    if settings.evaluate_every is None:
        return None
    names = settings.evaluate_metrics
    return Measurement(
        config,
        names and [name.strip() for name in names.split(",")],
        batch_format=model.batch_format,
        count=settings.evaluate_images,
        extractor=settings.evaluate_extractor,
    )


def take_weights(model, folder):
    """Gives a new model's networks the newest weights of a run."""
    other = load_run(folder)
    ours = [*model.generators, *model.discriminators, *model.generator_averages]
    theirs = [*other.generators, *other.discriminators]
    theirs += other.samplers if model.generator_averages else []
    shapes, other_shapes = (
        [weight.shape for network in networks for weight in network.weights]
        for networks in (ours, theirs)
    )
    if type(model) is not type(other) or shapes != other_shapes:
        raise InputError(
            "A run can begin with the weights of a run of the same model and the same sizes alone. "
            f"Received: init_from={str(folder)!r}, a {type(other).__name__} of other networks"
        )
    for mine, right in zip(ours, theirs, strict=True):
        mine.set_weights(right.get_weights())


def callbacks_of(run, settings, pipeline, measurement, state):
    log = callbacks.TrainingLog(run.log_path, settings.log_every)
    tensorboard = callbacks.TensorBoard(run.tensorboard / "train", settings.log_every)
    health = callbacks.Health(
        pipeline.first_examples(settings.sample_count),
        settings.health_every,
        path=run.health_path,
        log_dir=run.tensorboard / "health",
        checkpoints=run.checkpoints,
    )
    # Health comes first, so that nothing writes down a loss that is NaN or infinite.
    stateful = {"health": health, "log": log, "tensorboard": tensorboard}
    best = None
    if measurement is not None:
        best = callbacks.KeepBest(
            functools.partial(_figure, run, measurement),
            settings.evaluate_every,
            measurement.higher_is_better,
            measurement.metrics[0],
        )
    checkpoints = callbacks.Checkpoints(
        run.checkpoints,
        settings.checkpoint_every,
        settings.checkpoint_minutes,
        settings.keep_checkpoints,
        stateful,
        best,
    )
    for name, callback in checkpoints.stateful.items():
        if name in state["states"]:
            callback.set_state(state["states"][name])
    samples = callbacks.SampleGrids(
        run.samples,
        pipeline.first_examples(settings.sample_count),
        settings.sample_every,
        log_dir=run.tensorboard / "samples",
    )
    restore = RestoreMetrics(state["metrics"])
    return [restore, *checkpoints.stateful.values(), samples, checkpoints]


def _figure(run, measurement, model):
    """Measures the model, records all figures, and returns the one that the best is chosen by."""
    results = measurement(model)
    run.record(int(model.step.numpy()), results)
    return measurement.score(results)
