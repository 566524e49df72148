"""A GAN of points in place of images: Goodfellow et al., 2014, arXiv:1406.2661, with small MLPs."""

import math

import keras
import tensorflow as tf
from keras import layers

from ganzoo.models import losses
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.optimizers.adam import adam_pair
from ganzoo.optimizers.schedules import HoldThenLinearDecay
from ganzoo.randomness.priors import Normal


class PointGAN(LatentModel):
    """Latents N(0, 1) `(batch, latent_dim)` to points `(batch, dimensions)`.

    The objective is that of `ganzoo.GAN`, and so is the step: with `discriminator_steps=1` both
    networks are updated from one forward pass.

    Args:
        dimensions: of a point.
        latent_dim: length of z; with 8 in place of 2, modes of a ring are lost (measured).
        units: width of the hidden layers: three of the generator, three of the discriminator.
        discriminator_steps: k of algorithm 1: updates of the discriminator for one of the
            generator, each with fresh noise.
        minimax: the generator minimises E_z[log(1 - D(G(z)))] in place of the non-saturating loss.
        seed: see `GANModel`.
        moving_average: see `GANModel`.
    """

    batch_format = "images"
    checks_values = False  # points may lie anywhere
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()

    def __init__(
        self,
        dimensions: int = 2,
        latent_dim: int = 2,
        units: int = 128,
        discriminator_steps: int = 1,
        minimax: bool = False,
        seed: int = 0,
        moving_average: float = 0.99,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        self.dimensions = dimensions
        self.latent_dim = latent_dim
        self.units = units
        self.discriminator_steps = discriminator_steps
        self.minimax = minimax
        self.generator = mlp(latent_dim, units, outputs=dimensions, name="generator")
        self.discriminator = mlp(dimensions, units, outputs=1, name="discriminator")
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5, steps: int = 0):
        """Adam for each network, its rate falling to zero over so many steps; with 0 it stays.

        A rate that stays loses modes again that were found (docs/latents.md has the measurements).
        """
        return adam_pair(HoldThenLinearDecay(learning_rate, 0, steps), beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D(x)] - E_z[log(1 - D(G(z)))], D being the logits' sigmoid."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))]; or, with `minimax`, E_z[log(1 - D(G(z)))]."""
        if self.minimax:
            return losses.minimax_generator_loss(fake_logits)
        return losses.non_saturating_generator_loss(fake_logits)

    @property
    def example_shapes(self):
        return {"images": (self.dimensions,)}

    def train_step(self, data):
        points = self.unpack(data)
        for update in range(self.discriminator_steps):
            with tf.GradientTape(persistent=True) as tape:
                found, _ = self.forward(points, lambda s, u=update: self.key(f"{s}/{u}"), True)
            self.update_discriminator(found["discriminator_loss"], tape)
        # The tape was recorded before D's last update: each network answers what the other was.
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = self.generator(latents, training=training)
        real_logits = self.discriminator(batch, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        # Images of one pixel, whose channels are the coordinates.
        reals, fakes = (x[:, None, None, :] for x in (batch, fakes))
        return found, {"points": AdversarialOutputs(reals, fakes, real_logits, fake_logits)}


def mlp(inputs: int, units: int, outputs: int, name: str) -> keras.Model:
    """Returns a network of three hidden layers with ReLU, and a linear one."""
    # On a line all units without a bias bend at 0, and it takes thousands of steps to spread them.
    spread = keras.initializers.RandomUniform(-2, 2) if inputs == 1 else "zeros"
    first = x = keras.Input((inputs,))
    for bias in (spread, "zeros", "zeros"):
        x = layers.Dense(
            units, "relu", kernel_initializer="he_normal", bias_initializer=bias
        )(x)  # fmt: skip
    return keras.Model(first, layers.Dense(outputs)(x), name=name)
