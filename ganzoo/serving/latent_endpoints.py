"""The signatures of models that make images from noise."""

import numpy as np
import tensorflow as tf

from ganzoo.images.ranges import to_uint8
from ganzoo.serving.endpoint import Endpoint, require

_TRUNCATION = (
    "in [0, 1]: a factor of the latents' distance from their mean; 1 changes nothing, less gives "
    "likelier and less varied images"
)


def latent_endpoints(model, images_of, *, num_classes: int | None = None) -> dict[str, Endpoint]:
    """Returns the endpoints of a model that defines `latents_of_seeds`.

    `serving_default` takes latents, and `latents` says which are those of seeds; `generate` takes
    seeds and returns uint8 images; `generate_png` returns them encoded. `generate_truncated` and
    `generate_truncated_png` take a truncation per image as well (`priors.truncated`). Brock et al.
    (2018, arXiv:1809.11096) draw values beyond a threshold again, which is for priors without
    bounds only.

    Args:
        model: states `prior`, `latent_dim` and `latents_of_seeds`.
        images_of: takes latents, and labels where there are classes, and returns float images.
        num_classes: labels are 0 to num_classes - 1; None: there are no labels.
    """
    label_specs = () if num_classes is None else (tf.TensorSpec((None,), tf.int64, "labels"),)
    seed_specs = (tf.TensorSpec((None,), tf.int64, "seeds"), *label_specs)
    truncation_spec = tf.TensorSpec((None,), tf.float32, "truncation")

    def checked(labels):
        """Labels by name, as they are passed on, once they are classes."""
        return {
            name: require(
                label, tf.reduce_all((label >= 0) & (label < num_classes)),
                f"labels must be in 0 to num_classes - 1, {num_classes - 1}", label,
            )
            for name, label in labels.items()
        }  # fmt: skip

    def serve(latents, **labels):
        is_finite = tf.reduce_all(tf.math.is_finite(latents))
        latents = require(latents, is_finite, "latents must be finite", latents)
        return {"images": images_of(latents, **checked(labels))}

    def latents_of(seeds):
        message = "seeds must be in 0 to 2^63 - 1"
        seeds = require(seeds, tf.reduce_all(seeds >= 0), message, seeds)
        return {"latents": model.latents_of_seeds(seeds)}

    def generate(seeds, truncation=None, **labels):
        latents = latents_of(seeds)["latents"]
        if truncation is not None:
            in_range = tf.reduce_all((truncation >= 0) & (truncation <= 1))
            truncation = require(truncation, in_range, "truncation must be in [0, 1]", truncation)
            latents = model.truncate(latents, truncation[:, None])
        return {"images": to_uint8(images_of(latents, **checked(labels)))}

    def generate_png(**inputs):
        return {"image_bytes": tf.io.encode_png(generate(**inputs)["images"])}

    def examples(*specs):
        drawn = {
            "latents": lambda count: model.latents_of_seeds(tf.range(count)).numpy(),
            "seeds": lambda count: np.arange(count, dtype=np.int64),
            "labels": lambda count: np.arange(count, dtype=np.int64) % num_classes,
            "truncation": lambda count: np.linspace(1.0, 0.5, count, dtype=np.float32),
        }
        return lambda count: {spec.name: drawn[spec.name](count) for spec in specs}

    meanings = {
        "latents": str(model.prior),
        "seeds": "0 to 2^63 - 1; an image depends on its seed alone, not on its batch",
        "labels": f"classes, 0 to {num_classes and num_classes - 1}",
        "truncation": _TRUNCATION,
    }

    def endpoint(function, inputs, output, meaning):
        its_meanings = {spec.name: meanings[spec.name] for spec in inputs} | {output.name: meaning}
        return Endpoint(function, inputs, (output,), examples(*inputs), its_meanings)

    latents_spec = tf.TensorSpec((None, model.latent_dim), tf.float32, "latents")
    with_truncation = (*seed_specs, truncation_spec)
    shape = (None, *model.image_shape)
    floats = tf.TensorSpec(shape, tf.float32, "images"), "in [-1, 1]"
    pixels = tf.TensorSpec(shape, tf.uint8, "images"), "0 to 255"
    files = tf.TensorSpec((None,), tf.string, "image_bytes"), "PNG files"
    return {
        "serving_default": endpoint(serve, (latents_spec, *label_specs), *floats),
        "latents": endpoint(latents_of, seed_specs[:1], latents_spec, meanings["latents"]),
        "generate": endpoint(generate, seed_specs, *pixels),
        "generate_png": endpoint(generate_png, seed_specs, *files),
        "generate_truncated": endpoint(generate, with_truncation, *pixels),
        "generate_truncated_png": endpoint(generate_png, with_truncation, *files),
    }
