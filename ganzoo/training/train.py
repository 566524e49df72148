"""`train`: a config becomes a run folder with a trained model in it."""

import contextlib
import logging
from pathlib import Path

from ganzoo import callbacks
from ganzoo.callbacks.checkpoints import RestoreMetrics
from ganzoo.config.config import Config, load_config
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.claiming import check_writable, claimed, named_run
from ganzoo.runs.folder import open_run
from ganzoo.saving.checkpoints import check_room
from ganzoo.saving.files import remove_leftovers, written_atomically
from ganzoo.training.assembling import callbacks_of, measurement_of, prepare, take_weights
from ganzoo.training.distributed import strategies
from ganzoo.training.executions import steps_per_execution
from ganzoo.training.fitting import fit

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
    is_chief = strategies.is_chief(config.values["distribute"])
    run = named_run(config, run_dir, resume)
    with contextlib.ExitStack() as while_training:
        if is_chief:
            check_writable(run, config, resume)
            if run.config_path.exists():
                while_training.enter_context(run.locked())
        # All that can be wrong with the input shows before the run's folder is touched.
        model, pipeline = prepare(config)
        while_training.enter_context(strategies.worker_lost(model.distribute_strategy))
        measurement = measurement_of(config, model) if is_chief else None
        state = _restored(run, model, pipeline.steps_per_epoch)
        total_steps = _total_steps(run, config, pipeline, state)
        if state["step"] == 0:
            model.adapt(pipeline.epochs())
            if config.values["init_from"] is not None:
                take_weights(model, config.values["init_from"])
        if is_chief:
            if not run.config_path.exists():
                run = claimed(run, config, run_dir)
                while_training.enter_context(run.locked())
            _train(
                run, config, model, pipeline, measurement, state, total_steps, more_callbacks
            )  # fmt: skip
        elif state["step"] < total_steps:
            own_callbacks = [RestoreMetrics(state["metrics"])]
            fit(model, pipeline, state["step"], total_steps, [*own_callbacks, *more_callbacks])
        strategies.gathered(model.distribute_strategy, total_steps)  # the chief has written
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
    logger.info("Settings: %s", config.origin or "given as a Config")
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
            own_callbacks = [progress, *callbacks_of(run, settings, pipeline, measurement, state)]
            model.steps_per_execution = steps_per_execution(
                model, pipeline.batch_size, state["step"], total_steps, pipeline.steps_per_epoch,
                settings.log_every, settings.sample_every, settings.health_every,
                settings.evaluate_every, settings.checkpoint_every,
            )  # fmt: skip
            with (
                contextlib.closing(progress),
                strategies.worker_lost(model.distribute_strategy),
            ):
                fit(model, pipeline, state["step"], total_steps, [*own_callbacks, *more_callbacks])
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


def _restored(run, model, steps_per_epoch):
    """Puts the run's newest whole checkpoint into the model and returns the rest of it."""
    state = callbacks.restore_newest(model, run.checkpoints)
    state = state or {"step": 0, "metrics": {}, "states": {}}
    steps = strategies.gathered(model.distribute_strategy, state["step"])
    if len(set(steps)) > 1:
        raise ResourceError(
            "All workers must see the run's checkpoints, on a file system that they share. "
            f"Received: {str(run.folder)!r}, at the steps {', '.join(map(str, steps))}"
        )
    if state["step"] % steps_per_epoch == 0:
        state["metrics"] = {}  # a new epoch begins
    return state


def _save_whole(model, path):
    remove_leftovers(path.parent, path.stem)  # the run is locked: nobody else writes it
    with written_atomically(path, keep_suffix=True) as temporary:
        check_room(model, temporary)
        model.save(temporary)
