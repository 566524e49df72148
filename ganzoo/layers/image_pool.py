"""A pool of images that a generator made earlier."""

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError


@keras.saving.register_keras_serializable("ganzoo")
class ImagePool(keras.layers.Layer):
    """Hands out earlier images in place of about half of the new ones (Shrivastava et al., 2017).

    The first `size` images fill the pool and are handed out as they come. From then on a new image
    is, with probability one half, kept in the place of a random one that is handed out instead, and
    is otherwise handed out itself. CycleGAN shows its discriminators such images (arXiv:1703.10593,
    section 4). No two images of a batch take the same place.

    The pool lives in weights that are not trained, so it works in a graph, under XLA, and in
    checkpoints. Under a `tf.distribute` strategy there is one pool for the global batch.

    Args:
        size: images in the pool, at least as many as in a global batch.
        image_shape: `(height, width, channels)`.
    """

    def __init__(self, size: int, image_shape: tuple[int, int, int], **kwargs):
        super().__init__(**kwargs)
        self.size = size
        self.image_shape = tuple(image_shape)
        self.images = self._weight("images", (size, *self.image_shape), self.variable_dtype)
        self.count = self._weight("count", (), "float64")  # unlike int64 it lives on a GPU
        self.built = True

    def _weight(self, name, shape, dtype):
        return self.add_weight(
            name=name, shape=shape, dtype=dtype, initializer="zeros", trainable=False,
            aggregation="only_first_replica", autocast=False,
        )  # fmt: skip

    def check_batch_size(self, batch_size: int) -> None:
        """Raises an InputError for a global batch that is larger than the pool."""
        if batch_size > self.size:
            raise InputError(
                f"The image pool, of size {self.size}, must hold a whole batch. "
                f"Received: a batch of {batch_size}"
            )

    def call(self, images, noise_key):
        """Returns as many images as it is given, some of them earlier ones.

        Args:
            images: `(batch, height, width, channels)`, this replica's part of the batch.
            noise_key: what `randomness.key` returned.
        """
        replica = tf.distribute.get_replica_context()
        local = tf.shape(images)[0]
        if replica.num_replicas_in_sync > 1:
            # Every replica does the same with the global batch, and takes its part of the result.
            images = replica.all_gather(images, axis=0)
        handed_out = self._exchange(images, noise_key)
        start = replica.replica_id_in_sync_group * local
        return handed_out[start : start + local]

    def _exchange(self, images, noise_key):
        batch = tf.shape(images)[0]
        if images.shape[0] is not None:
            self.check_batch_size(images.shape[0])
        count = tf.cast(self.count.value, tf.int32)
        is_full = count >= self.size
        draws = randomness.replicated_uniform([self.size + batch], noise_key)
        random_places = tf.math.top_k(draws[: self.size], batch).indices
        places = tf.where(is_full, random_places, (count + tf.range(batch)) % self.size)
        stays = is_full & (draws[self.size :] < 0.5)
        fills = count + tf.range(batch) < self.size
        stays, is_kept = (x[:, None, None, None] for x in (stays, stays | fills))

        earlier = tf.gather(self.images.value, places)
        self.images.assign(
            tf.tensor_scatter_nd_update(
                self.images.value, places[:, None], tf.where(is_kept, images, earlier)
            )
        )
        self.count.assign(tf.cast(tf.minimum(count + batch, self.size), self.count.dtype))
        return tf.where(stays, earlier, images)

    def get_config(self):
        return super().get_config() | {"size": self.size, "image_shape": self.image_shape}
