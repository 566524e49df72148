"""StyleGAN2.

Karras, Laine, Aittala, Hellsten, Lehtinen and Aila, "Analyzing and Improving the Image Quality of
StyleGAN", 2020, arXiv:1912.04958.

Objective: that of Goodfellow et al. (2014) with the non-saturating generator loss, a penalty on D's
gradient at real images (R1) and one on G's Jacobian that deviates from its mean scale (path
length, equation 4):

    min_D  - E_x[log D(x)] - E_z[log(1 - D(G(z)))] + gamma/2 E_x[|grad D(x)|_2^2]
    max_G    E_z[log D(G(z))] - lambda E_{w,y}[(|J_w^T y|_2 - a)^2]

D being the logits' sigmoid, y ~ N(0, I) and a the moving average of the lengths. The penalties are
lazy: R1 of every 16th step, path length of every 4th, times 16 and 4, in updates of their own.

*Differs from the paper*

* a is a constant in the gradient, as in the paper; the authors' code lets 1 % of it through.
* The mean of w, which truncation moves to, is that of 4,096 seeds; the code follows it in training.
* Noise at inference is the same for all images, which makes an image a function of its w; the code
  draws it for each image, but for videos.
* Images of samples and exports are clipped to [-1, 1].
* A group of the minibatch standard deviation is of images that follow one another.
* Configurations A to D, which grow, are not here.

Longer than 250 lines: its settings and their checks are a third of it.
"""

import math

import keras
import tensorflow as tf

from ganzoo.errors import InputError
from ganzoo.models import losses, penalties
from ganzoo.models.lazy_regularization import every
from ganzoo.models.outputs import AdversarialOutputs, LazyLoss
from ganzoo.models.style_based import StyleBasedModel
from ganzoo.networks import stylegan2
from ganzoo.optimizers.adam import lazily_regularized_adam_pair

_PATH_LENGTH_DECAY = 0.99


@keras.saving.register_keras_serializable("ganzoo")
class StyleGAN2(StyleBasedModel):
    """StyleGAN2 (arXiv:1912.04958): latents to square images.

    `fit` takes images, float32 `(batch, side, side, channels)` in [-1, 1]. Calling the model, or
    `predict`, takes w, what the mapping network makes of latents, `(batch, w_dim)`, and returns
    such images; or a w for each layer, `(batch, 2 * log2(side) - 2, w_dim)`, which mixes styles.
    `latents_of_seeds` makes w of seeds.

    Args:
        image_shape: `(side, side, channels)`; side a power of two, 8 or more, channels 1 or 3.
        latent_dim: length of z.
        w_dim: length of w.
        mapping_layers: dense layers of the mapping network.
        channel_base: maps of a side have `channel_base / side` channels; 32,768 in configuration F,
            16,384 in E.
        channel_max: and at most these.
        minibatch_group: images in a group of the minibatch standard deviation; divides a batch.
        r1_gamma: gamma, weight of R1; larger for larger images and smaller batches.
        r1_every: the steps between two updates for R1.
        path_length_weight: lambda; 0: no such updates.
        path_length_every: the steps between two updates for the path length.
        path_length_shrink: a batch is that many times those of these updates.
        mixing_probability: how often the styles of two latents are mixed in a batch.
        seed: see `GANModel`.
        moving_average_half_life, moving_average_ramp: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import StyleGAN2
    >>> model = StyleGAN2((8, 8, 1), latent_dim=4, w_dim=4, mapping_layers=2, channel_max=4)
    >>> model.compile()  # Adam, 0.002, beta_1 0, beta_2 0.99, corrected for lazy penalties
    >>> _ = model.fit(np.zeros((4, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model(model.latents_of_seeds([0, 1, 2])).shape
    TensorShape([3, 8, 8, 1])
    """

    batch_format = "images"
    loss_names = ("discriminator_loss", "generator_loss", "r1_penalty", "path_length_penalty")
    lazy_loss_names = ("r1_penalty", "path_length_penalty")
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    # Appendix B: 25 million images of FFHQ's 70,000, mirrored.
    recipe = {"batch_size": 32, "epochs": 357, "horizontal_flip": True, "sample_count": 64}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (1024, 1024, 3),
        latent_dim: int = 512,
        w_dim: int = 512,
        mapping_layers: int = 8,
        channel_base: int = 32768,
        channel_max: int = 512,
        minibatch_group: int = 4,
        r1_gamma: float = 10.0,
        r1_every: int = 16,
        path_length_weight: float = 2.0,
        path_length_every: int = 4,
        path_length_shrink: int = 2,
        mixing_probability: float = 0.9,
        seed: int = 0,
        moving_average_half_life: float | None = 10_000.0,
        moving_average_ramp: float | None = None,
        **kwargs,
    ):
        super().__init__(
            seed=seed, moving_average_half_life=moving_average_half_life,
            moving_average_ramp=moving_average_ramp, **kwargs,
        )  # fmt: skip
        # === Settings ===
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.w_dim = w_dim
        self.mapping_layers = mapping_layers
        self.channel_base = channel_base
        self.channel_max = channel_max
        self.minibatch_group = minibatch_group
        self.r1_gamma = r1_gamma
        self.r1_every = r1_every
        self.path_length_weight = path_length_weight
        self.path_length_every = path_length_every
        self.path_length_shrink = path_length_shrink
        self.mixing_probability = mixing_probability
        self._check_settings()
        # === Networks ===
        widths, dtype = (channel_base, channel_max), self.dtype_policy
        self.mapping = stylegan2.mapping(latent_dim, w_dim, mapping_layers, dtype)
        self.synthesis = stylegan2.synthesis(self.image_shape, w_dim, *widths, dtype)
        self.discriminator = stylegan2.discriminator(
            self.image_shape, *widths, minibatch_group, dtype=dtype
        )
        self.path_length_mean = self.add_weight(
            name="path_length_mean", initializer="zeros", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip
        self.finalize()

    def _check_settings(self):
        counts = (
            "latent_dim", "w_dim", "mapping_layers", "channel_base", "channel_max",
            "minibatch_group", "r1_every", "path_length_every", "path_length_shrink",
        )  # fmt: skip
        for name in counts:
            if getattr(self, name) < 1:
                raise InputError(f"{name} must be at least 1. Received: {getattr(self, name)}")
        for name in ("r1_gamma", "path_length_weight"):
            if getattr(self, name) < 0:
                raise InputError(f"{name} must be at least 0. Received: {getattr(self, name)}")
        if not 0 <= self.mixing_probability <= 1:
            raise InputError(
                f"mixing_probability must be in [0, 1]. Received: {self.mixing_probability}"
            )

    @staticmethod
    def default_optimizers(
        learning_rate: float = 2e-3,
        beta_1: float = 0.0,
        beta_2: float = 0.99,
        r1_every: int = 16,
        path_length_every: int = 4,
    ):
        """Adam for each network, corrected for lazy penalties (appendix B)."""
        intervals = path_length_every, r1_every
        return lazily_regularized_adam_pair(learning_rate, beta_1, beta_2, intervals)

    def paper_optimizers(self, **settings):
        mine = {"r1_every": self.r1_every, "path_length_every": self.path_length_every}
        return super().paper_optimizers(**mine | settings)

    def discriminator_loss(self, real_logits, fake_logits):
        """- E_x[log D(x)] - E_z[log(1 - D(G(z)))]."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))]."""
        return losses.non_saturating_generator_loss(fake_logits)

    def r1_penalty(self, images):
        """gamma/2 E_x[|grad D(x)|_2^2]."""
        scores_of = lambda x: self.discriminator(x, training=True)  # noqa: E731
        return 0.5 * self.r1_gamma * penalties.squared_gradient_norm(scores_of, images)

    def path_length_penalty(self, lengths, mean_length):
        """lambda E[(|J_w^T y|_2 - a)^2].

        Args:
            lengths: |J_w^T y|_2, `(batch,)`.
            mean_length: a.
        """
        return self.path_length_weight * tf.reduce_mean((lengths - mean_length) ** 2)

    def train_step(self, data):
        images = self.unpack(data)
        count = tf.shape(images)[0]

        with tf.GradientTape() as tape:
            fakes = self.draw_fakes(count, self.key_of("generator"), training=True)
            g_loss = self.generator_loss(self.discriminator(fakes, training=True))
        self.update_generator(g_loss, tape)
        lazy = {}
        if self.path_length_weight:
            lazy["path_length_penalty"] = self._in_steps_of(
                self.path_length_every, self._regularize_generator, count
            )

        fakes = self.draw_fakes(count, self.key_of("discriminator"), training=True)
        with tf.GradientTape() as tape:
            real_logits = self.discriminator(images, training=True)
            fake_logits = self.discriminator(fakes, training=True)
            d_loss = self.discriminator_loss(real_logits, fake_logits)
        self.update_discriminator(d_loss, tape)
        if self.r1_gamma:
            lazy["r1_penalty"] = self._in_steps_of(
                self.r1_every, self._regularize_discriminator, images
            )

        return self.end_step(discriminator_loss=d_loss, generator_loss=g_loss, **lazy)

    def _in_steps_of(self, interval, regularize, *inputs):
        """The loss of an update that only every so many steps make."""
        return LazyLoss(*every(interval, self.step.value, regularize, *inputs))

    def _regularize_discriminator(self, images):
        with tf.GradientTape() as tape:
            penalty = self.r1_penalty(images)
            loss = self.r1_every * penalty
        self.update_discriminator(loss, tape, is_partial=True)
        return tf.cast(penalty, self.step.dtype)

    def _regularize_generator(self, count):
        key = self.key_of("path_length")
        count = tf.maximum(count // self.path_length_shrink, 1)
        with tf.GradientTape() as tape:
            styles = self.draw_styles(count, key, training=True)
            lengths = penalties.path_lengths(
                lambda styles: self.synthesize(styles, key, training=True), styles, key("y")
            )
            mean = self._updated_path_length_mean(lengths)
            penalty = self.path_length_penalty(lengths, mean)
            loss = self.path_length_every * penalty
        self.update_generator(loss, tape, is_partial=True)
        return tf.cast(penalty, self.step.dtype)

    def _updated_path_length_mean(self, lengths):
        """a, moved by 1 % towards the mean over all replicas, a constant."""
        replica = tf.distribute.get_replica_context()
        of_all = replica.all_reduce(tf.distribute.ReduceOp.MEAN, tf.reduce_mean(lengths))
        before = self.path_length_mean.value
        mean = tf.stop_gradient(before + (1.0 - _PATH_LENGTH_DECAY) * (of_all - before))
        self.path_length_mean.assign(mean)
        return mean

    def forward(self, batch, key, training):
        fakes = self.draw_fakes(tf.shape(batch)[0], key, training)
        real_logits = self.discriminator(batch, training=training)
        fake_logits = self.discriminator(fakes, training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        shown = tf.clip_by_value(fakes, -1.0, 1.0)
        return found, {"images": AdversarialOutputs(batch, shown, real_logits, fake_logits)}
