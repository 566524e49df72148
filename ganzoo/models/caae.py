"""CAAE.

Zhang, Song and Qi, "Age Progression/Regression by Conditional Adversarial Autoencoder", 2017,
arXiv:1702.08423.

Objective (equation 5), z* uniform in [-1, 1], l the image's own label:

    min_{E,G} max_{D_z,D_img}  lambda L(x, G(E(x), l)) + gamma TV(G(E(x), l))
        + E_z*[log D_z(z*)] + E_x[log(1 - D_z(E(x)))]
        + E_x[log D_img(x, l)] + E_x[log(1 - D_img(G(E(x), l), l))]

A face is aged by G(E(x), l') with another label l'. D_z spreads the encodings over the whole cube,
so that what lies between two of them is a face, too.

*Differs from the paper*

* G and E maximise E_x[log D_img(G(E(x), l), l)] and E_x[log D_z(E(x))], as the authors' code does.
* All networks are updated at once, from one forward pass, as in the authors' code; its three
  optimizers have equal constants, and are the two of the sides here.
* The weights of the losses are the paper's, for images in [-1, 1] and L = L2. The code that the
  authors ship has L = L1 with weight 1, 1e-4 for D_img, and 0 for E's part of the game with D_z and
  for TV: its encodings are adversarial in name only. `reconstruction="l1"`, `lambda_l=1`,
  `lambda_tv=0`, `lambda_image=1e-4` and `lambda_latent=0` give that.
* It also begins from weights that were trained before; here weights begin anew.
"""

import math
from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError, unknown
from ganzoo.models import losses
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.encoding import EncodesImages
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import caae as networks
from ganzoo.networks import dcgan
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class CAAE(EncodesImages, ConditionalModel):
    """Conditional adversarial autoencoder (arXiv:1702.08423): a face at other ages.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`: ages, or ages and genders, or any other classes. Calling the model, or `predict`,
    takes `(latents, labels)`, latents `(batch, latent_dim)` uniform in [-1, 1], and returns such
    images; `encode` takes images, and `reconstruct` images and the labels of the results.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two, at least 8.
        num_classes: labels are 0 to num_classes - 1.
        genders: how many genders each age has: a label is `age * genders + gender`. 1: none.
        latent_dim: length of z.
        filters: width of the encoder's first layer; each further one is twice as wide.
        discriminator_filters: width of the first layer of D_img.
        reconstruction: L, `"l2"` or `"l1"`.
        lambda_l: the weight of L.
        lambda_tv: the weight of TV.
        lambda_image: the weight of G's loss in the game with D_img.
        lambda_latent: the weight of E's loss in the game with D_z.
        sync_batch_norm: see `GANModel`; of the discriminators, as only these normalise.
        seed: see `GANModel`.
        moving_average: see `GANModel`; the encoder has one too.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import CAAE
    >>> model = CAAE(
    ...     image_shape=(8, 8, 1), num_classes=3, latent_dim=4, filters=4, discriminator_filters=2
    ... )
    >>> model.compile()  # the authors' optimizers: Adam, 2e-4, beta_1 0.5
    >>> images, labels = np.zeros((8, 8, 8, 1), "float32"), np.arange(8) % 3
    >>> _ = model.fit(images, labels, batch_size=4, verbose=0)
    >>> model.reconstruct(images[:2], np.array([2, 2])).shape
    TensorShape([2, 8, 8, 1])
    """

    batch_format = "labelled"
    loss_names = (
        "discriminator_loss", "generator_loss", "reconstruction_loss", "total_variation",
        "latent_discriminator_loss", "encoder_loss",
    )  # fmt: skip
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Uniform(-1.0, 1.0)
    # The authors' code for UTKFace.
    recipe = {"batch_size": 100, "epochs": 50, "sample_count": 16}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (128, 128, 3),
        num_classes: int = 10,
        genders: int = 1,
        latent_dim: int = 50,
        filters: int = 64,
        discriminator_filters: int = 16,
        reconstruction: Literal["l2", "l1"] = "l2",
        lambda_l: float = 100.0,
        lambda_tv: float = 10.0,
        lambda_image: float = 1.0,
        lambda_latent: float = 1.0,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, genders, latent_dim, filters, discriminator_filters
        weights = lambda_l, lambda_tv, lambda_image, lambda_latent
        if min(counts) < 1 or min(weights) < 0:
            raise InputError(
                "num_classes, genders, latent_dim, filters and discriminator_filters must be at "
                "least 1, and lambda_l, lambda_tv, lambda_image and lambda_latent at least 0. "
                f"Received: {', '.join(map(str, (*counts, *weights)))}"
            )
        if num_classes % genders:
            raise InputError(
                "num_classes must be a multiple of genders, each age having all. "
                f"Received: {num_classes} classes, {genders} genders"
            )
        if reconstruction not in ("l2", "l1"):
            raise unknown("reconstruction", reconstruction, ("l2", "l1"))
        dcgan.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.genders = genders
        self.latent_dim = latent_dim
        self.filters = filters
        self.discriminator_filters = discriminator_filters
        self.reconstruction = reconstruction
        self.lambda_l = lambda_l
        self.lambda_tv = lambda_tv
        self.lambda_image = lambda_image
        self.lambda_latent = lambda_latent
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_images = {"image_shape": self.image_shape, "dtype": self.dtype_policy}
        of_labels = of_images | {"num_classes": num_classes, "genders": genders}
        self.encoder = networks.encoder(latent_dim=latent_dim, filters=filters, **of_images)
        self.generator = networks.generator(latent_dim=latent_dim, filters=filters, **of_labels)
        self.discriminator = networks.image_discriminator(
            filters=discriminator_filters, sync_batch_norm=sync_batch_norm, **of_labels
        )
        self.latent_discriminator = networks.latent_discriminator(
            latent_dim, self.dtype_policy, sync_batch_norm
        )
        self.finalize()

    @property
    def discriminator_side(self):
        return [self.discriminator, self.latent_discriminator]

    @staticmethod
    def default_optimizers(learning_rate: float = 2e-4, beta_1: float = 0.5):
        """Adam for each side, as in the authors' code."""
        return adam_pair(learning_rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D_img(x, l)] - E_x[log(1 - D_img(G(E(x), l), l))]."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_x[log D_img(G(E(x), l), l)], the non-saturating loss."""
        return losses.non_saturating_generator_loss(fake_logits)

    def latent_discriminator_loss(self, prior_logits, encoded_logits):
        """- E_z*[log D_z(z*)] - E_x[log(1 - D_z(E(x)))]."""
        return losses.logistic_discriminator_loss(prior_logits, encoded_logits)

    def encoder_loss(self, encoded_logits):
        """- E_x[log D_z(E(x))], the non-saturating loss."""
        return losses.non_saturating_generator_loss(encoded_logits)

    def reconstruction_loss(self, images, reconstructions):
        """L: the mean of (x - G(E(x), l))^2, or of |x - G(E(x), l)|."""
        difference = images - reconstructions
        return tf.reduce_mean(difference**2 if self.reconstruction == "l2" else abs(difference))

    def total_variation(self, images):
        """TV: the mean absolute difference of neighbours, those above and those beside."""
        above = tf.reduce_mean(abs(images[:, 1:] - images[:, :-1]))
        return above + tf.reduce_mean(abs(images[:, :, 1:] - images[:, :, :-1]))

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
            d_objective = found["discriminator_loss"] + found["latent_discriminator_loss"]
            g_objective = (
                self.lambda_l * found["reconstruction_loss"]
                + self.lambda_tv * found["total_variation"]
                + self.lambda_image * found["generator_loss"]
                + self.lambda_latent * found["encoder_loss"]
            )
        # The tape was recorded before either update, so their order makes no difference.
        self.update_discriminator(d_objective, tape)
        self.update_generator(g_objective, tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        images, labels = batch
        encoded = self.encoder(images, training=training)
        made = self.generator([encoded, labels], training=training)
        # Two calls of each, for reals and fakes are normalised by batch statistics of their own.
        real_logits = self.discriminator([images, labels], training=training)
        fake_logits = self.discriminator([made, labels], training=training)
        drawn = self.draw_latents(tf.shape(images)[0], key("latents"))
        prior_logits = self.latent_discriminator(drawn, training=training)
        encoded_logits = self.latent_discriminator(encoded, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
            "reconstruction_loss": self.reconstruction_loss(images, made),
            "total_variation": self.total_variation(made),
            "latent_discriminator_loss": self.latent_discriminator_loss(
                prior_logits, encoded_logits
            ),
            "encoder_loss": self.encoder_loss(encoded_logits),
        }
        return found, {"images": AdversarialOutputs(images, made, real_logits, fake_logits, labels)}

    def sample_images(self, batch):
        """Returns images of `batch`, and beside each what it is as each of the classes."""
        images, labels = batch
        strip = [images]
        for number in range(self.num_classes):
            strip.append(self.reconstruct(images, tf.fill([len(labels)], number)))
        return {"classes": tf.concat(strip, axis=2)}
