"""A run's folder: where its parts lie, how it is named, and how its model is loaded again."""

import contextlib
import fcntl
import re
import time
from dataclasses import dataclass
from pathlib import Path

import tensorflow as tf
import yaml

from ganzoo.config.config import Config, load_config
from ganzoo.data.tfds.preparing import is_name
from ganzoo.errors import ResourceError
from ganzoo.runs.environment import environment
from ganzoo.saving.files import read_json, write_json, write_text

RUNS = Path("runs")  # where those go that nobody names a folder for


@dataclass(frozen=True)
class Run:
    """The parts of a run's folder. None of them needs to exist yet."""

    folder: Path

    @property
    def config_path(self) -> Path:
        return self.folder / "config.yaml"

    @property
    def log_path(self) -> Path:
        return self.folder / "log.csv"

    @property
    def metrics_path(self) -> Path:
        return self.folder / "metrics.json"

    @property
    def neighbours_path(self) -> Path:
        return self.folder / "neighbours.png"

    @property
    def status_path(self) -> Path:
        return self.folder / "status.json"

    @property
    def health_path(self) -> Path:
        return self.folder / "health.json"

    @property
    def samples(self) -> Path:
        return self.folder / "samples"

    @property
    def checkpoints(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def tensorboard(self) -> Path:
        return self.folder / "tensorboard"

    @property
    def model_path(self) -> Path:
        return self.folder / "model.keras"

    @contextlib.contextmanager
    def locked(self):
        """While this lasts no other process can lock the run; a process that dies holds no lock.

        Raises:
            ResourceError: if another process has locked it.
        """
        with (self.folder / ".lock").open("w") as file:
            for wait in (0.1, 0.2, 0.4, None):  # `is_locked` of another process holds it briefly
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if wait is None:
                        raise ResourceError(
                            "Another process is training in this run folder. "
                            f"Received: {str(self.folder)!r}"
                        ) from error
                    time.sleep(wait)
            yield

    def is_locked(self) -> bool:
        """Whether a process that is alive has locked the run."""
        try:
            with (self.folder / ".lock").open() as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def write_status(self, step: int, state: str, reason: str | None = None) -> None:
        """Writes down what becomes of the run: `RunSummary` has the words."""
        write_json(self.status_path, {"state": state, "step": step, "reason": reason})

    def config(self) -> Config:
        return load_config(str(self.config_path))

    def record(self, step: int, results) -> None:
        """Adds metrics to `metrics.json` and to TensorBoard.

        Of the same step, metric and protocol, the newer ones count.

        Args:
            step: of the weights that were measured.
            results: `metrics.Result`s.
        """
        recorded = self.results()
        new = [{"step": step, **result.to_json()} for result in results]
        same = [_without_values(result) for result in new]
        kept = [result for result in recorded if _without_values(result) not in same]
        ordered = sorted([*kept, *new], key=lambda result: result["step"])
        write_json(self.metrics_path, ordered, indent=2)
        with tf.summary.create_file_writer(str(self.tensorboard / "metrics")).as_default(step):
            for result in results:
                for name, value in result.values.items():
                    tf.summary.scalar(f"metrics/{name}", value)

    def results(self) -> list[dict]:
        """Returns what `record` has recorded, by step.

        Each is `{"step", "metric", "values", "protocol"}`.

        Raises:
            ResourceError: if the file is not what ganzoo wrote.
        """
        if not self.metrics_path.exists():
            return []
        return read_json(self.metrics_path, _checked_results)

    def environment_changes(self, replicas: int) -> list[str]:
        """Returns `"name: then -> now"` for packages and replicas that are others than last time.

        Args:
            replicas: how many devices train it now.
        """
        now = environment() | {"replicas": replicas}
        then = self.config().environment
        return [
            f"{name}: {then[name]} -> {now[name]}"
            for name in now
            if name != "git_revision" and name in then and then[name] != now[name]
        ]

    def write_config(self, config: Config, replicas: int = 1) -> None:
        """Writes the resolved settings and, under `environment`, what they were run with.

        Args:
            config: the settings.
            replicas: how many devices train it.
        """
        ran_with = {"environment": environment() | {"replicas": replicas}}
        ran_with = yaml.safe_dump(ran_with, sort_keys=False)
        write_text(self.config_path, config.to_yaml() + ran_with)


def open_run(folder) -> Run:
    """Returns the run in a folder.

    Raises:
        ResourceError: if the folder is none that `ganzoo train` made.
    """
    run = Run(Path(folder))
    if not run.config_path.is_file():
        raise ResourceError(
            f"Not a run folder: it has no config.yaml, which `ganzoo train` writes. "
            f"Received: {str(folder)!r}"
        )
    return run


def newest_run(config: Config) -> Run | None:
    """Returns the run with the highest N of those named `runs/MODEL-DATASET-N`, or None."""
    number = max(_numbers(config), default=None)
    return None if number is None else _numbered(config, number)


def next_run(config: Config) -> Run:
    """Returns the run that a new training of this name would write."""
    return _numbered(config, max(_numbers(config), default=0) + 1)


def _numbered(config, number):
    dataset = config.values["dataset"]
    if not (dataset == "sample" or is_name(dataset)):
        dataset = Path(dataset).resolve().name.removesuffix(".npz")  # a path's last part
    return Run(RUNS / f"{config.model}-{dataset.replace('/', '-')}-{number}")


def _numbers(config):
    stem = re.escape(_numbered(config, "").folder.name)
    folders = RUNS.iterdir() if RUNS.is_dir() else ()
    matches = (re.fullmatch(rf"{stem}([0-9]+)", folder.name) for folder in folders)
    return [int(match[1]) for match in matches if match]


def _checked_results(results):
    for result in results:
        _without_values(result)["step"], result["values"].keys()
    return results


def _without_values(result):
    return {name: value for name, value in result.items() if name != "values"}
