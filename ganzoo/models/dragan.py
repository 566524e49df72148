"""DRAGAN.

Kodali, Abernethy, Hays and Kira, "On Convergence and Stability of GANs", 2017, arXiv:1705.07215.

Objective: that of Goodfellow et al. (2014) with the non-saturating generator loss, and a penalty
that holds the slope of D near real images at 1:

    min_D  - E_x[log D(x)] - E_z[log(1 - D(G(z)))] + lambda E_x^[(|grad D(x^)|_2 - 1)^2]
    max_G  E_z[log D(G(z))]

    x^ = x + a (x_p - x),   x_p = x + c std(x) u,   a ~ U[0, 1),   u ~ U[0, 1) of each value

The gradient is of the logit, std(x) that of all values of the batch, one number. No generated image
enters the penalty.

*Differs from the paper*

* The points of the penalty are those of the authors' code: its noise only brightens, and is scaled
  by the data's deviation. The paper's is N(0, c I).
* Images are in [-1, 1], in the code in [0, 1]. The noise is the same in proportion to them; a slope
  of 1 is then half as steep in grey levels.
* One draw of latents serves both updates of a step, as DCGAN's does; the code draws two.
* `networks="mlp"` is the pair of the authors' code. The convolutional pair is DCGAN's, with layer
  normalisation in the discriminator: behind batch normalisation a score depends on the whole batch,
  and has no gradient of one image alone. The paper's own has batch normalisation there.
* The losses that are reported are the adversarial ones; of the penalty it is the mean norm of the
  gradient.
"""

import functools
import math
from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses, penalties
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan, dragan, mlp
from ganzoo.networks.blocks import layer_normalisation
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class DRAGAN(LatentModel):
    """GAN with a penalty on D's gradient near real images (arXiv:1705.07215): latents to images.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model,
    or `predict`, takes latents `(batch, latent_dim)`, uniform in [-1, 1], and returns such images.

    Args:
        image_shape: (height, width, channels), channels 1 or 3; of the convolutional pair squares
            of side 4, 5 or 7 times a power of two.
        networks: `"mlp"`, the fully connected pair of the authors' code, or `"dcgan"`, DCGAN's.
        latent_dim: length of z.
        units: width of the hidden layers of `"mlp"`.
        filters: of `"dcgan"`: width of the layers next to the image; each halving of the side
            doubles it.
        kernel_size: of `"dcgan"`: side of the strided convolutions' kernels.
        lambda_gp: weight of the penalty.
        perturbation: c, how far the noise goes, in standard deviations of the data.
        sync_batch_norm: see `GANModel`; of `"dcgan"`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import DRAGAN
    >>> model = DRAGAN(image_shape=(8, 8, 1), units=8)
    >>> model.compile()  # Adam, 1e-4, beta_1 0.5, beta_2 0.9
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 100), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    loss_names = ("discriminator_loss", "generator_loss", "gradient_norm")
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Uniform(-1.0, 1.0)
    # Of the authors' code for MNIST: 200,000 steps are 427 epochs of its 60,000 images.
    recipe = {"batch_size": 128, "epochs": 427, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        networks: Literal["mlp", "dcgan"] = "mlp",
        latent_dim: int = 100,
        units: int = 128,
        filters: int = 64,
        kernel_size: int = 4,
        lambda_gp: float = 10.0,
        perturbation: float = 0.5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = latent_dim, units, filters, kernel_size
        if min(counts) < 1:
            raise InputError(
                "latent_dim, units, filters and kernel_size must be at least 1. "
                f"Received: {', '.join(map(str, counts))}"
            )
        if min(lambda_gp, perturbation) < 0 or networks not in ("mlp", "dcgan"):
            raise InputError(
                "lambda_gp and perturbation must be at least 0, and networks 'mlp' or 'dcgan'. "
                f"Received: {lambda_gp}, {perturbation}, {networks!r}"
            )
        mlp.check_image_shape(image_shape)
        self.image_shape = tuple(image_shape)
        self.networks = networks
        self.latent_dim = latent_dim
        self.units = units
        self.filters = filters
        self.kernel_size = kernel_size
        self.lambda_gp = lambda_gp
        self.perturbation = perturbation
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {"image_shape": self.image_shape, "dtype": self.dtype_policy}
        if networks == "mlp":
            of_both["units"] = units
            self.generator = dragan.generator(latent_dim=latent_dim, **of_both)
            self.discriminator = dragan.discriminator(**of_both)
        else:
            of_both |= {"filters": filters, "kernel_size": kernel_size}
            self.generator = dcgan.generator(
                latent_dim=latent_dim, sync_batch_norm=sync_batch_norm, **of_both
            )
            self.discriminator = dcgan.discriminator(normalisation=layer_normalisation, **of_both)
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-4, beta_1: float = 0.5, beta_2: float = 0.9):
        """Adam for each network, as in the authors' code."""
        return adam_pair(learning_rate, beta_1, beta_2)

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D(x)] - E_z[log(1 - D(G(z)))], D being the logits' sigmoid."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def gradient_penalty(self, norms):
        """lambda E_x^[(|grad D(x^)|_2 - 1)^2]."""
        return self.lambda_gp * penalties.unit_norm_penalty(norms)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))], the non-saturating loss."""
        return losses.non_saturating_generator_loss(fake_logits)

    def train_step(self, data):
        images = self.unpack(data)
        # One forward pass of G serves both updates: D is trained on its fakes, and the tape goes on
        # recording from there when it is G's turn.
        with tf.GradientTape() as generator_tape:
            fakes = self._fakes(images, self.key, training=True)

        with tf.GradientTape() as discriminator_tape:
            real_logits = self.discriminator(images, training=True)
            fake_logits = self.discriminator(fakes, training=True)
            norms = self._norms_near(images, self.key, training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
            d_objective = d_loss + self.gradient_penalty(norms)
        self.update_discriminator(d_objective, discriminator_tape)

        with generator_tape:
            g_loss = self.generator_loss(self.discriminator(fakes, training=True))
        self.update_generator(g_loss, generator_tape)

        return self.end_step(
            discriminator_loss=d_loss,
            generator_loss=g_loss,
            gradient_norm=tf.reduce_mean(norms),
        )

    def forward(self, batch, key, training):
        fakes = self._fakes(batch, key, training)
        real_logits = self.discriminator(batch, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
            "gradient_norm": tf.reduce_mean(self._norms_near(batch, key, training)),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}

    def _norms_near(self, images, key, training):
        """|grad D(x^)|_2 at a point x^ near each image."""
        scores_of = functools.partial(self.discriminator, training=training)
        return penalties.norms_near(scores_of, images, self.perturbation, key)

    def _fakes(self, images, key, training):
        """As many images of G as there are real ones."""
        latents = self.draw_latents(tf.shape(images)[0], key("latents"))
        return self.generator(latents, training=training)
