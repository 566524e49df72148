"""A mapping network, a synthesis network, and the space of w between them."""

import functools

import keras
import numpy as np
import tensorflow as tf

from ganzoo import randomness
from ganzoo.models.latent import LatentModel
from ganzoo.networks import stylegan2
from ganzoo.randomness.priors import Mapped, Normal
from ganzoo.serving import latent_endpoints

_SEEDS_OF_MEAN = 4096
_SEED_OF_NOISE = 0


class MapsLatents:
    """A part of models that map z to w: what takes latents takes w, `(batch, w_dim)`.

    It comes before `LatentModel`, or what derives from it, among a model's parents. The model makes
    the networks `mapping` and `synthesis`.
    """

    prior = Normal()
    w_dim: int

    @property
    def generators(self) -> list[keras.Model]:
        return [self.mapping, self.synthesis]

    @property
    def latent_shape(self):
        return (self.w_dim,)

    def latents_of_seeds(self, seeds):
        return self.samplers[0](self.prior.of_seeds(seeds, self.latent_dim), training=False)


class StyleBasedModel(MapsLatents, LatentModel):
    """A `LatentModel` whose generator is `mapping`, z to w, and `synthesis`, styles to images.

    Seeds, truncation, walks, directions and projection act on w. The synthesis network takes
    `[styles, noise]` (`ganzoo.networks.stylegan2`): in training noise is drawn for each image; at
    inference it is the same for all, so that an image is a function of its w. Abstract.
    """

    @functools.cached_property
    def _inference_noise(self) -> np.ndarray:
        """Noise of every image at inference, `(1, noise_size)`."""
        with tf.init_scope():
            size = stylegan2.noise_size(self.image_shape)
            return randomness.normal_by_seed([_SEED_OF_NOISE], size).numpy()

    @property
    def latent_space(self):
        w = self.latents_of_seeds(tf.range(_SEEDS_OF_MEAN))
        return Mapped(tuple(tf.reduce_mean(w, axis=0).numpy().tolist()))

    def call(self, w, training=False):
        """Returns images of w, `(batch, w_dim)` or, one a layer, `(batch, styles, w_dim)`."""
        return self._images_of(functools.partial(self.samplers[1], training=training), w)

    def export_endpoints(self, samplers):
        return latent_endpoints(self, functools.partial(self._images_of, samplers[1]))

    def _images_of(self, synthesis, w):
        noise = tf.constant(self._inference_noise, self.variable_dtype)
        styles = self.styles_of(tf.cast(tf.convert_to_tensor(w), self.variable_dtype))
        noise = tf.repeat(noise, tf.shape(styles)[0], axis=0)
        return tf.clip_by_value(synthesis([styles, noise]), -1.0, 1.0)

    def styles_of(self, w) -> tf.Tensor:
        """Returns w for every layer, `(batch, styles, w_dim)`, where w is not that already."""
        if len(w.shape) == 3:
            return w
        return tf.repeat(w[:, None, :], stylegan2.style_count(self.image_shape), axis=1)

    def draw_styles(self, count, key, training: bool) -> tf.Tensor:
        """Returns styles of a step, `(count, styles, w_dim)`.

        With probability `mixing_probability` those from a layer on are of other latents. One layer,
        uniform among all but the first, is drawn for the batch (section 3.1 of Karras et al., 2019,
        arXiv:1812.04948).

        Args:
            count: how many, this replica's part of the batch.
            key: takes the name of a use of noise, as `GANModel.key` does.
            training: whether the networks work as in training; styles are mixed then alone.
        """
        latents = self.draw_latents(count, key("latents"))
        styles = self.styles_of(self.mapping(latents, training=training))
        if not (training and self.mixing_probability):
            return styles
        others = self.draw_latents(count, key("latents/mixed"))
        others = self.styles_of(self.mapping(others, training=training))
        layers = styles.shape[1]
        draws = randomness.replicated_uniform((2,), key("mixing"))
        first_other = 1 + tf.cast(draws[1] * (layers - 1), tf.int32)
        is_other = (tf.range(layers) >= first_other) & (draws[0] < self.mixing_probability)
        return tf.where(is_other[None, :, None], others, styles)

    def synthesize(self, styles, key, training: bool) -> tf.Tensor:
        """Returns images of styles, each with noise of its own, without bounds."""
        shape = (tf.shape(styles)[0], stylegan2.noise_size(self.image_shape))
        noise = tf.cast(randomness.normal(shape, key("noise")), styles.dtype)
        return self.synthesis([styles, noise], training=training)

    def draw_fakes(self, count, key, training: bool) -> tf.Tensor:
        """Returns images of latents of a step, without bounds."""
        return self.synthesize(self.draw_styles(count, key, training), key, training)
