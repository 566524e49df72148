"""`ConditionalModel`: what is the same in all models that make images of latents and a label."""

import functools

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.images.grids import square_columns
from ganzoo.layers import OneHotLabels
from ganzoo.layers.class_numbers import labels_below
from ganzoo.models.latent import LatentModel
from ganzoo.serving import latent_endpoints


class ConditionalModel(LatentModel):
    """A `LatentModel` whose generator takes a label with each latent. Abstract.

    Its generator takes `[latents, labels]`, the labels through a layer `OneHotLabels`; or, where a
    model has `attributes`, vectors of them as they are.

    Attributes:
        num_classes: labels are 0 to num_classes - 1.
        class_names: their names, of a model that was loaded from a run whose data has names.
        attributes: the names of the numbers in a label that is a vector; empty where it is a class.
    """

    num_classes: int
    class_names: tuple[str, ...] = ()
    attributes: tuple[str, ...] = ()

    @classmethod
    def batch_format_of(cls, settings):
        return "attributes" if settings.get("attributes") else cls.batch_format

    @property
    def example_shapes(self):
        if self.attributes:
            return {"images": self.image_shape, "attributes": (len(self.attributes),)}
        return super().example_shapes

    def draw_labels(self, count, key) -> tf.Tensor:
        """Returns classes for the images of a step, int32 `(count,)`, all equally likely.

        Args:
            count: how many, this replica's part of the batch.
            key: what `GANModel.key` returned.
        """
        return tf.cast(self.num_classes * randomness.uniform((count,), key), tf.int32)

    def images_of(self, generator, latents, labels):
        """Returns what a generator, this model's or a copy of it, makes of latents and labels."""
        return generator([latents, labels])

    @property
    def class_numbers(self):
        return {} if self.attributes else {"labels": labels_below(self.num_classes)}

    def call(self, inputs, training=False):
        latents, labels = inputs
        labels = tf.convert_to_tensor(labels)
        sampler = self.samplers[0]
        if labels.dtype.is_floating and not self.attributes:
            sampler = self._sampler_of_class_weights(sampler, labels.shape)
        return self.images_of(functools.partial(sampler, training=training), latents, labels)

    def _sampler_of_class_weights(self, sampler, shape):
        """The same layers as `sampler`, entered behind the one that makes vectors of labels."""
        if shape[1:] != (self.num_classes,):
            raise InputError(
                f"Weights of classes are (batch, num_classes), (batch, {self.num_classes}). "
                f"Received: {shape}"
            )
        of_latents, _, *others = sampler.inputs
        of_labels = next(layer for layer in sampler.layers if isinstance(layer, OneHotLabels))
        return keras.Model([of_latents, of_labels.output, *others], sampler.output)

    def sample_images(self, batch):
        """Returns as many images as `batch` has examples, to be laid out in a square grid.

        There each row is of one label, and each column of one latent vector. The labels are the
        classes in their order; where there are more rows than classes, these come again with other
        latents. Of attributes they are those of the batch's first examples.
        """
        images, labels = batch
        places = tf.range(len(images))
        columns = square_columns(len(images))
        rows, column = places // columns, places % columns
        if self.attributes:
            latents, labels = self.latents_of_seeds(column), tf.gather(labels, rows)
        else:
            latents = self.latents_of_seeds(rows // self.num_classes * columns + column)
            labels = rows % self.num_classes
        return {"samples": self((latents, labels), training=False)}

    def export_endpoints(self, samplers):
        images_of = functools.partial(self.images_of, samplers[0])
        if self.attributes:
            return latent_endpoints(self, images_of, attributes=self.attributes)
        return latent_endpoints(self, images_of, num_classes=self.num_classes)
