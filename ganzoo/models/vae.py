"""VAE.

Kingma and Welling, "Auto-Encoding Variational Bayes", 2013, arXiv:1312.6114.

Objective (equation 3), with an encoder q(z|x) = N(mu(x), sigma(x)^2) and a prior p(z) = N(0, 1):

    max_{G,E}  E_x[ E_z~q(z|x)[log p(x|z)] - KL(q(z|x), p(z)) ]

which bounds E_x[log p(x)] from below: the density is explicit, where a GAN's is implicit. There is
no discriminator.

*Differs from the paper*

* The networks are those of ALI (`ali.py`), so that the two can be compared; the paper has one
  hidden layer in each.
* Adam in place of Adagrad; one sample of z for each image, as the paper has it.
* With `likelihood="bernoulli"` grey levels are taken for probabilities, as is usual on MNIST.
"""

import math
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError, unknown
from ganzoo.images.ranges import to_unit
from ganzoo.models.encoding import EncodesImages
from ganzoo.models.latent import LatentModel
from ganzoo.networks import ali as networks_of
from ganzoo.networks.ali_tables import TABLES
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal

_TINY = 1e-6  # from 0 and from 1, of a probability in a logarithm


@keras.saving.register_keras_serializable("ganzoo")
class VAE(EncodesImages, LatentModel):
    """Variational autoencoder (arXiv:1312.6114): latents to images and images to latents.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model, or
    `predict`, takes latents `(batch, latent_dim)`, N(0, 1), and returns such images; `encode` takes
    images and returns the means of their latents, and `reconstruct` the images of these. Images
    are means of a likelihood, and so are blurred.

    It has no discriminator: `generator_loss` is the negative of the bound, in nats for an image.

    Args:
        image_shape: `(side, side, channels)`: side 28 or 32, with the networks for CelebA 64;
            channels 1 or 3.
        latent_dim: length of z.
        networks: those of ALI's encoder and decoder: `"cifar10"`, `"svhn"` or `"celeba"`.
        filters: width of the encoder's first layer; others are multiples of it.
        likelihood: p(x|z) of pixels in [0, 1]: `"bernoulli"`, or `"gaussian"`.
        deviation: of the Gaussian.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`; the encoder has one too.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import VAE
    >>> model = VAE(image_shape=(28, 28, 1), latent_dim=4, filters=2)
    >>> model.compile()  # Adam, 1e-3
    >>> _ = model.fit(np.zeros((8, 28, 28, 1), "float32"), batch_size=4, verbose=0)
    >>> model.reconstruct(np.zeros((3, 28, 28, 1), "float32")).shape
    TensorShape([3, 28, 28, 1])
    """

    batch_format = "images"
    loss_names = ("generator_loss", "reconstruction_loss", "kl_divergence")
    decision_threshold = discriminator_loss_at_chance = None  # there is no discriminator
    prior = Normal()
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 16}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        latent_dim: int = 64,
        networks: Literal["cifar10", "svhn", "celeba"] = "cifar10",
        filters: int = 32,
        likelihood: Literal["bernoulli", "gaussian"] = "bernoulli",
        deviation: float = 0.1,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        if min(latent_dim, filters) < 1 or deviation <= 0:
            raise InputError(
                "latent_dim and filters must be at least 1, and deviation above 0. "
                f"Received: {latent_dim}, {filters}, {deviation}"
            )
        if networks not in TABLES:
            raise unknown("networks", networks, TABLES)
        if likelihood not in ("bernoulli", "gaussian"):
            raise unknown("likelihood", likelihood, ("bernoulli", "gaussian"))
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.networks = networks
        self.filters = filters
        self.likelihood = likelihood
        self.deviation = deviation
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape,
            "latent_dim": latent_dim,
            "filters": filters,
            "networks": networks,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = networks_of.decoder(**of_both)
        self.encoder = networks_of.encoder(**of_both)
        self.finalize()

    @property
    def discriminators(self):
        return []

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3, beta_1: float = 0.9):
        """Adam; the second one has nothing to update."""
        return adam_pair(learning_rate, beta_1)

    def adapt(self, dataset) -> None:
        """Sets the decoder's last biases so that zero weights would give the mean of 500 images.

        Args:
            dataset: batches of images, at least one.
        """
        decoders = self.generators[:1] + self.generator_averages[:1]
        networks_of.begin_at_mean(decoders, map(self.unpack, dataset))

    def reconstruction_loss(self, images, means):
        """- E_x[log p(x|z)], p being Bernoulli or Gaussian with these means, in nats."""
        x, mean = to_unit(images), to_unit(means)
        if self.likelihood == "bernoulli":
            mean = tf.clip_by_value(mean, _TINY, 1.0 - _TINY)
            logs = x * tf.math.log(mean) + (1.0 - x) * tf.math.log(1.0 - mean)
        else:
            constant = math.log(self.deviation) + 0.5 * math.log(2.0 * math.pi)
            logs = -0.5 * ((x - mean) / self.deviation) ** 2 - constant
        return -tf.reduce_mean(tf.reduce_sum(logs, axis=(1, 2, 3)))

    def kl_divergence(self, mean, log_deviation):
        """E_x[KL(N(mu, sigma^2), N(0, 1))] = E_x[sum (mu^2 + sigma^2 - 1) / 2 - log sigma]."""
        squares = mean**2 + tf.exp(2.0 * log_deviation)
        return tf.reduce_mean(tf.reduce_sum(0.5 * (squares - 1.0) - log_deviation, axis=-1))

    def train_step(self, data):
        with tf.GradientTape() as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        mean, log_deviation = self.encoder(batch, training=training)
        noise = tf.cast(randomness.normal(tf.shape(mean), key("encodings")), mean.dtype)
        latents = mean + tf.exp(log_deviation) * noise
        made = self.generator(latents, training=training)
        reconstruction = self.reconstruction_loss(batch, made)
        divergence = self.kl_divergence(mean, log_deviation)
        found = {
            "generator_loss": reconstruction + divergence,
            "reconstruction_loss": reconstruction,
            "kl_divergence": divergence,
        }
        return found, {}
