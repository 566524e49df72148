"""The signatures of models that find the latents of images."""

from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from ganzoo.serving.endpoint import Endpoint, require_images
from ganzoo.serving.latent_endpoints import LatentEndpoints


def encoding_endpoints(
    model,
    latents_of: Callable[..., tf.Tensor],
    images_of: Callable[..., tf.Tensor],
    *,
    num_classes: int | None = None,
    attributes: Sequence[str] = (),
) -> dict[str, Endpoint]:
    """Returns the endpoints of a model that defines `encode`, beside those of its latents.

    `encode` takes float images and returns latents; `reconstruct` returns the images of these.

    Args:
        model: a `LatentModel`.
        latents_of: takes float images and returns latents.
        images_of, num_classes, attributes: as in `latent_endpoints`; with labels `reconstruct`
            takes those that its results are to be of.
    """
    return _EncodingEndpoints(model, latents_of, images_of, num_classes, attributes).endpoints()


class _EncodingEndpoints(LatentEndpoints):
    def __init__(self, model, latents_of, images_of, num_classes, attributes):
        super().__init__(model, images_of, num_classes, attributes)
        self.latents_of = latents_of

    def encode(self, images):
        return {"latents": self.latents_of(require_images(images))}

    def reconstruct(self, images, **labels):
        latents = self.encode(images)["latents"]
        return {"outputs": self.images_of(latents, *map(self._checked, labels.values()))}

    def _example(self, name, count):
        if name != "images":
            return super()._example(name, count)
        noise = np.random.default_rng(0)
        return np.float32(noise.uniform(-1.0, 1.0, (count, *self.model.image_shape)))

    def meaning(self, name):
        return "in [-1, 1]" if name == "images" else super().meaning(name)

    def endpoints(self):
        shape = (None, *self.model.image_shape)
        images, outputs = (tf.TensorSpec(shape, tf.float32, name) for name in ("images", "outputs"))
        meaning = f"{self.meaning('latents')}, where images are such as the model makes"
        return {
            "encode": self.endpoint(self.encode, (images,), self.latents_spec, meaning),
            "reconstruct": self.endpoint(
                self.reconstruct, (images, *self.label_specs), outputs, "in [-1, 1]"
            ),
        }
