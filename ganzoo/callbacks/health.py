"""Whether training still works: finite losses, and networks that learn from each other."""

import logging
import math

import numpy as np
import tensorflow as tf

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.callbacks.health_figures import figures, thumbnail
from ganzoo.errors import DivergenceError
from ganzoo.saving.checkpoint_folders import newest_checkpoint
from ganzoo.saving.earlier_versions import present_name
from ganzoo.saving.files import path_of, write_json

logger = logging.getLogger(__name__)

# Consecutive checks that must agree before it is reported, since each is of few images.
PATIENCE = 5

_DOMINATES = (
    "The discriminator overpowers the generator",
    "it tells all real images from all generated ones, so the generator learns nothing from it. "
    "What usually helps: a lower learning rate for the discriminator, label_smoothing=0.1, "
    "instance_noise=0.1 (DCGAN), more or more varied images, or real and generated images that do "
    "not differ in range, size or borders",
)
_COLLAPSED = (
    "The generator has collapsed",
    "its images hardly differ from each other. What usually helps: going back to an earlier "
    "checkpoint with a lower learning rate, a bigger batch, another seed, less lambda_l1 or "
    "lambda_cycle in proportion to the adversarial loss",
)
_SATURATED = (
    "The generator's outputs are saturated",
    "nearly all of its values are at -1 or 1, where tanh has no gradient. What usually helps: a "
    "lower learning rate for the generator, and images in [-1, 1], not [0, 255]",
)


class Health(EverySteps):
    """Stops training that diverges, and reports a network that fails, in words and once.

    A loss that is NaN or infinite raises a `DivergenceError` at the end of its step, before
    anything is saved. Every `every_steps` steps comes a health check, on a fixed batch with fixed
    noise. The `figures` of it go to TensorBoard and to `path`. If five consecutive checks agree,
    that is a verdict, which goes to the log as a warning and to `path`:

    * *discriminator_dominates*: the discriminator is right on 99 % of reals and of fakes, or its
      loss since the last check is below a twentieth of what it is at chance; never of a critic,
      which is to tell them apart (the model's `decision_threshold` or
      `discriminator_loss_at_chance` is None);
    * *collapsed*: the diversity is nothing; or, where the images have changed since training began,
      below 0.05 or a quarter of the most it ever was;
    * *saturated*: the share of extreme values is 0.45 above the reals'.

    docs/health.md has the measurements behind these numbers.

    Args:
        batch: a batch in the model's format, at least 16 examples if it is to say much.
        every_steps: steps between two checks; one costs about as much as a step on `batch`.
        path: a JSON file with the newest figures and all verdicts; or None.
        log_dir: a TensorBoard folder for the figures; or None.
        checkpoints: the folder whose newest checkpoint an error names; or None.
    """

    def __init__(self, batch, every_steps: int = 200, path=None, log_dir=None, checkpoints=None):
        super().__init__(every_steps)
        self.batch = batch
        self.path = path and path_of(path)
        self.log_dir = log_dir
        self.checkpoints = checkpoints
        # Of each discriminator, by name: checks in a row that found a failure, the highest
        # diversity so far, a thumbnail of the first fakes. And all verdicts so far.
        self._consecutive, self._highest_diversity, self._first_thumbnails = {}, {}, {}
        self.verdicts: list[dict] = []

    def get_state(self) -> dict:
        return super().get_state() | {
            "consecutive": self._consecutive,
            "highest_diversity": self._highest_diversity,
            "first_thumbnails": self._first_thumbnails,
            "verdicts": self.verdicts,
        }

    def set_state(self, state: dict) -> None:
        super().set_state(state)
        state = _in_present_terms(state)
        self._consecutive = state["consecutive"]
        self._highest_diversity = state["highest_diversity"]
        self._first_thumbnails = state["first_thumbnails"]
        self.verdicts = state["verdicts"]

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._writer = tf.summary.create_file_writer(str(self.log_dir)) if self.log_dir else None
        gradient_norms = self.model.gradient_norms
        if not self._first_thumbnails:
            # Compiling takes as long as several checks: the first, before training, does without.
            self._check(self.step, {}, gradient_norms)
        is_eager = self.model.run_eagerly
        self._gradient_norms = gradient_norms if is_eager else tf.function(gradient_norms)

    def on_train_batch_end(self, batch, logs=None):
        for name, value in logs.items():
            if not math.isfinite(float(value)):
                self._stop(name, float(value))
        super().on_train_batch_end(batch, logs)

    def _stop(self, name, value):
        step = int(self.model.step.numpy())
        newest = self.checkpoints and newest_checkpoint(self.checkpoints)
        message = (
            f"{name} is {value} at step {step}, so training has stopped; "
            + (f"the last good checkpoint is {newest}. " if newest else "nothing was saved. ")
            + "What usually helps: a lower learning rate, float32, and images without NaN, in "
            "[-1, 1]"
        )
        self._add_verdict(step, "diverged", None, message)
        self._write(step, {})
        raise DivergenceError(message)

    def on_steps(self, step, means):
        self._check(step, means, self._gradient_norms)

    def _check(self, step, means, gradient_norms):
        norms, outputs = gradient_norms(self.batch)
        written = {name: float(norm) for name, norm in norms.items()}
        for pair, of_pair in outputs.items():
            found = figures(of_pair, self.model.decision_threshold)
            written |= {f"{pair}/{figure}": value for figure, value in found.items()}
            dominates = self._dominates(found, means.get("discriminator_loss", math.inf))
            collapsed = self._has_collapsed(pair, found, thumbnail(of_pair.fakes))
            self._judge(step, pair, "discriminator_dominates", dominates, _DOMINATES)
            self._judge(step, pair, "collapsed", collapsed, _COLLAPSED)
            self._judge(step, pair, "saturated", found["saturation"] > 0.45, _SATURATED)
        if self._writer is not None:
            with self._writer.as_default(step):
                for name, value in written.items():
                    tf.summary.scalar(f"health/{name}", value)
        self._write(step, written)

    def _dominates(self, found, mean_loss):
        at_chance = self.model.discriminator_loss_at_chance
        if at_chance is None or self.model.decision_threshold is None:
            return False  # a critic
        accuracies = [found.get("real_accuracy", 0.0), found.get("fake_accuracy", 0.0)]
        # Batch statistics can mislead D on a single batch, but not the losses of training.
        return min(accuracies) >= 0.99 or mean_loss < 0.05 * at_chance

    def _has_collapsed(self, pair, found, mean_image):
        diversity = found.get("diversity")
        highest = max(diversity or 0.0, self._highest_diversity.get(pair, 0.0))
        self._highest_diversity[pair] = highest
        change = np.subtract(mean_image, self._first_thumbnails.setdefault(pair, mean_image))
        has_changed = np.sqrt(np.mean(change**2)) > 0.05
        lowest = max(0.05, highest / 4) if has_changed else 1e-5
        return diversity is not None and diversity < lowest

    def _judge(self, step, pair, verdict, is_so, words):
        key = f"{pair}/{verdict}"
        count = self._consecutive.get(key, 0) + 1 if is_so else 0
        self._consecutive[key] = min(count, PATIENCE + 1)  # beyond that it has been reported
        reported = [(earlier["verdict"], earlier["pair"]) for earlier in self.verdicts]
        if count == PATIENCE and (verdict, pair) not in reported:
            message = "{} ({pair}, step {step}): {}.".format(*words, pair=pair, step=step)
            logger.warning("%s", message)
            self._add_verdict(step, verdict, pair, message)

    def _add_verdict(self, step, verdict, pair, message):
        self.verdicts.append({"step": step, "verdict": verdict, "pair": pair, "message": message})

    def _write(self, step, found):
        if self.path is not None:
            content = {"step": step, "figures": found, "verdicts": self.verdicts}
            write_json(self.path, content, indent=2)

    def on_train_end(self, logs=None):
        if self._writer is not None:
            self._writer.close()


def _in_present_terms(state):
    """A state, perhaps of an earlier version, in the words of this one."""
    state = {present_name(name): value for name, value in state.items()}
    counts = {key.rpartition("/"): count for key, count in state["consecutive"].items()}
    state["consecutive"] = {
        f"{pair}/{present_name(v)}": count for (pair, _, v), count in counts.items()
    }
    state["verdicts"] = [
        {present_name(name): value for name, value in verdict.items()}
        | {"verdict": present_name(verdict["verdict"])}
        for verdict in state["verdicts"]
    ]
    return state
