"""WGAN-GP.

Gulrajani, Ahmed, Arjovsky, Dumoulin and Courville, "Improved Training of Wasserstein GANs", 2017,
arXiv:1704.00028.

Objective (equation 3), x' between a real and a generated image:

    min_D  E_z[D(G(z))] - E_x[D(x)] + lambda E_x'[(|grad D(x')|_2 - 1)^2]       max_G  E_z[D(G(z))]

*Differs from the paper*

* The critic's last layer has no bias: it cancels in the loss, a weight without a gradient.
* Images are in [-1, 1] for every pair of networks; the authors' code for MNIST has them in [0, 1].
* A sample's batch statistics are the moving averages of training, so that an image does not depend
  on its neighbours; the authors' code normalises by the batch at all times.
* Initial weights do not take the stride of a convolution into account, as the authors' code does.
* A step is five updates of the critic and then one of the generator, as in algorithm 1; the
  authors' code begins its second step with the generator's, which is the same order.
* The pair for ImageNet's 101 layers, the language model, and the class-conditional pair of
  appendix C are not here; `acgan.py` and `projection_gan.py` are conditional models.
"""

from typing import Literal

import keras
import tensorflow as tf

from ganzoo.errors import InputError, unknown
from ganzoo.images.ranges import dequantized
from ganzoo.models import losses, penalties
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import dcgan, resnet_gan, wgan_gp
from ganzoo.optimizers.adam import adam_pair_of_critic
from ganzoo.randomness.priors import Normal

# By the value of `networks`: the generator, whether it normalises batches, and the critic.
_NETWORKS = {
    "mnist": (wgan_gp.mnist_generator, False, wgan_gp.critic),
    "dcgan": (wgan_gp.dcgan_generator, True, wgan_gp.critic),
    "resnet": (resnet_gan.generator, True, resnet_gan.critic),
    "resnet_64": (resnet_gan.growing_generator, True, resnet_gan.growing_critic),
}


@keras.saving.register_keras_serializable("ganzoo")
class WGANGP(LatentModel):
    """Wasserstein GAN with gradient penalty (arXiv:1704.00028): latents to square images.

    `fit` takes images, float32 `(critic_steps * batch, height, width, channels)` in [-1, 1]: each
    update of the critic sees a batch of its own. Calling the model, or `predict`, takes latents
    `(batch, latent_dim)`, N(0, 1), and returns such images. A critic's scores mean nothing by
    themselves: look at `wasserstein_distance`, which falls as images get better, and
    `gradient_norm`, which is near 1.

    Args:
        image_shape: `(side, side, channels)`; side 4, 5 or 7 times a power of two (28, 32, 64,
            128, ...), channels 1 or 3.
        latent_dim: length of z.
        networks: those of the authors' code for MNIST (convolutions without normalisation), for
            CIFAR-10 (`"dcgan"`, and `"resnet"` with maps of one width), and for 64x64 images
            (`"resnet_64"`, whose maps get wider as they get smaller).
        filters: width of the maps next to the image; of all maps of a `"resnet"`.
        critic_steps: updates of the critic in a step.
        lambda_gp: weight of the penalty.
        generator_batches: how many batches of latents the generator's update takes.
        dequantize: whether the critic sees real images with noise as wide as a grey level.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import WGANGP
    >>> model = WGANGP(image_shape=(8, 8, 1), latent_dim=4, filters=2, critic_steps=2)
    >>> model.compile()  # the paper's optimizers: Adam, 1e-4, beta_1 0, beta_2 0.9
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 4), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    batches_per_step = 5
    loss_names = ("discriminator_loss", "generator_loss", "wasserstein_distance", "gradient_norm")
    decision_threshold = discriminator_loss_at_chance = None  # a critic
    prior = Normal()
    # Algorithm 1, and the authors' code for 64x64 images; without augmentation.
    recipe = {"batch_size": 64, "epochs": 25, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (64, 64, 3),
        latent_dim: int = 128,
        networks: Literal["mnist", "dcgan", "resnet", "resnet_64"] = "resnet_64",
        filters: int = 64,
        critic_steps: int = 5,
        lambda_gp: float = 10.0,
        generator_batches: int = 1,
        dequantize: bool = False,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = latent_dim, filters, critic_steps, generator_batches
        if min(counts) < 1 or lambda_gp < 0:
            raise InputError(
                "latent_dim, filters, critic_steps and generator_batches must be at least 1, and "
                f"lambda_gp at least 0. Received: {', '.join(map(str, (*counts, lambda_gp)))}"
            )
        if networks not in _NETWORKS:
            raise unknown("networks", networks, _NETWORKS)
        dcgan.doublings(image_shape)  # raises if there is no such network
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.networks = networks
        self.filters = filters
        self.critic_steps = critic_steps
        self.lambda_gp = lambda_gp
        self.generator_batches = generator_batches
        self.dequantize = dequantize
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        make_generator, normalises_batches, make_critic = _NETWORKS[networks]
        of_both = {
            "image_shape": self.image_shape, "filters": filters, "dtype": self.dtype_policy,
        }  # fmt: skip
        of_generator = {"sync_batch_norm": sync_batch_norm} if normalises_batches else {}
        self.generator = make_generator(latent_dim=latent_dim, **of_both, **of_generator)
        self.discriminator = make_critic(**of_both)
        self.finalize()

    @classmethod
    def batches_per_step_of(cls, settings):
        return settings["critic_steps"]

    @staticmethod
    def default_optimizers(
        learning_rate: float = 1e-4,
        beta_1: float = 0.0,
        beta_2: float = 0.9,
        decay_steps: int = 0,
        critic_steps: int = 5,
    ):
        """Adam for each network (algorithm 1).

        Its rate falls linearly to 0 over `decay_steps` steps, as the authors' code has it for
        CIFAR-10's residual networks; with 0 it stays.
        """
        return adam_pair_of_critic(learning_rate, beta_1, beta_2, decay_steps, critic_steps)

    def paper_optimizers(self, **settings):
        return super().paper_optimizers(**{"critic_steps": self.critic_steps} | settings)

    def wasserstein_distance(self, real_scores, fake_scores):
        """E_x[D(x)] - E_z[D(G(z))], an estimate of the distance that the critic measures."""
        return losses.score_difference(real_scores, fake_scores)

    def discriminator_loss(self, wasserstein_distance, norms):
        """E_z[D(G(z))] - E_x[D(x)] + lambda E_x'[(|grad D(x')|_2 - 1)^2], equation 3.

        Args:
            wasserstein_distance: what the method of that name returned.
            norms: |grad D(x')|_2, `(batch,)`, for x' between a real and a generated image.
        """
        return self.lambda_gp * penalties.unit_norm_penalty(norms) - wasserstein_distance

    def generator_loss(self, fake_scores):
        """- E_z[D(G(z))]."""
        return losses.critic_generator_loss(fake_scores)

    def train_step(self, data):
        for update, images in enumerate(self.split(self.unpack(data))):
            with tf.GradientTape() as tape:
                found, _ = self.forward(images, self.key_of(update), training=True)
            self.update_discriminator(found["discriminator_loss"], tape)

        count = self.generator_batches * tf.shape(images)[0]
        latents = self.draw_latents(count, self.key("latents/generator"))
        with tf.GradientTape() as tape:
            fakes = self.generator(latents, training=True)
            g_loss = self.generator_loss(self.discriminator(fakes, training=True))
        self.update_generator(g_loss, tape)

        return self.end_step(**found | {"generator_loss": g_loss})

    def forward(self, batch, key, training):
        reals = dequantized(batch, key("levels")) if self.dequantize else batch
        latents = self.draw_latents(tf.shape(batch)[0], key("latents"))
        fakes = self.generator(latents, training=training)
        # One call: no layer of a critic lets the images of a batch see each other.
        scores = self.discriminator(tf.concat([reals, fakes], 0), training=training)
        real_scores, fake_scores = tf.split(scores, 2)
        norms = penalties.gradient_norms(
            lambda images: self.discriminator(images, training=training),
            penalties.between(reals, fakes, key("share")),
        )
        distance = self.wasserstein_distance(real_scores, fake_scores)
        found = {
            "discriminator_loss": self.discriminator_loss(distance, norms),
            "generator_loss": self.generator_loss(fake_scores),
            "wasserstein_distance": distance,
            "gradient_norm": tf.reduce_mean(norms),
        }
        return found, {"images": AdversarialOutputs(reals, fakes, real_scores, fake_scores)}
