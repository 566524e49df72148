"""How much the images of a batch differ, as a channel that a discriminator sees."""

import keras
import tensorflow as tf

from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class MinibatchDeviation(keras.layers.Layer):
    """Appends to maps the mean standard deviation over a group of images, as one channel.

    Karras et al. (2018, arXiv:1710.10196, section 3): `(batch, height, width, channels)` to
    `channels + 1`. The deviation of each value over the group, sqrt(variance + 1e-8), averaged over
    the map, is one number for all images of the group.

    A group are images that follow one another, so that a batch has the same groups however many
    devices it is split between, and reals and fakes can be judged in one call. (The authors' code
    takes every n-th image, within what a device has.) Where `training` is False, a batch that
    groups do not divide has smaller ones, the largest that divide both: of one image 1e-4.

    Args:
        group_size: images in a group.

    Raises:
        InputError: in training, for a batch, or a device's part of one, that groups do not divide.
    """

    def __init__(self, group_size: int = 4, **kwargs):
        super().__init__(**kwargs)
        self.group_size = group_size

    def call(self, maps, training=False):
        batch, height, width, channels = maps.shape
        if training and batch is not None and batch % self.group_size:
            raise InputError(
                "The minibatch standard deviation is of whole groups of images: the batch on each "
                f"device must be a multiple of {self.group_size}. Received: {batch}"
            )
        count = tf.shape(maps)[0] if batch is None else batch
        group = self._group(count)
        values = tf.cast(maps, self.variable_dtype)
        groups = tf.reshape(values, (-1, group, height * width * channels))
        centred = groups - tf.reduce_mean(groups, axis=1, keepdims=True)
        deviations = tf.sqrt(tf.reduce_mean(centred**2, axis=1) + 1e-8)
        of_groups = tf.reduce_mean(deviations, axis=1)
        of_images = tf.reshape(tf.repeat(of_groups, group), (-1, 1, 1, 1))
        channel = tf.broadcast_to(of_images, (count, height, width, 1))
        return tf.concat([maps, tf.cast(channel, maps.dtype)], axis=-1)

    def _group(self, count):
        """The largest size that divides both a group and the batch."""
        if isinstance(count, int):
            sizes = range(1, self.group_size + 1)
            return max(n for n in sizes if count % n == 0 and self.group_size % n == 0)
        sizes = [n for n in range(1, self.group_size + 1) if self.group_size % n == 0]
        return tf.reduce_max(tf.where(count % sizes == 0, sizes, 1))

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], input_shape[-1] + 1)

    def get_config(self):
        return super().get_config() | {"group_size": self.group_size}
