"""AnimeGAN.

Jin, Zhang, Li, Tian, Zhu and Fang, "Towards the Automatic Anime Characters Creation with Generative
Adversarial Networks", 2017, arXiv:1708.05509.

Objective: a discriminator that also names the tags of an image, as ACGAN's (arXiv:1610.09585) names
its class, and DRAGAN's penalty (arXiv:1705.07215, `dragan.py`):

    L(D) = lambda_adv L_adv(D) + L_tags(x, t_x) + lambda_gp E_x^[(|grad D(x^)|_2 - 1)^2]
    L(G) = lambda_adv L_adv(G) + L_tags(G(z, t), t)

    L_adv(D) = - E_x[log D(x)] - E_z[log(1 - D(G(z, t)))]      L_adv(G) = - E_z[log D(G(z, t))]

Tags are attributes, zeros and ones; or, where images have a class, its one-hot vector.

*Differs from the paper*

The authors published their generator, but no code of training. The discriminator's sizes, that it
learns tags from real images alone, and the sum over tags below are those of two reimplementations.

* L_tags is the sum over the tags of their cross-entropies, which is what lambda_adv, their number,
  is in balance with.
* The fakes of a batch have the tags of its real images, so that they occur, together too, as often
  as in the data. The authors drew them at random, one hair colour and one eye colour, and each
  other tag with probability 1/4.
* lambda_gp weighs the penalty alone: it is not DRAGAN's 10 times that.
* The networks are for any square image whose side can be halved `shuffles` times; the discriminator
  halves it down to 2x2.
* One draw of latents serves both updates of a step.
* The losses that are reported are the adversarial ones, unweighted; the others have names of their
  own, and of the penalty it is the mean norm of the gradient.

Longer than 250 lines: a model is read in one piece, and this one has many settings.
"""

import math

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses, penalties
from ganzoo.models.conditional import ConditionalModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import anime_gan as networks
from ganzoo.optimizers.adam import adam_pair
from ganzoo.optimizers.schedules import multiplied_every
from ganzoo.randomness.priors import Normal


@keras.saving.register_keras_serializable("ganzoo")
class AnimeGAN(ConditionalModel):
    """DRAGAN with tags (arXiv:1708.05509): latents and a label to an image.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], and labels, integers
    `(batch,)`. Calling the model, or `predict`, takes `(latents, labels)`, the latents
    `(batch, latent_dim)`, N(0, 1), and returns such images. A label outside the classes is an
    error, except under XLA, which has none: there it makes all results NaN. In place of labels the
    model takes the weights of all classes, floats `(batch, num_classes)`.

    With `attributes`, the paper's tags, labels are vectors, float32 `(batch, len(attributes))` of
    zeros and ones, in both places.

    Args:
        image_shape: (height, width, channels); squares whose side `shuffles` halvings divide.
        num_classes: labels are 0 to num_classes - 1; without meaning where there are attributes.
        attributes: the names of the attributes, such as `("Smiling", "Eyeglasses")`; empty: labels
            are classes.
        latent_dim: length of z.
        filters: width of the generator.
        blocks: its residual blocks.
        shuffles: how often it doubles the side.
        discriminator_filters: width of the discriminator next to the image; each halving of the
            side doubles it.
        discriminator_blocks: its residual blocks between two halvings.
        discriminator_deviation: of its new weights. Nothing in it normalises: a narrow one whose
            weights begin at 0.02 has scores without a slope, and does not begin to learn.
        lambda_adv: weight of the adversarial losses; None: the number of tags.
        lambda_gp: weight of the penalty on the gradient.
        perturbation: c, how far from an image its penalty is taken, in standard deviations of the
            data.
        sync_batch_norm: see `GANModel`.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import AnimeGAN
    >>> model = AnimeGAN(
    ...     image_shape=(8, 8, 1), attributes=("Smiling", "Bald"), filters=2, blocks=1, shuffles=1,
    ...     discriminator_filters=2, discriminator_blocks=1,
    ... )
    >>> model.compile()  # Adam, 2e-4, beta_1 0.5, a tenth of the rate every 50,000 steps
    >>> images, tags = np.zeros((8, 8, 8, 1), "float32"), np.ones((8, 2), "float32")
    >>> _ = model.fit(images, tags, batch_size=4, verbose=0)
    >>> model.predict((np.zeros((2, 128)), tags[:2]), verbose=0).shape
    (2, 8, 8, 1)
    """

    batch_format = "labelled"
    loss_names = (
        "discriminator_loss", "generator_loss", "real_tags_loss", "fake_tags_loss", "gradient_norm",
    )  # fmt: skip
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    prior = Normal()
    # Section 4.1; the epochs are 100,000 steps on its 31,255 images, as far as two rates go.
    recipe = {"batch_size": 64, "epochs": 205, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (128, 128, 3),
        num_classes: int = 10,
        attributes: tuple[str, ...] = (),
        latent_dim: int = 128,
        filters: int = 64,
        blocks: int = 16,
        shuffles: int = 3,
        discriminator_filters: int = 32,
        discriminator_blocks: int = 2,
        discriminator_deviation: float = 0.02,
        lambda_adv: float | None = None,
        lambda_gp: float = 0.5,
        perturbation: float = 0.5,
        sync_batch_norm: bool = False,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = num_classes, latent_dim, filters, blocks, shuffles
        counts += discriminator_filters, discriminator_blocks
        _check(counts, (lambda_adv, lambda_gp, perturbation, discriminator_deviation))
        self.image_shape = tuple(image_shape)
        self.num_classes = num_classes
        self.attributes = tuple(attributes)
        self.latent_dim = latent_dim
        self.filters = filters
        self.blocks = blocks
        self.shuffles = shuffles
        self.discriminator_filters = discriminator_filters
        self.discriminator_blocks = discriminator_blocks
        self.discriminator_deviation = discriminator_deviation
        self.lambda_adv = lambda_adv
        self.lambda_gp = lambda_gp
        self.perturbation = perturbation
        self.sync_batch_norm = sync_batch_norm
        # === Networks ===
        of_both = {
            "image_shape": self.image_shape, "label_size": self.tag_count,
            "dtype": self.dtype_policy,
        }  # fmt: skip
        self.generator = networks.generator(
            has_classes=not attributes, latent_dim=latent_dim, filters=filters, blocks=blocks,
            shuffles=shuffles, sync_batch_norm=sync_batch_norm, **of_both,
        )  # fmt: skip
        self.discriminator = networks.discriminator(
            filters=discriminator_filters,
            blocks=discriminator_blocks,
            deviation=discriminator_deviation,
            **of_both,
        )
        self.finalize()

    @property
    def tag_count(self) -> int:
        """How many tags an image has: the attributes, or the classes."""
        return len(self.attributes) or self.num_classes

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-4,
        beta_1: float = 0.5,
        rate_factor: float = 0.1,
        rate_steps: int = 50_000,
    ):
        """Adam for each network, its rate multiplied by `rate_factor` every `rate_steps` (4.1)."""
        return adam_pair(multiplied_every(learning_rate, rate_factor, rate_steps), beta_1)

    def discriminator_loss(self, real_logits, fake_logits):
        """L_adv(D): - E_x[log D(x)] - E_z[log(1 - D(G(z, t)))], D being the logits' sigmoid."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """L_adv(G): - E_z[log D(G(z, t))], the non-saturating loss."""
        return losses.non_saturating_generator_loss(fake_logits)

    def tags_loss(self, labels, tag_logits):
        """L_tags: - E[sum_i t_i log P_i + (1 - t_i) log(1 - P_i)], P being the logits' sigmoid."""
        tags = labels if self.attributes else tf.one_hot(labels, self.num_classes)
        tags = tf.cast(tags, tag_logits.dtype)
        entropies = tf.nn.sigmoid_cross_entropy_with_logits(tags, tag_logits)
        return tf.reduce_mean(tf.reduce_sum(entropies, axis=-1))

    def gradient_penalty(self, norms):
        """lambda_gp E_x^[(|grad D(x^)|_2 - 1)^2]."""
        return self.lambda_gp * penalties.unit_norm_penalty(norms)

    def train_step(self, data):
        images, labels = self.unpack(data)
        weight = self.tag_count if self.lambda_adv is None else self.lambda_adv
        # One forward pass of G serves both updates: D is trained on its fakes, and the tape goes on
        # recording from there when it is G's turn.
        with tf.GradientTape() as generator_tape:
            fakes = self._fakes(labels, self.key, training=True)

        with tf.GradientTape() as discriminator_tape:
            real_logits, real_tags = self.discriminator(images, training=True)
            fake_logits, _ = self.discriminator(fakes, training=True)
            norms = self._norms_near(images, self.key, training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
            real_tags_loss = self.tags_loss(labels, real_tags)
            d_objective = weight * d_loss + real_tags_loss + self.gradient_penalty(norms)
        self.update_discriminator(d_objective, discriminator_tape)

        with generator_tape:
            fake_logits, fake_tags = self.discriminator(fakes, training=True)
            g_loss = self.generator_loss(fake_logits)
            fake_tags_loss = self.tags_loss(labels, fake_tags)
            g_objective = weight * g_loss + fake_tags_loss
        self.update_generator(g_objective, generator_tape)

        return self.end_step(
            discriminator_loss=d_loss,
            generator_loss=g_loss,
            real_tags_loss=real_tags_loss,
            fake_tags_loss=fake_tags_loss,
            gradient_norm=tf.reduce_mean(norms),
        )

    def forward(self, batch, key, training):
        images, labels = batch
        fakes = self._fakes(labels, key, training)
        real_logits, real_tags = self.discriminator(images, training=training)
        fake_logits, fake_tags = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
            "real_tags_loss": self.tags_loss(labels, real_tags),
            "fake_tags_loss": self.tags_loss(labels, fake_tags),
            "gradient_norm": tf.reduce_mean(self._norms_near(images, key, training)),
        }
        outputs = AdversarialOutputs(images, fakes, real_logits, fake_logits, labels)
        return found, {"images": outputs}

    def _norms_near(self, images, key, training):
        """|grad D(x^)|_2 at a point x^ near each image."""
        return penalties.norms_near(
            lambda x: self.discriminator(x, training=training)[0], images, self.perturbation, key
        )

    def _fakes(self, labels, key, training):
        """An image of G with each of the labels."""
        latents = self.draw_latents(tf.shape(labels)[0], key("latents"))
        return self.generator([latents, labels], training=training)


def _check(counts, weights):
    """Raises InputError for settings out of range."""
    if min(counts) < 1:
        raise InputError(
            "num_classes, latent_dim, filters, blocks, shuffles, discriminator_filters and "
            f"discriminator_blocks must be at least 1. Received: {', '.join(map(str, counts))}"
        )
    if min(weight or 0.0 for weight in weights) < 0:
        raise InputError(
            "lambda_adv, lambda_gp, perturbation and discriminator_deviation must be at least 0. "
            f"Received: {', '.join(map(str, weights))}"
        )
