"""`train`: a config becomes a run folder with a trained model in it."""

import contextlib
import dataclasses
import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import keras

from ganzoo import callbacks
from ganzoo.callbacks.checkpoints import RestoreMetrics
from ganzoo.config import pretrained
from ganzoo.config.config import Config, load_config
from ganzoo.errors import InputError, ResourceError
from ganzoo.runs.claiming import check_writable, claimed, named_run
from ganzoo.runs.environment import changes
from ganzoo.runs.folder import Run, open_run
from ganzoo.saving.checkpoint_folders import set_aside_newer
from ganzoo.saving.checkpoints import check_room
from ganzoo.saving.files import remove_leftovers, written_atomically
from ganzoo.training.assembling import prepare
from ganzoo.training.distributed import strategies
from ganzoo.training.estimates import duration, step_seconds, training_memory
from ganzoo.training.executions import steps_per_execution
from ganzoo.training.fitting import fit
from ganzoo.training.plan import Plan
from ganzoo.training.run_callbacks import callbacks_of

logger = logging.getLogger(__name__)


def train(
    model: str | Config,
    dataset: str | os.PathLike | None = None,
    *,
    run_dir: str | os.PathLike | None = None,
    resume: bool = False,
    changed_data: bool = False,
    more_callbacks: Sequence[keras.callbacks.Callback] = (),
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
        changed_data: whether a resumed run may go on with other data than it was trained on.
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
        KeyboardInterrupt, SystemExit: after Ctrl-C or another signal to stop, when the step is
            finished and a checkpoint written.
    """
    if isinstance(model, Config):
        if dataset is not None or settings:
            raise InputError("A Config is complete; settings go into load_config")
        config = model
    else:
        config = load_config(model, dataset, **settings)
    run = named_run(config, run_dir, resume)
    recorded = run.config() if resume and run.config_path.exists() else None
    return _train(
        run, config, recorded, more_callbacks, changed_data, resume, is_named=run_dir is not None
    )


def resume(
    run: str | os.PathLike,
    *,
    changed_data: bool = False,
    more_callbacks: Sequence[keras.callbacks.Callback] = (),
    **settings,
) -> Path:
    """Goes on with a run from its newest complete checkpoint, and returns its folder.

    Args:
        run: the run folder.
        changed_data, more_callbacks: as in `train`.
        **settings: `epochs` or `steps`, to train longer; `dataset`, where the data lies now, if it
            is the same; and what else a resumed run may change, such as `data_dir`.

    Raises:
        InputError, ResourceError: as `train` does.
    """
    run = open_run(run)
    pretrained.check_writable(run.folder)
    recorded = run.config()
    return _train(run, recorded.with_settings(**settings), recorded, more_callbacks, changed_data)


def _train(
    run: Run,
    config: Config,
    recorded: Config | None,
    more_callbacks: Sequence[keras.callbacks.Callback],
    changed_data: bool = False,
    resume: bool = True,
    is_named: bool = True,
) -> Path:
    """Trains as `train` does, in a run whose `config.yaml`, if there is one, holds `recorded`."""
    # Of several workers only the chief writes; the others read the run's checkpoints, and train.
    if not strategies.is_chief(config.run.distribute):
        plan = prepare(run, config, recorded, changed_data)
        with strategies.worker_lost(plan.strategy):
            if not plan.is_done:
                fit(plan, [RestoreMetrics(plan.restored.metrics), *more_callbacks])
            strategies.all_gather(plan.strategy, plan.total_steps)  # the chief has written
        return run.folder
    check_writable(run, config, recorded, resume)
    with _locked_plan(run, config, recorded, changed_data, is_named) as plan:
        with strategies.worker_lost(plan.strategy):
            _write_run(plan, more_callbacks)
            strategies.all_gather(plan.strategy, plan.total_steps)
        return plan.run.folder


@contextlib.contextmanager
def _locked_plan(
    run: Run, config: Config, recorded: Config | None, changed_data: bool, is_named: bool
) -> Iterator[Plan]:
    """Yields the plan of a training while its run is locked.

    A run that exists is locked before anything is read from it. The folder of a new one is made
    last, when whatever can be wrong with the input has shown.
    """
    if recorded is not None:
        with run.locked():
            yield prepare(run, config, recorded, changed_data)
    else:
        plan = prepare(run, config)
        run = claimed(run, config, is_named)
        with run.locked():
            yield dataclasses.replace(plan, run=run)


def _write_run(plan: Plan, more_callbacks: Sequence[keras.callbacks.Callback]) -> None:
    """Trains, and writes the run's folder: settings, what the callbacks write, and the model."""
    run, config, step = plan.run, plan.config, plan.restored.step
    replicas = plan.strategy.num_replicas_in_sync
    if plan.recorded is not None:
        _warn_of_changes(plan.recorded, config, replicas)
    set_aside_newer(run.checkpoints, step)
    run.write_config(config, replicas)
    run.write_class_names(plan.pipeline.class_names)
    run.write_data(plan.data)
    logger.info("Settings: %s", config.origin or "given as a Config")
    logger.info(
        "%s on %s: %s images, %s steps an epoch, step %s to %s, in %s%s",
        config.model, config.values["dataset"], f"{plan.pipeline.size:,}",
        plan.pipeline.steps_per_epoch, step, plan.total_steps, run.folder,
        f", on {replicas} devices" if replicas > 1 else "",
    )  # fmt: skip
    if not plan.is_done:
        _say_what_to_expect(plan)
    run.write_status(step, "running")
    with _outcome_written(plan), strategies.worker_lost(plan.strategy):
        if not plan.is_done:
            _fit(plan, more_callbacks)
        _save_model(plan)


def _say_what_to_expect(plan: Plan) -> None:
    """Says about how long training takes and how much memory, and where its grids are."""
    every = plan.config.run.sample_every
    logger.info(
        "Grids: %s, one before the first step and one every %s steps", plan.run.samples, every
    )
    if plan.strategy.num_replicas_in_sync > 1:
        return  # the estimate is of one device
    images = plan.config.images_per_step
    seconds = step_seconds(plan.model, images)
    remaining = plan.total_steps - plan.restored.step
    logger.info(
        "Rough estimate here: %s a step, %s in all, a grid every %s, %.1f GiB of memory",
        duration(seconds), duration(remaining * seconds),
        duration(every * seconds), training_memory(plan.model, images),
    )  # fmt: skip


def _warn_of_changes(recorded: Config, config: Config, replicas: int) -> None:
    """Warns if a run is resumed in another environment than it was trained in before."""
    changed = changes(recorded.environment, replicas)
    if not changed:
        return
    logger.warning(
        "The run is resumed, not bit for bit, in another environment: %s", "; ".join(changed)
    )
    is_split = any(change.startswith("replicas") for change in changed)
    if is_split and not config.values.get("sync_batch_norm", True):
        logger.warning(
            "Each replica normalises by the statistics of its own images, of which it has %d "
            "now (sync_batch_norm is false)", config.values["batch_size"] // replicas,
        )  # fmt: skip


@contextlib.contextmanager
def _outcome_written(plan: Plan) -> Iterator[None]:
    """Writes down how the block ended, as the run's status: finished, stopped or failed."""
    try:
        yield
    except BaseException as error:
        stopped = isinstance(error, KeyboardInterrupt | SystemExit)
        outcome = ("stopped",) if stopped else ("failed", f"{type(error).__name__}: {error}")
        with contextlib.suppress(OSError, ResourceError):  # a full disk, say: `error` matters
            plan.run.write_status(int(plan.model.step.numpy()), *outcome)
        raise
    step = int(plan.model.step.numpy())
    plan.run.write_status(step, "finished" if step == plan.total_steps else "stopped")


def _fit(plan: Plan, more_callbacks: Sequence[keras.callbacks.Callback]) -> None:
    settings, pipeline = plan.config.run, plan.pipeline
    images_per_step = plan.config.images_per_step
    progress = callbacks.Progress(plan.total_steps, images_per_step)
    own_callbacks = callbacks_of(plan)
    plan.model.steps_per_execution = steps_per_execution(
        plan.model, images_per_step,
        plan.restored.step, plan.total_steps, pipeline.steps_per_epoch,
        settings.log_every, settings.sample_every, settings.health_every, settings.evaluate_every,
        settings.checkpoint_every,
    )  # fmt: skip
    with contextlib.closing(progress):
        fit(plan, [progress, *own_callbacks, *more_callbacks])


def _save_model(plan: Plan) -> None:
    path = plan.run.model_path
    remove_leftovers(path.parent, path.stem)  # the run is locked: nobody else writes it
    with written_atomically(path, keep_suffix=True) as temporary:
        check_room(plan.model, temporary)
        plan.model.save(temporary)
