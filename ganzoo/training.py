"""`train`: a config becomes a run folder with a trained model in it."""

import contextlib
import functools
import inspect
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import keras

from ganzoo import callbacks, distribution, randomness
from ganzoo.callbacks.checkpoints import RestoreMetrics, check_room
from ganzoo.config import Config, load_config
from ganzoo.data import load_dataset, open_pipeline
from ganzoo.errors import InputError, ResourceError
from ganzoo.executions import steps_per_execution
from ganzoo.measuring import Measurement
from ganzoo.runs import Run, create_from_config, load_run, newest_run, next_run, open_run
from ganzoo.stop_signals import stop_signals

logger = logging.getLogger(__name__)


def train(
    model: str | Config,
    dataset: str | None = None,
    *,
    run_dir=None,
    resume: bool = False,
    more_callbacks=(),
    **settings,
) -> Path:
    """Trains a model and returns its run folder.

    The folder holds `config.yaml` (every setting, resolved), `log.csv`, `health.json`,
    `tensorboard/`, `samples/` (grids of the same latents over time), `checkpoints/`, and
    `model.keras` at the end.

    Args:
        model: a model, preset or settings file as in `load_config`, or what that returned.
        dataset: as in `load_config`.
        run_dir: the run folder; left out, `runs/MODEL-DATASET-N` with the next free N, or the
            newest of that name to resume.
        resume: go on from the newest checkpoint in the folder, or begin where there is none.
        more_callbacks: Keras callbacks that are called after ganzoo's own; of several workers, on
            each. Where steps are short, several run as one: batches begin and end for callbacks
            every `steps_per_execution`.
        **settings: overrides, as in `load_config`.

    Raises:
        InputError: for settings that do not exist, do not fit together, or are not the ones that
            the run to resume has.
        ResourceError: for data that cannot be had, a folder that is taken or cannot be written, or
            a worker that does not come or is gone.
        DivergenceError: when a loss becomes NaN or infinite.
        KeyboardInterrupt, SystemExit(143): after Ctrl-C or SIGTERM, when the step is finished and a
            checkpoint written.
    """
    if isinstance(model, Config):
        if dataset is not None or settings:
            raise InputError("A Config is complete; settings go into load_config")
        config = model
    else:
        config = load_config(model, dataset, **settings)
    # Of several workers only the chief writes; the others read the run's checkpoints, and train.
    is_chief = distribution.is_chief(config.values["distribute"])
    run = _named_run(config, run_dir, resume)
    with contextlib.ExitStack() as while_training:
        if is_chief:
            _check_writable(run, config, resume)
            if run.config_path.exists():
                while_training.enter_context(run.locked())
        # All that can be wrong with the input shows before the run's folder is touched.
        model, pipeline = _prepare(config)
        while_training.enter_context(distribution.worker_lost(model.distribute_strategy))
        measurement = _measurement(config, model) if is_chief else None
        state = _restored(run, model, pipeline.steps_per_epoch)
        total_steps = _total_steps(run, config, pipeline, state)
        if state["step"] == 0:
            model.adapt(pipeline.epochs())
            if config.values["init_from"] is not None:
                _take_weights(model, config.values["init_from"])
        if is_chief:
            if not run.config_path.exists():
                run = _claimed(run, config, run_dir)
                while_training.enter_context(run.locked())
            _train(
                run, config, model, pipeline, measurement, state, total_steps, more_callbacks
            )  # fmt: skip
        elif state["step"] < total_steps:
            own_callbacks = [RestoreMetrics(state["metrics"])]
            _fit(model, pipeline, state["step"], total_steps, [*own_callbacks, *more_callbacks])
        distribution.gathered(model.distribute_strategy, total_steps)  # the chief has written
    return run.folder


def resume(run, *, more_callbacks=(), **settings) -> Path:
    """Goes on with a run from its newest whole checkpoint, and returns its folder.

    Args:
        run: the run folder.
        more_callbacks: as in `train`.
        **settings: `epochs` or `steps`, to train longer; and what else a resumed run may change,
            such as `data_dir`.

    Raises:
        InputError, ResourceError: as `train` does.
    """
    config = load_config(str(open_run(run).config_path), **settings)
    return train(config, run_dir=run, resume=True, more_callbacks=more_callbacks)


def _train(run, config, model, pipeline, measurement, state, total_steps, more_callbacks):
    settings = config.run_settings()
    replicas = model.distribute_strategy.num_replicas_in_sync
    if run.config_path.exists() and (changes := run.environment_changes(replicas)):
        logger.warning(
            "The run goes on, not bit by bit, in another environment: %s", "; ".join(changes)
        )
        is_split = any(change.startswith("replicas") for change in changes)
        if is_split and not config.values.get("sync_batch_norm", True):
            logger.warning(
                "Each replica normalises by the statistics of its own images, of which it has %d "
                "now (sync_batch_norm is false)", config.values["batch_size"] // replicas,
            )  # fmt: skip
    callbacks.set_aside_newer(run.checkpoints, state["step"])
    run.write_config(config, replicas)
    logger.info(
        "%s on %s: %s images, %s steps an epoch, step %s to %s, in %s%s",
        config.model, config.values["dataset"], f"{pipeline.size:,}",
        pipeline.steps_per_epoch, state["step"], total_steps, run.folder,
        f", on {replicas} devices" if replicas > 1 else "",
    )  # fmt: skip
    run.write_status(state["step"], "running")
    try:
        if state["step"] < total_steps:
            progress = callbacks.Progress(total_steps, pipeline.batch_size)
            own_callbacks = [progress, *_callbacks(run, settings, pipeline, measurement, state)]
            model.steps_per_execution = steps_per_execution(
                model, pipeline.batch_size, state["step"], total_steps, pipeline.steps_per_epoch,
                settings.log_every, settings.sample_every, settings.health_every,
                settings.evaluate_every, settings.checkpoint_every,
            )  # fmt: skip
            with (
                contextlib.closing(progress),
                distribution.worker_lost(model.distribute_strategy),
            ):
                _fit(model, pipeline, state["step"], total_steps, [*own_callbacks, *more_callbacks])
        _save_whole(model, run.model_path)
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        outcome = ("stopped",) if stopped else ("failed", f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError):  # a full disk, say, which is what must be heard then
            run.write_status(int(model.step.numpy()), *outcome)
        raise
    step = int(model.step.numpy())
    run.write_status(step, "finished" if step == total_steps else "stopped")


def _total_steps(run, config, pipeline, state):
    """Returns the step at which training ends."""
    settings = config.run_settings()
    total_steps = settings.steps or settings.epochs * pipeline.steps_per_epoch
    if total_steps < state["step"]:
        raise InputError(
            f"The run is at step {state['step']} already, and cannot end at step {total_steps}. "
            f"Received: {str(run.folder)!r}"
        )
    if run.config_path.exists():
        before = run.config().run_settings()
        was = before.steps or before.epochs * pipeline.steps_per_epoch
        if was != total_steps:
            logger.info("The run was to end at step %d, and now ends at %d", was, total_steps)
    return total_steps


def _prepare(config):
    """Returns the compiled model and the pipeline of its data."""
    randomness.seed_initializers(config.values["seed"])
    strategy = distribution.strategy(
        config.values["distribute"], config.values["batch_size"], config.values["worker_timeout"]
    )
    with strategy.scope():
        model = create_from_config(config)
    data = config.arguments(load_dataset)
    pipeline = open_pipeline(batch_format=model.batch_format, shuffle=True, **data)
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


def _measurement(config, model):
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


def _take_weights(model, folder):
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


def _restored(run, model, steps_per_epoch):
    """Puts the run's newest whole checkpoint into the model and returns the rest of it."""
    state = callbacks.restore_newest(model, run.checkpoints)
    state = state or {"step": 0, "metrics": {}, "memories": {}}
    steps = distribution.gathered(model.distribute_strategy, state["step"])
    if len(set(steps)) > 1:
        raise ResourceError(
            "All workers must see the run's checkpoints, on a file system that they share. "
            f"Received: {str(run.folder)!r}, at the steps {', '.join(map(str, steps))}"
        )
    if state["step"] % steps_per_epoch == 0:
        state["metrics"] = {}  # a new epoch begins
    return state


def _fit(model, pipeline, first_step, total_steps, all_callbacks):
    strategy = model.distribute_strategy
    signals = _Signals()
    with stop_signals(signals.receive):
        together = _OneTraining([*all_callbacks, signals], add_history=True, model=model)
        together.begin()
        for start, epochs, steps in segments(first_step, total_steps, pipeline.steps_per_epoch):
            epoch = start // pipeline.steps_per_epoch
            model.fit(
                distribution.dealt(strategy, pipeline, start), initial_epoch=epoch,
                epochs=epoch + epochs, steps_per_epoch=steps, callbacks=together, shuffle=False,
                verbose=0,
            )  # fmt: skip
            if model.stop_training:  # a callback's wish
                break
        together.end()
        distribution.gathered(strategy, first_step)  # the chief has saved
    if signals.received:
        logger.warning("Interrupted at step %d, and saved; resume to go on", model.step.numpy())
        if signals.received == signal.SIGINT:
            raise KeyboardInterrupt
        raise SystemExit(128 + signals.received)  # what a shell reports of a process ended by it


class _Signals(keras.callbacks.Callback):
    """Ends training after the step on Ctrl-C and SIGTERM; on a second one at once.

    Of several workers each tells the others with its next step, and all end after that one.
    """

    received = None

    def receive(self, number, frame):
        if self.received:
            raise KeyboardInterrupt
        self.received = number

    def on_train_batch_end(self, batch, logs=None):
        if not distribution.has_workers(self.model.distribute_strategy):
            self.model.stop_training = bool(self.received) or self.model.stop_training
        elif float(self.model.stop_votes.numpy()) > 0.0:
            self.received = self.received or signal.SIGTERM
            self.model.stop_training = True
        elif self.received:
            self.model.stop_votes.assign(1.0)


def segments(first_step: int, total_steps: int, steps_per_epoch: int) -> Iterator[tuple]:
    """Yields `(first step, epochs, steps in each)` for calls of `fit`.

    Whole epochs are one call. A resumed or a last epoch may have fewer steps, and is its own.

    >>> list(segments(30, 250, 100))
    [(30, 1, 70), (100, 1, 100), (200, 1, 50)]
    >>> list(segments(0, 300, 100))
    [(0, 3, 100)]
    """
    while first_step < total_steps:
        done, left = first_step % steps_per_epoch, total_steps - first_step
        if done or left < steps_per_epoch:
            epochs, steps = 1, min(steps_per_epoch - done, left)
        else:
            epochs, steps = left // steps_per_epoch, steps_per_epoch
        yield first_step, epochs, steps
        first_step += epochs * steps


def _callbacks(run, settings, pipeline, measurement, state):
    log = callbacks.TrainingLog(run.log_path, settings.log_every)
    tensorboard = callbacks.TensorBoard(run.tensorboard / "train", settings.log_every)
    health = callbacks.Health(
        pipeline.first_examples(settings.sample_count),
        settings.health_every,
        path=run.health_path,
        log_dir=run.tensorboard / "health",
        checkpoints=run.checkpoints,
    )
    checkpoints = callbacks.Checkpoints(
        run.checkpoints,
        settings.checkpoint_every,
        settings.checkpoint_minutes,
        settings.keep_checkpoints,
    )
    # Health comes first, so that nothing writes down what has left the numbers.
    with_memory = {"health": health, "log": log, "tensorboard": tensorboard}
    if measurement is not None:
        with_memory["best"] = callbacks.KeepBest(
            functools.partial(_figure, run, measurement),
            checkpoints,
            settings.evaluate_every,
            measurement.higher_is_better,
            measurement.metrics[0],
        )
    checkpoints.others = with_memory
    for name, callback in with_memory.items():
        callback.memory |= state["memories"].get(name, {})
    samples = callbacks.SampleGrids(
        run.samples,
        pipeline.first_examples(settings.sample_count),
        settings.sample_every,
        log_dir=run.tensorboard / "samples",
    )
    restore = RestoreMetrics(state["metrics"])
    return [restore, *with_memory.values(), samples, checkpoints]


def _figure(run, measurement, model):
    """Measures the model, records all figures, and returns the one that the best is chosen by."""
    results = measurement(model)
    run.record(int(model.step.numpy()), results)
    return measurement.figure(results)


class _OneTraining(keras.callbacks.CallbackList):
    """Callbacks to which several calls of `fit` are one training."""

    begin = keras.callbacks.CallbackList.on_train_begin
    end = keras.callbacks.CallbackList.on_train_end

    def on_train_begin(self, logs=None):
        pass

    def on_train_end(self, logs=None):
        pass


def _named_run(config, run_dir, resume):
    """Returns the run to write or to resume."""
    if run_dir is not None:
        return Run(Path(run_dir))
    return (newest_run(config) if resume else None) or next_run(config)


def _check_writable(run, config, resume):
    """Checks that nothing in the run is in the way."""
    ancestor = next(p for p in (run.folder, *run.folder.absolute().parents) if p.exists())
    if not ancestor.is_dir() or not os.access(ancestor, os.W_OK | os.X_OK):
        raise ResourceError(f"The run folder cannot be written. Received: {str(run.folder)!r}")
    if not run.folder.exists() or not any(run.folder.iterdir()):
        return
    if not resume:
        raise ResourceError(
            f"The run folder holds something already; resume it, or name another. "
            f"Received: {str(run.folder)!r}"
        )
    differences = open_run(run.folder).config().differences(config)
    if differences:
        raise InputError(
            f"The run to resume has other settings (the run's -> yours): {'; '.join(differences)}. "
            f"Received: {str(run.folder)!r}"
        )


def _claimed(run, config, run_dir):
    """Returns the run with its folder made, or the next one if another process made it first."""
    try:
        while not run.config_path.exists():
            try:
                run.folder.mkdir(parents=True, exist_ok=run_dir is not None)
                break
            except FileExistsError:
                run = next_run(config)
    except OSError as error:
        raise ResourceError(f"The run folder cannot be made: {error}") from error
    return run


def _save_whole(model, path):
    temporary = path.with_name(f".{path.stem}.part.keras")
    check_room(model, temporary)
    model.save(temporary)
    temporary.replace(path)
