"""BiGAN.

Donahue, Krähenbühl and Darrell, "Adversarial Feature Learning", 2016, arXiv:1605.09782.

Objective (equation 2), E an encoder:

    min_{G,E} max_D  V(D, E, G) = E_x[log D(x, E(x))] + E_z[log(1 - D(G(z), z))]

At its optimum E inverts G (theorem 2), though no loss compares an image with its reconstruction.

*Differs from the paper*

What the paper leaves open is as in the authors' code for MNIST, from which the networks are:

* G and E maximise E_x[log(1 - D(x, E(x)))] + E_z[log D(G(z), z)]: the labels are swapped, so that
  gradients do not vanish where D is right.
* All networks are updated at once, from one forward pass. Both sides minimise half of their loss,
  and L2 decay on all weights.
* An encoder's or a sample's batch statistics are moving averages of training, so that the result
  does not depend on its neighbours; the authors' code averages over 1,000 batches afterwards.
* The networks for ImageNet are not here.
"""

import math

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses
from ganzoo.models.encoding import EncodesImages
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import bigan as networks
from ganzoo.networks import mlp
from ganzoo.optimizers.adam import adam_pair
from ganzoo.optimizers.schedules import HoldThenExponentialDecay
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class BiGAN(EncodesImages, LatentModel):
    """Bidirectional GAN (arXiv:1605.09782): latents to images and images to latents.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model, or
    `predict`, takes latents `(batch, latent_dim)`, uniform in [-1, 1], and returns such images;
    `encode` takes images and returns latents, and `reconstruct` the images of these. A
    reconstruction is of the image's kind, not pixel by pixel the image: another shoe of its sort.

    Args:
        image_shape: (height, width, channels); channels 1 or 3.
        latent_dim: length of z.
        units: width of the two hidden layers of each network.
        weight_decay: of the L2 decay, the factor of a weight in its gradient.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`; the encoder has one too.

    Raises:
        InputError: for an `image_shape` that is none, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import BiGAN
    >>> model = BiGAN(image_shape=(8, 8, 1), latent_dim=4, units=8)
    >>> model.compile()  # the authors' optimizers: Adam, 2e-4, beta_1 0.5
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.encode(np.zeros((3, 8, 8, 1), "float32")).shape
    TensorShape([3, 4])
    """

    batch_format = "images"
    discriminator_loss_at_chance = math.log(2.0)
    prior = Uniform(-1.0, 1.0)
    xla_on_cpu = True
    # The authors' code for MNIST.
    recipe = {"batch_size": 128, "epochs": 400, "sample_count": 16}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        latent_dim: int = 50,
        units: int = 1024,
        weight_decay: float = 2.5e-5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        if min(latent_dim, units) < 1 or weight_decay < 0:
            raise InputError(
                "latent_dim and units must be at least 1, and weight_decay at least 0. "
                f"Received: {latent_dim}, {units}, {weight_decay}"
            )
        mlp.check_image_shape(image_shape)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.units = units
        self.weight_decay = weight_decay
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_all = {
            "image_shape": self.image_shape,
            "latent_dim": latent_dim,
            "units": units,
            "dtype": self.dtype_policy,
            "sync_batch_norm": sync_batch_norm,
        }
        self.generator = networks.generator(**of_all)
        self.encoder = networks.encoder(**of_all)
        self.discriminator = networks.discriminator(**of_all)
        self.finalize()

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        constant_epochs: int = 200,
        decay_epochs: int = 200,
        steps_per_epoch: int | None = None,
    ):
        """Adam for each side: a constant rate, then one that falls to a hundredth.

        Without `steps_per_epoch`, which `ganzoo train` knows from the data, the rate stays.
        """
        rate = learning_rate
        if steps_per_epoch is not None and decay_epochs:
            rate = HoldThenExponentialDecay(
                learning_rate, constant_epochs * steps_per_epoch, decay_epochs * steps_per_epoch
            )
        return adam_pair(rate, beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """- (E_x[log D(x, E(x))] + E_z[log(1 - D(G(z), z))]) / 2, D being the logits' sigmoid."""
        return 0.5 * losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, real_logits, fake_logits):
        """- (E_x[log(1 - D(x, E(x)))] + E_z[log D(G(z), z)]) / 2, of G and of E."""
        return self.discriminator_loss(fake_logits, real_logits)

    def decay_loss(self, variables):
        """weight_decay |w|^2 / 2 over the weights, whose gradient is weight_decay w."""
        return self.weight_decay * tf.add_n(
            [tf.nn.l2_loss(variable.value) for variable in variables]
        )

    def train_step(self, data):
        with tf.GradientTape(persistent=True) as tape:
            found, _ = self.forward(self.unpack(data), self.key, training=True)
            d_objective, g_objective = (
                found[f"{side}_loss"] + self.decay_loss(getattr(self, f"{side}_variables"))
                for side in ("discriminator", "generator")
            )
        # The tape was recorded before either update, so their order makes no difference.
        self.update_discriminator(d_objective, tape)
        self.update_generator(g_objective, tape)
        return self.end_step(**found)

    def forward(self, batch, key, training):
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = self.generator(latents, training=training)
        encoded = self.encoder(batch, training=training)
        # Two calls, for reals and fakes are normalised by batch statistics of their own.
        real_logits = self.discriminator([batch, encoded], training=training)
        fake_logits = self.discriminator([fakes, latents], training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(real_logits, fake_logits),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}
