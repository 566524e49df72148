"""A GAN of points in place of images: Goodfellow et al., 2014, arXiv:1406.2661, with small MLPs."""

import math

import keras
import tensorflow as tf
from keras import layers

from ganzoo import randomness
from ganzoo.models.base import GANModel
from ganzoo.optimizers import adam_pair


class PointGAN(GANModel):
    """Latents N(0, 1) `(batch, latent_dim)` to points `(batch, dimensions)`.

    The objective, with the non-saturating loss of the generator, is that of `ganzoo.GAN`, and so
    is the step: both players are updated from one forward pass.

    Args:
        dimensions: of a point.
        latent_dim: length of z; with 8 in place of 2, modes of a ring are lost (measured).
        units: width of the hidden layers: three of the generator, three of the discriminator.
        seed: see `GANModel`.
        moving_average: see `GANModel`.
    """

    batch_format = "images"
    undecided_loss = 2.0 * math.log(2.0)

    def __init__(
        self,
        dimensions: int = 2,
        latent_dim: int = 2,
        units: int = 128,
        seed: int = 0,
        moving_average: float = 0.99,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        self.dimensions = dimensions
        self.latent_dim = latent_dim
        self.units = units
        self.generator = _mlp(latent_dim, units, dimensions, "generator")
        self.discriminator = _mlp(dimensions, units, 1, "discriminator")
        self.finish()

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each player."""
        return adam_pair(learning_rate, beta_1)

    def train_step(self, data):
        points = self.unpack(data, (self.dimensions,))
        latents = randomness.normal((tf.shape(points)[0], self.latent_dim), self.key("latents"))
        with tf.GradientTape(persistent=True) as tape:
            real_logits = self.discriminator(points, training=True)
            fake_logits = self.discriminator(self.generator(latents, training=True), training=True)
            # - E_x[log D(x)] - E_z[log(1 - D(G(z)))]
            d_loss = tf.reduce_mean(tf.math.softplus(-real_logits)) + tf.reduce_mean(
                tf.math.softplus(fake_logits)
            )
            # - E_z[log D(G(z))]
            g_loss = tf.reduce_mean(tf.math.softplus(-fake_logits))
        self.minimize(d_loss, tape, self.discriminator_optimizer, self.discriminator_variables)
        self.minimize(g_loss, tape, self.generator_optimizer, self.generator_variables)
        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss)

    def call(self, latents, training=False):
        return self.samplers[0](latents, training=training)


def _mlp(inputs, units, outputs, name):
    # On a line all units without a bias bend at 0, and it takes thousands of steps to spread them.
    spread = keras.initializers.RandomUniform(-2, 2) if inputs == 1 else "zeros"
    first = x = keras.Input((inputs,))
    for bias in (spread, "zeros", "zeros"):
        x = layers.Dense(
            units, "relu", kernel_initializer="he_normal", bias_initializer=bias
        )(x)  # fmt: skip
    return keras.Model(first, layers.Dense(outputs)(x), name=name)
