"""A GAN of both views of a scene, with an encoder that must find one view from the other."""

import math

import keras
import tensorflow as tf

from example_plugin import networks
from ganzoo import LatentModel
from ganzoo.batch_formats import BatchFormat, Images, Part, register_batch_format
from ganzoo.models import losses
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal

register_batch_format(BatchFormat("views", (Part("left", Images()), Part("right", Images()))))


@keras.saving.register_keras_serializable("example_plugin")
class StereoGAN(LatentModel):
    """A generator of right views, and an encoder from left views to its latents."""

    batch_format = "views"
    loss_names = ("discriminator_loss", "generator_loss", "reconstruction_loss")
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()
    recipe = {"batch_size": 8}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (8, 8, 1),
        latent_dim: int = 4,
        units: int = 16,
        lambda_reconstruction: float = 10.0,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.units = units
        self.lambda_reconstruction = lambda_reconstruction
        shape, dtype = self.image_shape, self.dtype_policy
        self.generator = networks.to_images("generator", latent_dim, shape, units, dtype)
        self.encoder = networks.of_images("encoder", shape, units, latent_dim, dtype)
        self.discriminator = networks.of_images("discriminator", shape, units, 1, dtype)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3):
        return adam_pair(learning_rate, 0.5)

    @property
    def generator_side(self):
        return [self.generator, self.encoder]

    def sample_images(self, batch):
        left, _ = batch
        return super().sample_images(left)

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
            loss = (
                found["generator_loss"] + self.lambda_reconstruction * found["reconstruction_loss"]
            )
        self.update_discriminator(found["discriminator_loss"], tape)
        self.update_generator(loss, tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        left, right = batch
        latents = self.draw_latents(tf.shape(right)[0], key("latents"))
        fakes = self.generator(latents, training=training)
        found_right = self.generator(self.encoder(left, training=training), training=training)
        real_logits = self.discriminator(right, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": losses.logistic_discriminator_loss(real_logits, fake_logits),
            "generator_loss": losses.non_saturating_generator_loss(fake_logits),
            "reconstruction_loss": losses.l1_loss(found_right, right),
        }
        return found, {"images": AdversarialOutputs(right, fakes, real_logits, fake_logits)}
