"""`ExportedModel`: a SavedModel of ganzoo in place of its model, as a source of images."""

import json
import os
from pathlib import Path

import numpy as np
import tensorflow as tf

from ganzoo.abilities import abilities_of
from ganzoo.errors import InputError, ResourceError
from ganzoo.randomness import priors
from ganzoo.saving.files import path_of

# The folder of a SavedModel for files that TensorFlow itself does not read.
_METADATA = Path("assets.extra/ganzoo.json")


class ExportedModel:
    """An exported model that samples from noise.

    It has the interface that the commands on latents need: `latents_of_seeds`, `latent_shape`,
    `image_shape`, `num_classes` where there are classes, `attributes` where labels are vectors of
    them, `latent_space` where the model states one, `encode` where it has an encoder, a call that
    gradients pass through, and `predict_on_batch`. Each calls a signature, so its results are
    those of the model when it was exported.

    Args:
        folder: a SavedModel that `GANModel.export` or `ganzoo export` wrote.

    Raises:
        InputError: if it has no signature for latents: it translates, or ganzoo did not write it.
        ResourceError: if it cannot be read.
    """

    def __init__(self, folder: str | os.PathLike):
        self.folder = path_of(folder)
        try:
            self._loaded = tf.saved_model.load(str(self.folder))  # functions live as long
            path = self.folder / _METADATA
            metadata = json.loads(path.read_text()) if path.exists() else {}
        except (OSError, ValueError, KeyError, tf.errors.OpError) as error:
            raise ResourceError(
                f"Not an intact SavedModel: {error}. Received: {str(folder)!r}"
            ) from error
        signatures = self._loaded.signatures
        if not metadata or not {"latents", "serving_default"} <= signatures.keys():
            raise InputError(
                "Only exports of models that sample from noise have latents, those of this version "
                f"of ganzoo. Received: the signatures {', '.join(signatures)} in {str(folder)!r}"
            )
        self._latents, self._images = signatures["latents"], signatures["serving_default"]
        self.latent_shape = tuple(self._latents.structured_outputs["latents"].shape[1:])
        self.image_shape = tuple(self._images.structured_outputs["images"].shape[1:])
        self.num_classes = metadata["num_classes"]
        self.class_names = tuple(metadata.get("class_names", ()))
        self.attributes = tuple(metadata.get("attributes", ()))
        self.latent_space = priors.from_json(metadata["prior"])
        if "encode" in signatures:  # an ability is what a model has
            self.encode = self._encode

    def latents_of_seeds(self, seeds) -> tf.Tensor:
        """Returns latents `(count, *latent_shape)`, each a function of its own seed."""
        return self._latents(seeds=tf.cast(seeds, tf.int64))["latents"]

    def truncate(self, latents, truncation):
        """Returns latents moved towards their mean, as `LatentModel.truncate` does."""
        return priors.truncated(latents, self.latent_space.mean, truncation)

    def __call__(self, inputs, training: bool = False) -> tf.Tensor:
        """Returns images of latents, or of `(latents, labels)`, float32 in [-1, 1].

        Args:
            inputs: as the model takes them, but labels must be classes, not weights of classes.
            training: must be False; an export works as at inference.
        """
        if training:
            raise InputError("An exported model cannot be trained. Received: training=True")
        if self.num_classes is None and not self.attributes:
            return self._images(latents=tf.cast(inputs, tf.float32))["images"]
        latents, labels = inputs
        if self.attributes:
            latents, labels = (tf.cast(values, tf.float32) for values in inputs)
            return self._images(latents=latents, attributes=labels)["images"]
        labels = tf.convert_to_tensor(labels)
        if labels.dtype.is_floating:
            raise InputError(
                "An exported model makes images of single classes; for what lies between classes "
                f"use the run folder. Received: weights of classes, {labels.shape}"
            )
        latents, labels = tf.cast(latents, tf.float32), tf.cast(labels, tf.int64)
        return self._images(latents=latents, labels=labels)["images"]

    def _encode(self, images) -> tf.Tensor:
        """Returns the latents of images, as the model's `encode` does."""
        return self._loaded.signatures["encode"](images=tf.cast(images, tf.float32))["latents"]

    def predict_on_batch(self, inputs) -> np.ndarray:
        """Returns the images of a call as an array."""
        return self(inputs).numpy()


def is_saved_model(path: str | os.PathLike) -> bool:
    """Whether a path is the folder of a SavedModel, ours or another."""
    return (path_of(path) / "saved_model.pb").is_file()


def write_metadata(model, folder) -> None:
    """Writes the latents' distribution and the labels of a model that samples from noise.

    For other models it writes nothing.

    Args:
        model: the exported model.
        folder: the SavedModel's.
    """
    abilities = abilities_of(model)
    if not abilities.samples:
        return
    metadata = {
        "num_classes": abilities.num_classes,
        "class_names": list(abilities.class_names),
        "attributes": list(abilities.attributes),
        "prior": priors.to_json(getattr(model, "latent_space", None)),
    }
    (folder / _METADATA).parent.mkdir(exist_ok=True)
    (folder / _METADATA).write_text(json.dumps(metadata) + "\n")
