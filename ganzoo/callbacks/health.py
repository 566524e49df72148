"""Whether training is still a game: losses that are numbers, and two players who both play."""

import logging
import math
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.callbacks.every_steps import EverySteps
from ganzoo.errors import DivergenceError
from ganzoo.saving.checkpoints import newest_checkpoint
from ganzoo.saving.files import write_json

logger = logging.getLogger(__name__)

# Looks in a row that must agree before it is said, since each is of few images.
PATIENCE = 5

_WON = (
    "The discriminator has won",
    "it tells all reals from all fakes, and the generator learns nothing from it. What usually "
    "helps: a lower learning rate for the discriminator, label_smoothing=0.1, instance_noise=0.1 "
    "(DCGAN), more or more varied images, or images of reals and fakes that do not differ in "
    "range, size or borders",
)
_COLLAPSED = (
    "The generator has collapsed",
    "its images hardly differ from each other. What usually helps: going back to an earlier "
    "checkpoint with a lower learning rate, a bigger batch, another seed, less lambda_l1 or "
    "lambda_cycle beside the adversarial loss",
)
_SATURATED = (
    "The generator's outputs are saturated",
    "nearly all of its values are at -1 or 1, where tanh has no gradient. What usually helps: a "
    "lower learning rate for the generator, and images in [-1, 1], not [0, 255]",
)


class Health(EverySteps):
    """Stops training that has left the numbers, and says in words, once, that a player has failed.

    A loss that is NaN or infinite raises a `DivergenceError` at the end of its step, before
    anything is saved. Every `every_steps` steps the players meet on a fixed batch with fixed noise.
    What `figures` finds there goes to TensorBoard and `path`; five looks in a row that agree are a
    verdict, which goes to the log as a warning and to `path`:

    * *won*: the discriminator is right on 99 % of reals and of fakes, or its loss since the last
      look is below a twentieth of what it would be if it answered one half to everything;
    * *collapsed*: the diversity is nothing; or, where the images are others than when training
      began, below 0.05 or a quarter of the most it ever was;
    * *saturated*: the share of extreme values is 0.45 above the reals'.

    docs/health.md has the measurements behind these numbers.

    Args:
        batch: a batch in the model's format, at least 16 examples if it is to say much.
        every_steps: steps between two looks; one costs about as much as a step on `batch`.
        path: a JSON file with the newest figures and all verdicts; or None.
        log_dir: a TensorBoard folder for the figures; or None.
        checkpoints: the folder whose newest checkpoint an error names; or None.
    """

    def __init__(self, batch, every_steps: int = 200, path=None, log_dir=None, checkpoints=None):
        super().__init__(every_steps)
        self.batch = batch
        self.path = path and Path(path)
        self.log_dir = log_dir
        self.checkpoints = checkpoints
        self.memory = {"looks": {}, "most": {}, "first": {}, "verdicts": []}

    def get_state(self):
        return super().get_state() | self.memory

    def set_state(self, state):
        super().set_state(state)
        self.memory = {name: state[name] for name in self.memory}

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        self._writer = tf.summary.create_file_writer(str(self.log_dir)) if self.log_dir else None
        if not self.memory["first"]:
            self._look(self.step, {}, self.model.examine)
        # Compiling takes as long as some looks: the first one, before the first step, is without.
        is_eager = self.model.run_eagerly
        self._examine = self.model.examine if is_eager else tf.function(self.model.examine)

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
        self.memory["verdicts"].append(
            {"step": step, "verdict": "diverged", "play": None, "message": message}
        )
        self._write(step, {})
        raise DivergenceError(message)

    def on_steps(self, step, means):
        self._look(step, means, self._examine)

    def _look(self, step, means, examine):
        norms, plays = examine(self.batch)
        written = {name: float(norm) for name, norm in norms.items()}
        for name, play in plays.items():
            found = figures(play)
            written |= {f"{name}/{figure}": value for figure, value in found.items()}
            # Batch statistics can mislead D on a single batch, but not the losses of training.
            has_won = (
                min(found["real_accuracy"], found["fake_accuracy"]) >= 0.99
                or means.get("discriminator_loss", math.inf) < 0.05 * self.model.undecided_loss
            )
            collapsed = self._has_collapsed(name, found, _thumbnail(play.fakes))
            self._judge(step, name, "won", has_won, _WON)
            self._judge(step, name, "collapsed", collapsed, _COLLAPSED)
            self._judge(step, name, "saturated", found["saturation"] > 0.45, _SATURATED)
        if self._writer is not None:
            with self._writer.as_default(step):
                for name, value in written.items():
                    tf.summary.scalar(f"health/{name}", value)
        self._write(step, written)

    def _has_collapsed(self, play, found, thumbnail):
        diversity = found.get("diversity")
        most = max(diversity or 0.0, self.memory["most"].get(play, 0.0))
        self.memory["most"][play] = most
        change = np.subtract(thumbnail, self.memory["first"].setdefault(play, thumbnail))
        has_moved = np.sqrt(np.mean(change**2)) > 0.05
        return diversity is not None and diversity < (max(0.05, most / 4) if has_moved else 1e-5)

    def _judge(self, step, play, verdict, is_so, words):
        key = f"{play}/{verdict}"
        looks = self.memory["looks"].get(key, 0) + 1 if is_so else 0
        self.memory["looks"][key] = min(looks, PATIENCE + 1)  # beyond that it has been said
        said = [(said["verdict"], said["play"]) for said in self.memory["verdicts"]]
        if looks == PATIENCE and (verdict, play) not in said:
            message = "{} ({play}, step {step}): {}.".format(*words, play=play, step=step)
            logger.warning("%s", message)
            self.memory["verdicts"].append(
                {"step": step, "verdict": verdict, "play": play, "message": message}
            )

    def _write(self, step, found):
        if self.path is not None:
            content = {"step": step, "figures": found, "verdicts": self.memory["verdicts"]}
            write_json(self.path, content, indent=2)

    def on_train_end(self, logs=None):
        if self._writer is not None:
            self._writer.close()


def figures(play) -> dict[str, float]:
    """Returns what `Health` judges a pair of players by.

    Args:
        play: a `Play`, as `GANModel.examine` returns them.

    Returns:
        `real_accuracy` and `fake_accuracy`, the share of the discriminator's right answers;
        `saturation`, the share of the fakes' values within 0.01 of -1 or 1 less that of the reals';
        `diversity`, the mean distance of two fakes of a label over that of two reals, left out
        where there are no two or all are equal.
    """
    reals, fakes = np.asarray(play.reals), np.asarray(play.fakes)
    labels = np.zeros(len(reals)) if play.labels is None else np.asarray(play.labels)
    found = {
        "real_accuracy": float(np.mean(np.asarray(play.real_scores) > 0)),
        "fake_accuracy": float(np.mean(np.asarray(play.fake_scores) <= 0)),
        "saturation": float(np.mean(np.abs(fakes) > 0.99) - np.mean(np.abs(reals) > 0.99)),
    }
    if (real_distance := _mean_distance(reals, labels)) > 1e-3:
        found["diversity"] = _mean_distance(fakes, labels) / real_distance
    return found


def _thumbnail(images):
    """The mean image at 4x4, as a list: whether two of them differ says whether images moved."""
    return (
        tf.image.resize(tf.reduce_mean(images, axis=(0, 3))[..., None], (4, 4), "area")[..., 0]
        .numpy()
        .tolist()
    )


def _mean_distance(images, labels):
    """The mean distance, the root of the mean square, of two images of the same label; or 0."""
    flat = tf.reshape(tf.cast(images, tf.float64), (len(images), -1))
    squares = tf.reduce_mean(flat**2, axis=1)
    products = tf.matmul(flat, flat, transpose_b=True) / flat.shape[1]
    distances = tf.sqrt(tf.maximum(squares[:, None] + squares - 2.0 * products, 0.0)).numpy()
    pairs = (labels[:, None] == labels) & ~np.eye(len(labels), dtype=bool)
    return float(distances[pairs].mean()) if pairs.any() else 0.0
