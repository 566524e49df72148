"""An autoencoder.

Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science
313(5786), 2006.

Objective:

    min_{G,E}  E_x[ mean (x - G(E(x)))^2 ]

It is here to be looked at beside the others: nothing says where encodings lie, so that latents
drawn from anywhere are images of nothing. Models that look back and sample are `vae.py`, `ali.py`,
`bigan.py` and `caae.py`.

*Differs from the paper*

* The networks are those of ALI (`ali.py`), so that the two can be compared, trained at once by
  Adam; the paper has fully connected ones, each layer trained before the next.
* A sample is of N(0, 1), for want of a prior.
"""

from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError, unknown
from ganzoo.models.encoding import EncodesImages
from ganzoo.models.latent import LatentModel
from ganzoo.networks import ali as networks_of
from ganzoo.networks.ali_tables import TABLES
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class Autoencoder(EncodesImages, LatentModel):
    """A plain autoencoder: images to latents and back, with nothing that shapes the latents.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. `encode` takes images
    and returns latents, and `reconstruct` the images of these. Calling the model, or `predict`,
    takes latents `(batch, latent_dim)`; those of `latents_of_seeds` are N(0, 1), where no encoding
    need be.

    It has no discriminator: `generator_loss` is the mean squared error.

    Args:
        image_shape: `(side, side, channels)`: side 28 or 32, with the networks for CelebA 64;
            channels 1 or 3.
        latent_dim: length of z.
        networks: those of ALI's encoder and decoder: `"cifar10"`, `"svhn"` or `"celeba"`.
        filters: width of the encoder's first layer; others are multiples of it.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`; the encoder has one too.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import Autoencoder
    >>> model = Autoencoder(image_shape=(28, 28, 1), latent_dim=4, filters=2)
    >>> model.compile()  # Adam, 1e-3
    >>> _ = model.fit(np.zeros((8, 28, 28, 1), "float32"), batch_size=4, verbose=0)
    >>> model.reconstruct(np.zeros((3, 28, 28, 1), "float32")).shape
    TensorShape([3, 28, 28, 1])
    """

    batch_format = "images"
    loss_names = ("generator_loss",)
    decision_threshold = discriminator_loss_at_chance = None  # there is no discriminator
    prior = Normal()
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 16}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        latent_dim: int = 64,
        networks: Literal["cifar10", "svhn", "celeba"] = "cifar10",
        filters: int = 32,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        if min(latent_dim, filters) < 1:
            raise InputError(
                f"latent_dim and filters must be at least 1. Received: {latent_dim}, {filters}"
            )
        if networks not in TABLES:
            raise unknown("networks", networks, TABLES)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.networks = networks
        self.filters = filters
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
        self.encoder = networks_of.deterministic_encoder(**of_both)
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

    def reconstruction_loss(self, images, reconstructions):
        """mean (x - G(E(x)))^2, of images in [-1, 1]."""
        return tf.reduce_mean((images - reconstructions) ** 2)

    def train_step(self, data):
        with tf.GradientTape() as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        made = self.generator(self.encoder(batch, training=training), training=training)
        return {"generator_loss": self.reconstruction_loss(batch, made)}, {}
