"""WGAN-GP and DRAGAN of points, with the networks of `PointGAN`, to be compared with it."""

import math

import tensorflow as tf

from ganzoo.demo.point_gan import mlp
from ganzoo.models import losses, penalties
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.optimizers.adam import adam_pair_of_critic
from ganzoo.randomness.priors import Normal


class _PointModel(LatentModel):
    """Latents N(0, 1) `(batch, latent_dim)` to points `(batch, dimensions)`.

    Args:
        dimensions: of a point.
        latent_dim: length of z.
        units: width of the hidden layers: three of the generator, three of the discriminator.
        lambda_gp: weight of the penalty.
        seed: see `GANModel`.
        moving_average: see `GANModel`.
    """

    batch_format = "images"
    checks_values = False  # points may lie anywhere
    prior = Normal()

    def __init__(
        self,
        dimensions: int = 2,
        latent_dim: int = 2,
        units: int = 128,
        lambda_gp: float = 0.1,
        seed: int = 0,
        moving_average: float = 0.99,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        self.dimensions = dimensions
        self.latent_dim = latent_dim
        self.units = units
        self.lambda_gp = lambda_gp
        self.generator = mlp(latent_dim, units, outputs=dimensions, name="generator")
        self.discriminator = mlp(dimensions, units, outputs=1, name="discriminator")
        self.finalize()

    @property
    def example_shapes(self):
        return {"images": (self.dimensions,)}

    def passed(self, points, key, training):
        """Fakes, as many as there are points, and the scores of both."""
        fakes = self.generator(
            self.draw_latents(tf.shape(points)[0], key("latents")), training=training
        )
        return fakes, self.discriminator(points), self.discriminator(fakes)

    @staticmethod
    def outputs(points, fakes, real_scores, fake_scores):
        """Images of one pixel, whose channels are the coordinates."""
        reals, fakes = (x[:, None, None, :] for x in (points, fakes))
        return {"points": AdversarialOutputs(reals, fakes, real_scores, fake_scores)}


class PointWGANGP(_PointModel):
    """WGAN-GP (arXiv:1704.00028) of points: five updates of the critic in a step.

    The weight of the penalty is 0.1, as in the authors' code for such mixtures.
    """

    batches_per_step = 5
    decision_threshold = discriminator_loss_at_chance = None  # a critic

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4, beta_1: float = 0.5, beta_2: float = 0.9, steps: int = 0
    ):
        """Adam for each network, its rate falling to zero over so many steps; with 0 it stays."""
        return adam_pair_of_critic(learning_rate, beta_1, beta_2, steps, critic_steps=5)

    def train_step(self, data):
        for update, points in enumerate(self.split(self.unpack(data))):
            with tf.GradientTape() as tape:
                found, _ = self.forward(points, self.key_of(update), True)
            self.update_discriminator(found["discriminator_loss"], tape)
        with tf.GradientTape() as tape:
            _, _, fake_scores = self.passed(points, self.key_of("generator"), True)
            g_loss = losses.critic_generator_loss(fake_scores)
        self.update_generator(g_loss, tape)
        return self.end_step(discriminator_loss=found["discriminator_loss"], generator_loss=g_loss)

    def forward(self, batch, key, training):
        fakes, real_scores, fake_scores = self.passed(batch, key, training)
        between = penalties.between(batch, fakes, key("share"))
        penalty = penalties.unit_norm_penalty(penalties.gradient_norms(self.discriminator, between))
        distance = losses.score_difference(real_scores, fake_scores)
        found = {
            "discriminator_loss": self.lambda_gp * penalty - distance,
            "generator_loss": losses.critic_generator_loss(fake_scores),
        }
        return found, self.outputs(batch, fakes, real_scores, fake_scores)


class PointDRAGAN(_PointModel):
    """DRAGAN (arXiv:1705.07215) of points: GAN with a penalty on D's slope around the data."""

    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    perturbation = 0.5

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4, beta_1: float = 0.5, beta_2: float = 0.9, steps: int = 0
    ):
        """Adam for each network, its rate falling to zero over so many steps; with 0 it stays."""
        return adam_pair_of_critic(learning_rate, beta_1, beta_2, steps, critic_steps=1)

    def train_step(self, data):
        points = self.unpack(data)
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(points, self.key, True)
            norms = penalties.norms_near(self.discriminator, points, self.perturbation, self.key)
            penalty = self.lambda_gp * penalties.unit_norm_penalty(norms)
            d_loss = found["discriminator_loss"] + penalty
        self.update_discriminator(d_loss, tape)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        fakes, real_logits, fake_logits = self.passed(batch, key, training)
        found = {
            "discriminator_loss": losses.logistic_discriminator_loss(real_logits, fake_logits),
            "generator_loss": losses.non_saturating_generator_loss(fake_logits),
        }
        return found, self.outputs(batch, fakes, real_logits, fake_logits)
