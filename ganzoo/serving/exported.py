"""A SavedModel of ours as a source of images: what it takes to use it in place of its model."""

import json
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.errors import InputError, ResourceError
from ganzoo.randomness import priors

# Of a SavedModel's folder, the place for what TensorFlow does not read.
_FACTS = Path("assets.extra/ganzoo.json")


class ExportedModel:
    """An exported model that samples from noise.

    It has what the commands on latents ask of any source of images: `latents_of_seeds`,
    `latent_dim`, `image_shape`, `num_classes` where there are classes, `prior` where the model
    stated one, a call that gradients pass through, and `predict_on_batch`. Each is answered by a
    signature, and so as the model answered it when it was exported.

    Args:
        folder: a SavedModel that `GANModel.export` or `ganzoo export` wrote.

    Raises:
        InputError: if it has no signature for latents: it translates, or is not of ganzoo.
        ResourceError: if it cannot be read.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        try:
            self._loaded = tf.saved_model.load(str(folder))  # its functions live as long as this
            path = self.folder / _FACTS
            facts = json.loads(path.read_text()) if path.exists() else {}
        except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
            raise ResourceError(
                f"Not a whole SavedModel: {error}. Received: {str(folder)!r}"
            ) from error
        signatures = self._loaded.signatures
        if not facts or not {"latents", "serving_default"} <= signatures.keys():
            raise InputError(
                "Only exports of models that sample from noise have latents, those of this version "
                f"of ganzoo. Received: the signatures {', '.join(signatures)} in {str(folder)!r}"
            )
        self._latents, self._images = signatures["latents"], signatures["serving_default"]
        self.latent_dim = self._latents.structured_outputs["latents"].shape[-1]
        self.image_shape = tuple(self._images.structured_outputs["images"].shape[1:])
        self.num_classes = facts["num_classes"]
        if facts["prior"] is not None:
            self.prior = priors.from_json(facts["prior"])

    def latents_of_seeds(self, seeds) -> tf.Tensor:
        """Returns latents `(count, latent_dim)`, each a function of its own seed."""
        return self._latents(seeds=tf.cast(seeds, tf.int64))["latents"]

    def truncate(self, latents, truncation):
        """Returns latents moved towards their prior's mean, as `GANModel.truncate` does."""
        return priors.truncated(latents, self.prior.mean, truncation)

    def __call__(self, inputs, training: bool = False) -> tf.Tensor:
        """Returns images of latents, or of `(latents, labels)`, float32 in [-1, 1].

        Args:
            inputs: as the model takes them; but labels are classes, and no weights of classes.
            training: there is no such thing in an export.
        """
        if training:
            raise InputError("An exported model is as at inference. Received: training=True")
        if self.num_classes is None:
            return self._images(latents=tf.cast(inputs, tf.float32))["images"]
        latents, labels = inputs
        labels = tf.convert_to_tensor(labels)
        if labels.dtype.is_floating:
            raise InputError(
                "An exported model makes images of whole classes; what lies between classes takes "
                f"the run folder. Received: weights of classes, {labels.shape}"
            )
        latents, labels = tf.cast(latents, tf.float32), tf.cast(labels, tf.int64)
        return self._images(latents=latents, labels=labels)["images"]

    def predict_on_batch(self, inputs) -> np.ndarray:
        return self(inputs).numpy()


def is_saved_model(path) -> bool:
    """Whether a path is the folder of a SavedModel, ours or another."""
    return (Path(path) / "saved_model.pb").is_file()


def write_facts(model, folder) -> None:
    """Writes what no signature says of a model that samples from noise; of others, nothing.

    Args:
        model: what was exported.
        folder: of the SavedModel.
    """
    if not hasattr(model, "latents_of_seeds"):
        return
    facts = {
        "num_classes": getattr(model, "num_classes", None),
        "prior": priors.to_json(getattr(model, "prior", None)),
    }
    (folder / _FACTS).parent.mkdir(exist_ok=True)
    (folder / _FACTS).write_text(json.dumps(facts) + "\n")
