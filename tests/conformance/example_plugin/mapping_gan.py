"""A GAN of two generators in a row: z to w, and w to images. Its latent space is w."""

import math

import keras
import tensorflow as tf

from example_plugin import networks
from ganzoo import LatentModel
from ganzoo.models import losses
from ganzoo.models.outputs import AdversarialOutputs, LazyLoss
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Mapped, Normal
from ganzoo.serving import latent_endpoints


@keras.saving.register_keras_serializable("example_plugin")
class MappingGAN(LatentModel):
    """A mapping network and a synthesis network, with an R1 penalty of every other step."""

    batch_format = "images"
    loss_names = ("discriminator_loss", "generator_loss", "r1_penalty")
    lazy_loss_names = ("r1_penalty",)
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        latent_dim: int = 16,
        w_dim: int = 8,
        units: int = 32,
        penalty_every: int = 2,
        seed: int = 0,
        moving_average_half_life: float | None = None,
        moving_average_ramp: float | None = None,
        **kwargs,
    ):
        super().__init__(
            seed=seed, moving_average_half_life=moving_average_half_life,
            moving_average_ramp=moving_average_ramp, **kwargs,
        )  # fmt: skip
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.w_dim = w_dim
        self.units = units
        self.penalty_every = penalty_every
        dtype = self.dtype_policy
        self.mapping = networks.of_vectors("mapping", latent_dim, units, w_dim, dtype)
        self.synthesis = networks.to_images("synthesis", w_dim, self.image_shape, units, dtype)
        self.discriminator = networks.of_images("discriminator", self.image_shape, units, 1, dtype)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3, beta_1: float = 0.0):
        return adam_pair(learning_rate, beta_1)

    @property
    def generators(self):
        return [self.mapping, self.synthesis]

    @property
    def latent_space(self):
        w = self.latents_of_seeds(tf.range(4096))
        return Mapped(tuple(tf.reduce_mean(w, axis=0).numpy().tolist()))

    @property
    def latent_shape(self):
        return (self.w_dim,)

    def latents_of_seeds(self, seeds):
        return self.samplers[0](self.prior.of_seeds(seeds, self.latent_dim))

    def call(self, w, training=False):
        return self.samplers[1](w, training=training)

    def export_endpoints(self, samplers):
        return latent_endpoints(self, samplers[1])

    def train_step(self, data):
        images = self.unpack(data)
        is_due = tf.equal(tf.math.floormod(self.step.value, self.penalty_every), 0.0)
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(images, self.key, training=True)
            penalty = tf.cond(is_due, lambda: self.r1_penalty(images), lambda: tf.constant(0.0))
            d_loss = found["discriminator_loss"] + self.penalty_every * penalty
        self.update_discriminator(d_loss, tape)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found | {"r1_penalty": LazyLoss(penalty, is_due)})

    def forward(self, batch, key, training):
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = self.synthesis(self.mapping(latents, training=training), training=training)
        real_logits = self.discriminator(batch, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": losses.logistic_discriminator_loss(real_logits, fake_logits),
            "generator_loss": losses.non_saturating_generator_loss(fake_logits),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}

    def r1_penalty(self, images):
        """E[|grad D(x)|^2] / 2."""
        with tf.GradientTape() as tape:
            tape.watch(images)
            scores = self.discriminator(images, training=True)
        return 0.5 * tf.reduce_mean(tf.reduce_sum(tape.gradient(scores, images) ** 2, [1, 2, 3]))
