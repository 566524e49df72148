"""`EncodesImages`: what is the same in all models that have an encoder."""

import keras
import tensorflow as tf

from ganzoo.abilities import abilities_of
from ganzoo.serving import encoding_endpoints


class EncodesImages:
    """A part of models whose encoder finds the latents of images.

    It comes before `LatentModel`, or what derives from it, among a model's parents. The model makes
    an `encoder` beside its `generator`; where that has several outputs, as a mean and a deviation,
    the first of them are the latents.
    """

    encoder: keras.Model

    @property
    def generators(self) -> list[keras.Model]:
        return [self.generator, self.encoder]

    def encode(self, images) -> tf.Tensor:
        """Returns the latents of images, `(batch, *latent_shape)`.

        Of an encoder that is a distribution they are its mean.

        Args:
            images: float `(batch, height, width, channels)` in [-1, 1], of `image_shape`.
        """
        return _first(self.samplers[1](images, training=False))

    def reconstruct(self, images, labels=None) -> tf.Tensor:
        """Returns the images of the latents of images, float in [-1, 1].

        Args:
            images: as in `encode`.
            labels: of a model that takes them, what the results are to be of.
        """
        latents = self.encode(images)
        return self(latents if labels is None else (latents, labels), training=False)

    def sample_images(self, batch):
        """Returns samples, and images of `batch` with their reconstructions beside them."""
        beside = tf.concat([batch, self.reconstruct(batch)], axis=2)
        return super().sample_images(batch) | {"reconstructions": beside}

    def export_endpoints(self, samplers):
        generator, encoder = samplers

        def images_of(latents, *labels):
            return generator([latents, *labels] if labels else latents)

        able = abilities_of(self)
        return super().export_endpoints([generator]) | encoding_endpoints(
            self, lambda images: _first(encoder(images)), images_of,
            num_classes=able.num_classes, attributes=able.attributes,
        )  # fmt: skip


def _first(outputs):
    return tf.nest.flatten(outputs)[0]
