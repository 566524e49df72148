"""The signatures of models that make images from noise."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from ganzoo.images.ranges import to_uint8
from ganzoo.serving.endpoint import Endpoint, require

_TRUNCATION = (
    "in [0, 1]: a factor of the latents' distance from their mean; 1 changes nothing, less gives "
    "likelier and less varied images"
)


def latent_endpoints(
    model,
    images_of: Callable[..., tf.Tensor],
    *,
    num_classes: int | None = None,
    attributes: Sequence[str] = (),
) -> dict[str, Endpoint]:
    """Returns the endpoints of a model that defines `latents_of_seeds`.

    `serving_default` takes latents, and `latents` says which are those of seeds; `generate` takes
    seeds and returns uint8 images; `generate_png` returns them encoded. `generate_truncated` and
    `generate_truncated_png` take a truncation per image as well (`LatentModel.truncate`). Brock et
    al. (2018, arXiv:1809.11096) draw values beyond a threshold again, which is for priors without
    bounds only.

    Args:
        model: a `LatentModel`.
        images_of: takes latents, and labels where there are any, and returns float images.
        num_classes: labels are 0 to num_classes - 1; None: they are not classes.
        attributes: the names of the numbers in labels that are vectors; empty: they are none.
    """
    return LatentEndpoints(model, images_of, num_classes, attributes).endpoints()


class LatentEndpoints:
    """The functions of the signatures, and what each of their inputs is."""

    def __init__(self, model, images_of, num_classes, attributes):
        self.model = model
        self.images_of = images_of
        self.num_classes = num_classes
        self.attributes = attributes
        # In a graph its hundreds of operations are traced, and kept, once for all signatures.
        self.latents_in_a_graph = tf.function(
            model.latents_of_seeds, input_signature=[tf.TensorSpec((None,), tf.int64)]
        )

    def serve(self, latents, **labels):
        is_finite = tf.reduce_all(tf.math.is_finite(latents))
        latents = require(latents, is_finite, "latents must be finite", latents)
        return {"images": self.images_of(latents, *map(self._checked, labels.values()))}

    def latents(self, seeds):
        message = "seeds must be in 0 to 2^63 - 1"
        seeds = require(seeds, tf.reduce_all(seeds >= 0), message, seeds)
        eager = tf.executing_eagerly()
        draw = self.model.latents_of_seeds if eager else self.latents_in_a_graph
        return {"latents": draw(seeds)}

    def generate(self, seeds, truncation=None, **labels):
        latents = self.latents(seeds)["latents"]
        if truncation is not None:
            in_range = tf.reduce_all((truncation >= 0) & (truncation <= 1))
            truncation = require(truncation, in_range, "truncation must be in [0, 1]", truncation)
            latents = self.model.truncate(latents, truncation[:, None])
        labels = map(self._checked, labels.values())
        return {"images": to_uint8(self.images_of(latents, *labels))}

    def generate_png(self, **inputs):
        return {"image_bytes": tf.io.encode_png(self.generate(**inputs)["images"])}

    def _checked(self, labels):
        """Labels, once they are classes, or attributes in their range."""
        if self.attributes:
            message, in_range = "attributes must be in [0, 1]", (labels >= 0) & (labels <= 1)
        else:
            message = f"labels must be in 0 to num_classes - 1, {self.num_classes - 1}"
            in_range = (labels >= 0) & (labels < self.num_classes)
        return require(labels, tf.reduce_all(in_range), message, labels)

    def examples(self, names: list[str], count: int) -> dict[str, np.ndarray]:
        return {name: self._example(name, count) for name in names}

    def _example(self, name, count):
        if name == "latents":
            return self.model.latents_of_seeds(tf.range(count)).numpy()
        if name == "truncation":
            return np.linspace(1.0, 0.5, count, dtype=np.float32)
        numbers = np.arange(count, dtype=np.int64)
        if name == "attributes":
            return np.float32((numbers[:, None] >> np.arange(len(self.attributes))) & 1)
        return numbers % self.num_classes if name == "labels" else numbers

    def meaning(self, name: str) -> str:
        return {
            "latents": str(self.model.latent_space),
            "seeds": "0 to 2^63 - 1; an image depends on its seed alone, not on its batch",
            "labels": f"classes, 0 to {self.num_classes and self.num_classes - 1}",
            "attributes": f"0 or 1, or between, for each of {', '.join(self.attributes)}",
            "truncation": _TRUNCATION,
        }[name]

    def endpoint(self, function, inputs, output, output_meaning) -> Endpoint:
        names = [spec.name for spec in inputs]
        meanings = {name: self.meaning(name) for name in names} | {output.name: output_meaning}
        return Endpoint(
            function, inputs, (output,), lambda count: self.examples(names, count), meanings
        )

    @property
    def latents_spec(self) -> tf.TensorSpec:
        return tf.TensorSpec((None, *self.model.latent_shape), tf.float32, "latents")

    @property
    def label_specs(self) -> tuple[tf.TensorSpec, ...]:
        """Of the labels, where there are any."""
        if self.num_classes is not None:
            return (tf.TensorSpec((None,), tf.int64, "labels"),)
        if self.attributes:
            return (tf.TensorSpec((None, len(self.attributes)), tf.float32, "attributes"),)
        return ()

    def endpoints(self) -> dict[str, Endpoint]:
        latents, labels = self.latents_spec, self.label_specs
        seeds = (tf.TensorSpec((None,), tf.int64, "seeds"), *labels)
        truncated_seeds = (*seeds, tf.TensorSpec((None,), tf.float32, "truncation"))
        shape = (None, *self.model.image_shape)
        floats = tf.TensorSpec(shape, tf.float32, "images"), "in [-1, 1]"
        pixels = tf.TensorSpec(shape, tf.uint8, "images"), "0 to 255"
        files = tf.TensorSpec((None,), tf.string, "image_bytes"), "PNG files"
        return {
            "serving_default": self.endpoint(self.serve, (latents, *labels), *floats),
            "latents": self.endpoint(self.latents, seeds[:1], latents, self.meaning("latents")),
            "generate": self.endpoint(self.generate, seeds, *pixels),
            "generate_png": self.endpoint(self.generate_png, seeds, *files),
            "generate_truncated": self.endpoint(self.generate, truncated_seeds, *pixels),
            "generate_truncated_png": self.endpoint(self.generate_png, truncated_seeds, *files),
        }
