"""`LatentModel`: what is the same in all models that make images of latents.

`ConditionalModel` in conditional.py adds labels to it.
"""

import tensorflow as tf

from ganzoo.models.base import GANModel
from ganzoo.randomness.priors import truncated
from ganzoo.serving import latent_endpoints


class LatentModel(GANModel):
    """A `GANModel` that makes images of latents. Abstract: models derive from it.

    A model states the two attributes below and has one generator, which takes latents. One of
    several networks, or whose seeds, truncation, walks and projection are to act on other latents
    than the prior's (those of a mapping network, say), overrides `latent_space`, `latent_shape`,
    `latents_of_seeds`, `call` and `export_endpoints`; all of them speak of the same latents.

    Attributes:
        prior: what latents are drawn from in training, of `ganzoo.randomness.priors`.
        latent_dim: the length of such a latent.
    """

    latent_dim: int

    @property
    def latent_space(self):
        """The distribution of the latents that `call` takes: its mean, bounds, and kind of path."""
        return self.prior

    @property
    def latent_shape(self) -> tuple[int]:
        """The shape of one of the latents that `call` takes."""
        return (self.latent_dim,)

    def latents_of_seeds(self, seeds):
        """Returns latents `(count, *latent_shape)`, each a function of its own seed."""
        return self.prior.of_seeds(seeds, self.latent_dim)

    def truncate(self, latents, truncation):
        """Returns latents moved towards the mean of their distribution, `latent_space`.

        Args:
            latents: `(batch, *latent_shape)`.
            truncation: a number, or `(batch, 1)`: 1 changes nothing, 0 leaves the mean alone.
        """
        with tf.init_scope():  # a number in the graph of an export, whatever it is made of
            mean = self.latent_space.mean
        return truncated(latents, mean, truncation)

    def draw_latents(self, count, key) -> tf.Tensor:
        """Returns latents of the prior for a step, `(count, latent_dim)`.

        Args:
            count: how many, this replica's part of the batch.
            key: what `GANModel.key` returned.
        """
        return self.prior.draw((count, self.latent_dim), key)

    def call(self, latents, training=False):
        return self.samplers[0](latents, training=training)

    def sample_images(self, batch):
        """Returns the images of seeds 0, 1, 2, ..., as many as `batch` has examples."""
        return {"samples": self(self.latents_of_seeds(tf.range(len(batch))), training=False)}

    def export_endpoints(self, samplers):
        return latent_endpoints(self, samplers[0])
