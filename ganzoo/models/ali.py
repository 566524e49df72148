"""ALI.

Dumoulin, Belghazi, Poole, Mastropietro, Lamb, Arjovsky and Courville, "Adversarially Learned
Inference", 2016, arXiv:1606.00704.

Objective (equation 1), with an encoder q(z|x) = N(mu(x), sigma(x)^2):

    min_G max_D  V(D, G) = E_x[log D(x, z^)] + E_z[log(1 - D(G(z), z))],   z^ ~ q(z|x)

At its optimum the two joint distributions are the same, so that z^ is drawn from the posterior of
G, though no loss compares an image with its reconstruction.

*Differs from the paper*

What the paper leaves open is as in the authors' code, from which the networks are:

* G and E maximise E_x[log(1 - D(x, z^))] + E_z[log D(G(z), z)]: the labels are swapped, so that
  gradients do not vanish where D is right.
* All networks are updated at once, from one forward pass, in which D sees both kinds of pairs in
  one batch: where it has batch normalisation its statistics are those of both.
* Images of 28 pixels have the networks for 32 with an innermost kernel of 3 in place of 4.
* The conditional and the semi-supervised editions are not here.
"""

import math
from typing import Literal

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError, unknown
from ganzoo.models import losses
from ganzoo.models.encoding import EncodesImages
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import ali as networks_of
from ganzoo.networks.ali_tables import TABLES
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class ALI(EncodesImages, LatentModel):
    """Adversarially learned inference (arXiv:1606.00704): latents to images, images to latents.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model, or
    `predict`, takes latents `(batch, latent_dim)`, N(0, 1), and returns such images; `encode` takes
    images and returns the means of their latents, and `reconstruct` the images of these. A
    reconstruction is of the image's kind, not pixel by pixel the image: the same sort of shoe.

    Args:
        image_shape: `(side, side, channels)`: side 28 or 32, with the networks for CelebA 64;
            channels 1 or 3.
        latent_dim: length of z.
        networks: the paper's table for `"cifar10"`, `"svhn"` or `"celeba"`.
        filters: width of the encoder's first layer; others are multiples of it. The paper's are 32,
            of CelebA 64.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`; the encoder has one too.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import ALI
    >>> model = ALI(image_shape=(28, 28, 1), latent_dim=4, filters=2)
    >>> model.compile()  # the paper's optimizers: Adam, 1e-4, beta_1 0.5
    >>> _ = model.fit(np.zeros((8, 28, 28, 1), "float32"), batch_size=4, verbose=0)
    >>> model.encode(np.zeros((3, 28, 28, 1), "float32")).shape
    TensorShape([3, 4])
    """

    batch_format = "images"
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()
    # The authors' code for SVHN; for CIFAR-10 it trains for 6,475 epochs, for CelebA for 123.
    recipe = {"batch_size": 100, "epochs": 100, "sample_count": 16}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (32, 32, 3),
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
        of_all = {
            "image_shape": self.image_shape,
            "latent_dim": latent_dim,
            "filters": filters,
            "networks": networks,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = networks_of.decoder(**of_all)
        self.encoder = networks_of.encoder(**of_all)
        self.discriminator = networks_of.discriminator(**of_all)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-4, beta_1: float = 0.5):
        """Adam for each side (appendix A)."""
        return adam_pair(learning_rate, beta_1)

    def adapt(self, dataset) -> None:
        """Sets the decoder's last biases so that zero weights would give the mean of 500 images.

        Args:
            dataset: batches of images, at least one.
        """
        decoders = self.generators[:1] + self.generator_averages[:1]
        networks_of.begin_at_mean(decoders, map(self.unpack, dataset))

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D(x, z^)] - E_z[log(1 - D(G(z), z))], D being the logits' sigmoid."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        """- E_x[log(1 - D(x, z^))] - E_z[log D(G(z), z)], of G and of E."""
        return self.discriminator_loss(fake_logits, real_logits)

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
        # The tape was recorded before either update, so their order makes no difference.
        self.update_discriminator(found["discriminator_loss"], tape)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        count = tf.shape(batch)[0]
        latents = self.draw_latents(count, key("latents"))
        fakes = self.generator(latents, training=training)
        encoded = self._drawn_encodings(batch, key("encodings"), training)
        latents = tf.cast(latents, encoded.dtype)
        # One call, on 2 * count pairs, as in the authors' code.
        keys = [
            randomness.example_keys(count, key(f"dropout/{whose}")) for whose in ("reals", "fakes")
        ]
        logits = self.discriminator(
            [tf.concat([batch, fakes], 0), tf.concat([encoded, latents], 0), tf.concat(keys, 0)],
            training=training,
        )
        real_logits, fake_logits = tf.split(logits, 2)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(real_logits, fake_logits),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}

    def _drawn_encodings(self, images, key, training):
        """z^ = mu(x) + sigma(x) e, e ~ N(0, 1)."""
        mean, log_deviation = self.encoder(images, training=training)
        noise = randomness.normal(tf.shape(mean), key)
        return mean + tf.exp(log_deviation) * tf.cast(noise, mean.dtype)
