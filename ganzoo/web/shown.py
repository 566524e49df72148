"""`Shown`: a run or an export that the page shows, and the models of its checkpoints."""

import collections
import inspect
import os
from pathlib import Path

from ganzoo.abilities import Abilities, abilities_of
from ganzoo.config import pretrained
from ganzoo.data.tfds.preparing import is_here
from ganzoo.errors import InputError, ResourceError
from ganzoo.inference.saved_directions import list_directions
from ganzoo.inference.sources import open_source
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import load_run
from ganzoo.runs.summaries import summarize
from ganzoo.saving.checkpoint_folders import checkpoints, newest_checkpoint, step_of

MOST_MODELS = 3  # of checkpoints, in memory


class Shown:
    """A run, a pretrained run or an export, by the name that commands take.

    Args:
        source: a run folder, the name of a pretrained run, or the folder of an export.

    Raises:
        ResourceError: if it is none of these, or has no weights.
        InputError: if its model makes no images.
    """

    def __init__(self, source: str | os.PathLike):
        self.source = os.fspath(source)
        self.folder = pretrained.folder_of(self.source)
        self.run = Run(self.folder) if Run(self.folder).config_path.is_file() else None
        self._seen = self._newest_checkpoint()
        self._newest = load_run(self.folder) if self.run else open_source(self.folder)
        self._at_steps = collections.OrderedDict()
        self.abilities: Abilities = abilities_of(self._newest)
        if not (self.abilities.samples or self.abilities.translates):
            raise InputError(f"This model makes no images. Received: {type(self._newest).__name__}")

    @property
    def steps(self) -> list[int]:
        """The steps of the run's checkpoints, oldest first."""
        return [step_of(path) for path in checkpoints(self.run.checkpoints)] if self.run else []

    def model(self, step: int | None = None):
        """Returns the model of a checkpoint; of none, with the newest weights.

        Raises:
            InputError: if the run has no such checkpoint.
            ResourceError: if it is damaged.
        """
        if step is None:
            self._follow()
            return self._newest
        if step not in self._at_steps:
            if self.run is None:
                raise InputError(f"An export has no checkpoints. Received: {step}")
            self._at_steps[step] = load_run(self.folder, step)
            if len(self._at_steps) > MOST_MODELS:
                self._at_steps.popitem(last=False)
        self._at_steps.move_to_end(step)
        return self._at_steps[step]

    def _follow(self):
        """Loads the newest checkpoint of a run that has gone on since."""
        newest = self._newest_checkpoint()
        if newest != self._seen:
            self._seen, self._newest = newest, load_run(self.folder)

    def _newest_checkpoint(self):
        return newest_checkpoint(self.run.checkpoints) if self.run else None

    def check_data(self) -> None:
        """Raises a `ResourceError` if the run's data would have to be downloaded."""
        values = self.run.config().values
        if not is_here(values["dataset"], values["data_dir"]):
            raise ResourceError(
                f"The run's data is not on this machine. Received: {values['dataset']!r}"
            )

    def facts(self) -> dict:
        """Returns what the page says of it, and what it can offer: JSON."""
        model, able = self._newest, self.abilities
        networks = getattr(model, "samplers", [])
        summary = summarize(self.run) if self.run else None
        return {
            "source": self.source,
            "name": self.run.name if self.run else Path(self.source).name,
            "model": type(model).__name__,
            "summary": (inspect.getdoc(type(model)) or "").partition("\n")[0],
            "dataset": summary.dataset if summary else None,
            "state": summary.state if summary else "export",
            "step": summary.step if summary else None,
            "steps": self.steps,
            "parameters": sum(network.count_params() for network in networks),
            "image_shape": [size or 0 for size in model.image_shape],
            "samples": able.samples,
            "truncates": able.samples and getattr(model, "latent_space", None) is not None,
            "num_classes": able.num_classes,
            "class_names": list(able.class_names),
            "attributes": list(able.attributes),
            "directions": [each.name for each in list_directions(self.folder)] if (
                able.samples and self.run
            ) else [],
            "translations": list(able.directions),
            "paired": able.has_targets,
        }  # fmt: skip
