"""A run's folder: where its parts lie, and what is written into it and read from it.

It is imported without TensorFlow, which takes seconds: `ganzoo launch` and `ganzoo runs` need none.
"""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from ganzoo.config import pretrained
from ganzoo.config.config import Config, load_config
from ganzoo.errors import ResourceError
from ganzoo.runs.environment import environment, home_of
from ganzoo.saving.files import read_json, write_json, write_text

if TYPE_CHECKING:
    from ganzoo.metrics.results import Result

RUNS = Path("runs")  # where a run goes whose folder nobody names


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
    def imported_path(self) -> Path:
        return self.folder / "imported.json"

    @property
    def classes_path(self) -> Path:
        return self.folder / "classes.json"

    @property
    def data_path(self) -> Path:
        return self.folder / "data.json"

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

    @property
    def weights_path(self) -> Path:
        return self.folder / "weights.safetensors"

    @property
    def name(self) -> str:
        """The folder's own name; of a pretrained run the preset's, such as `"dcgan/sample"`."""
        return pretrained.name_of(self.folder) or self.folder.resolve().name

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other processes from locking the run; one that dies has no lock any more.

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
        """Writes down what has become of the run.

        Args:
            step: how many steps its model has been trained for.
            state: as in `RunSummary`.
            reason: the error that it ended with, if it did.
        """
        write_json(self.status_path, {"state": state, "step": step, "reason": reason})

    def write_class_names(self, names: Sequence[str]) -> None:
        """Writes down the names of the classes of the data, in the order of their labels."""
        if names:
            write_json(self.classes_path, list(names))

    def class_names(self) -> tuple[str, ...]:
        """Returns the names of the classes; none where the data has none."""
        try:
            return tuple(read_json(self.classes_path, lambda names: [str(name) for name in names]))
        except FileNotFoundError:
            return ()

    def write_data(self, described: dict) -> None:
        """Writes down what the run is trained on: see `data.fingerprints`."""
        write_json(self.data_path, described)

    def data(self) -> dict | None:
        """Returns what the run was trained on; None of runs from before it was written down."""
        try:
            return read_json(self.data_path, lambda described: {**described})
        except FileNotFoundError:
            return None

    def config(self) -> Config:
        """Returns the settings that the run was trained with last, and what it was trained in."""
        return load_config(str(self.config_path))

    def record(self, step: int, results: "Sequence[Result]") -> None:
        """Adds metrics to `metrics.json` and to TensorBoard.

        Of the same step, metric and protocol, the newer ones count.

        Args:
            step: of the weights that were measured.
            results: of its metrics.
        """
        import tensorflow as tf  # not at the head of the file: see there

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

    def imported(self) -> list[dict] | None:
        """Returns what each file held that the run was imported from; None if it was not.

        Raises:
            ResourceError: if the file is not what ganzoo wrote.
        """
        if not self.imported_path.exists():
            return None
        return read_json(self.imported_path, lambda files: [{**file} for file in files])

    def write_config(self, config: Config, replicas: int = 1) -> None:
        """Writes the resolved settings and, under `environment`, what they are trained in.

        Args:
            config: the settings.
            replicas: how many devices train it.
        """
        recorded = environment(replicas) | {"model_from": home_of(config.model)}
        trained_in = yaml.safe_dump({"environment": recorded}, sort_keys=False)
        config = config.with_absolute_paths()
        write_text(self.config_path, config.to_yaml() + trained_in)


def open_run(folder: str | os.PathLike) -> Run:
    """Returns the run in a folder.

    Args:
        folder: its path, or the name of a run that ships with ganzoo, such as `"dcgan/sample"`.

    Raises:
        ResourceError: if it is not the folder of a run.
    """
    run = Run(pretrained.folder_of(folder))
    if not run.config_path.is_file():
        raise ResourceError(
            f"Not a run folder: it has no config.yaml, which `ganzoo train` writes. "
            f"Received: {str(folder)!r}"
        )
    return run


def _checked_results(results):
    for result in results:
        _without_values(result)["step"], result["values"].keys()
    return results


def _without_values(result):
    return {name: value for name, value in result.items() if name != "values"}
