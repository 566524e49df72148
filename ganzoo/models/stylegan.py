"""StyleGAN.

Karras, Laine and Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2019, arXiv:1812.04958.

Objective (appendix C: logistic losses, and R1 of Mescheder et al., 2018, arXiv:1801.04406):

    max_D  E_x[log D(x)] + E_z[log(1 - D(G(z)))] - gamma / 2 E_x[|grad D(x)|^2]
    max_G  E_z[log D(G(z))]

Networks grow as ProGAN's do (`growing.py`), from 8x8 pixels.

*Differs from the paper*

* The batch and the learning rate have one size at all resolutions; in the authors' code the one
  falls and the other rises with them.
* Samples and exports have the same noise in each image, as the authors' code with its noise fixed;
  an image is a function of w.
* Truncation is of w for all layers; the authors' pictures of faces have it for the first eight.
* The mean of w follows the latents of the generator's update alone.

Longer than 250 lines: a hundred are settings, which the paper has many of.
"""

import math

import keras
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.models import growth, losses, penalties
from ganzoo.models.growing import GrowingModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.models.style_based import MapsLatents
from ganzoo.networks import progan, stylegan
from ganzoo.optimizers.adam import adam_pair
from ganzoo.randomness.priors import Mapped
from ganzoo.serving import latent_endpoints

_MEAN_DECAY = 0.995  # of the moving mean of w


@keras.saving.register_keras_serializable("ganzoo")
class StyleGAN(MapsLatents, GrowingModel):
    """StyleGAN (arXiv:1812.04958): latents to square images, by way of styles.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1], of the whole size
    from the first step on. What calling the model, `predict`, truncation and walks take is w,
    `(batch, w_dim)`, which `latents_of_seeds` makes, and `mapping` of latents N(0, 1).

    Args:
        image_shape: `(side, side, channels)`; side 4, 8, 16, 32, ..., channels 1 or 3.
        latent_dim: length of z.
        w_dim: length of w.
        mapping_layers: dense layers from z to w.
        filters: the most channels that maps have.
        base: maps of side s have 2 * base / s channels, where that is less.
        first_side: the side that training begins with.
        stable_images: real images for which a resolution is trained.
        fade_images: real images over which the next one is faded in.
        minibatch_group: images of which the discriminator sees the standard deviation; it divides
            the batch on each device.
        r1_gamma: gamma, weight of the penalty.
        mixing_probability: how likely a batch has the styles of two latents, one up to a random
            layer.
        seed: see `GANModel`.
        moving_average_half_life: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that the networks cannot make, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import StyleGAN
    >>> model = StyleGAN(
    ...     image_shape=(8, 8, 1), latent_dim=4, w_dim=4, mapping_layers=2, filters=4, base=16,
    ...     minibatch_group=2,
    ... )
    >>> model.compile()  # the paper's optimizers: Adam, 1e-3, beta_1 0, beta_2 0.99
    >>> _ = model.fit(np.zeros((4, 8, 8, 1), "float32"), batch_size=2, verbose=0)
    >>> w = model.latents_of_seeds(np.arange(3))
    >>> model.predict(model.truncate(w, 0.7), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    loss_names = ("discriminator_loss", "generator_loss", "gradient_penalty")
    discriminator_loss_at_chance = 2.0 * math.log(2.0)
    taps = stylegan.TAPS
    # The authors' code for 70,000 faces: 25 million images, mirrored; 32 in a batch at 64x64.
    recipe = {"batch_size": 32, "epochs": 357, "sample_count": 64, "horizontal_flip": True}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (128, 128, 3),
        latent_dim: int = 512,
        w_dim: int = 512,
        mapping_layers: int = 8,
        filters: int = 512,
        base: int = 8192,
        first_side: int = 8,
        stable_images: int = 600_000,
        fade_images: int = 600_000,
        minibatch_group: int = 4,
        r1_gamma: float = 10.0,
        mixing_probability: float = 0.9,
        seed: int = 0,
        moving_average_half_life: float | None = 10_000.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average_half_life=moving_average_half_life, **kwargs)
        # === Settings ===
        counts = latent_dim, w_dim, mapping_layers, filters, base, minibatch_group
        if min(counts) < 1 or r1_gamma < 0 or not 0 <= mixing_probability <= 1:
            raise InputError(
                "latent_dim, w_dim, mapping_layers, filters, base and minibatch_group must be "
                "at least 1, r1_gamma at least 0, and mixing_probability in [0, 1]. "
                f"Received: {', '.join(map(str, (*counts, r1_gamma, mixing_probability)))}"
            )
        last = progan.levels_of(image_shape)  # raises if there is no such network
        first = progan.levels_of((first_side, first_side, 1))
        self.schedule = growth.Schedule(first, last, stable_images, fade_images)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.w_dim = w_dim
        self.mapping_layers = mapping_layers
        self.filters = filters
        self.base = base
        self.first_side = first_side
        self.stable_images = stable_images
        self.fade_images = fade_images
        self.minibatch_group = minibatch_group
        self.r1_gamma = r1_gamma
        self.mixing_probability = mixing_probability
        # === Networks ===
        dtype = self.dtype_policy
        self.mapping = stylegan.mapping(latent_dim, w_dim, mapping_layers, dtype=dtype)
        self.synthesis = stylegan.synthesis(self.image_shape, w_dim, filters, base, dtype)
        self.discriminator = progan.discriminator(
            self.image_shape, filters, base, minibatch_group, dtype, self.taps
        )
        self.mean_style = self.add_weight(
            (w_dim,), "zeros", trainable=False, name="mean_style",
            aggregation="only_first_replica",
        )  # fmt: skip
        self.finalize()

    @staticmethod
    def default_optimizers(learning_rate: float = 1e-3, beta_1: float = 0.0, beta_2: float = 0.99):
        """Adam for each network, which begins anew with each stage of growth."""
        return adam_pair(learning_rate, beta_1, beta_2)

    @property
    def growing_generator(self):
        return self.synthesis

    def inputs_at(self, level):
        return self.synthesis.inputs[: 1 + stylegan.layers_of(level)]

    # Losses.

    def gradient_penalty(self, norms):
        """gamma / 2 E_x[|grad D(x)|^2].

        Args:
            norms: |grad D(x)|_2 of real images, `(batch,)`.
        """
        return 0.5 * self.r1_gamma * tf.reduce_mean(norms**2)

    def discriminator_loss(self, real_logits, fake_logits, penalty):
        """- E_x[log D(x)] - E_z[log(1 - D(G(z)))] + the penalty."""
        return losses.logistic_discriminator_loss(real_logits, fake_logits) + penalty

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))]."""
        return losses.non_saturating_generator_loss(fake_logits)

    # Training.

    def train_step(self, data):
        images, networks = self.unpack(data), self.grown()
        with tf.GradientTape() as tape:
            found, _ = self.judged(networks, images, self.key, training=True)
        self.update_discriminator(found["discriminator_loss"], tape)

        count, key = tf.shape(images)[0], self.key_of("generator")
        with tf.GradientTape() as tape:
            fakes, w = self.generated(networks, count, key, training=True)
            g_loss = self.generator_loss(networks.scores(fakes, training=True))
        self.update_generator(g_loss, tape)
        self.follow_styles(w)

        return self.end_growing_step(images, **found | {"generator_loss": g_loss})

    def forward(self, batch, key, training):
        return self.judged(self.whole(), batch, key, training)

    def judged(self, networks, batch, key, training):
        """Returns what `forward` does, of networks that have grown, or of the whole ones."""
        reals = networks.reals(batch)
        fakes, _ = self.generated(networks, tf.shape(batch)[0], key, training)
        # One call: groups of the minibatch standard deviation are of reals or of fakes.
        logits = networks.scores(tf.concat([reals, fakes], 0), training=training)
        real_logits, fake_logits = tf.split(logits, 2)
        norms = networks.pixels_per_pixel * penalties.gradient_norms(
            lambda images: networks.scores(images, training=training), reals
        )
        penalty = self.gradient_penalty(norms)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits, penalty),
            "generator_loss": self.generator_loss(fake_logits),
            "gradient_penalty": penalty,
        }
        shown = AdversarialOutputs(reals, self.shown(fakes), real_logits, fake_logits)
        return found, {"images": shown}

    def generated(self, networks, count, key, training):
        """Returns images of random latents, styles mixed and noise drawn, and the latents' w."""
        latents = [self.draw_latents(count, key(name)) for name in ("latents", "latents/mixed")]
        w, other = (self.mapping(z, training=training) for z in latents)
        levels = self.schedule.last if networks.stage is None else networks.stage.level
        noise = [
            tf.cast(randomness.normal((count, *shape), key(f"noise/{layer}")), w.dtype)
            for layer, shape in enumerate(stylegan.noise_shapes(levels))
        ]
        cutoff = self.cutoff(networks.level, key("mixing"))
        return networks.images([self.mixed(w, other, cutoff), *noise], training=training), w

    def cutoff(self, level, key):
        """Returns the layer from which a batch has other styles, that behind the last for none.

        Args:
            level: of growth, a scalar: of the layers up to it one is chosen.
            key: what `key` returned.
        """
        count = 2.0 * (tf.math.ceil(tf.cast(level, tf.float32)) + 1.0)  # layers so far
        is_mixed, place = tf.unstack(randomness.replicated_uniform((2,), key))
        chosen = 1.0 + tf.floor(tf.cast(place, tf.float32) * (count - 1.0))
        return tf.where(tf.cast(is_mixed, tf.float32) < self.mixing_probability, chosen, count)

    def mixed(self, w, other, cutoff):
        """Returns the styles of all layers, `(batch, layers, w_dim)`: w up to a layer.

        Args:
            w: of the layers before `cutoff`, `(batch, w_dim)`.
            other: of the others.
            cutoff: a layer's number, a scalar.
        """
        numbers = tf.range(stylegan.layers_of(self.schedule.last), dtype=tf.float32)
        is_first = tf.cast(numbers < cutoff, w.dtype)[None, :, None]
        return is_first * w[:, None] + (1.0 - is_first) * other[:, None]

    def follow_styles(self, w):
        """Moves the mean of w, which truncation moves to, towards that of a global batch."""
        replica = tf.distribute.get_replica_context()
        mean = tf.reduce_mean(w, axis=0)
        total = replica.all_reduce(tf.distribute.ReduceOp.SUM, mean)
        mean = tf.cast(total / replica.num_replicas_in_sync, self.mean_style.dtype)
        self.mean_style.assign_add((1.0 - _MEAN_DECAY) * (mean - self.mean_style))

    # Samples: their latents are w.

    @property
    def latent_space(self):
        # Not by `numpy()`: an export that is being traced would list the variable among its own.
        first, *_ = self.distribute_strategy.experimental_local_results(self.mean_style.value)
        with tf.init_scope():
            mean = tf.raw_ops.ReadVariableOp(resource=first.handle, dtype=first.dtype)
        return Mapped(tuple(mean.numpy().tolist()))

    def inputs_of(self, w):
        """Returns what the synthesis takes of w in all layers, with the noise of samples."""
        styles = tf.repeat(w[:, None], stylegan.layers_of(self.schedule.last), axis=1)
        return [styles, *self._noise_of_samples(tf.shape(w)[0], w.dtype)]

    def _noise_of_samples(self, count, dtype):
        """Noise of each layer that is the same in all images."""
        for layer, (side, _, _) in enumerate(stylegan.noise_shapes(self.schedule.last)):
            of_one = randomness.normal_by_seed(tf.constant([layer]), side * side)
            of_one = tf.cast(tf.reshape(of_one, (1, side, side, 1)), dtype)
            yield tf.repeat(of_one, count, axis=0)

    def call(self, w, training=False):
        images = self.samplers[1](self.inputs_of(w), training=training)
        return self.shown(growth.at_full_size(images, self.level))

    def export_endpoints(self, samplers):
        level = float(self.level.numpy())  # an export does not grow

        def images_of(w):
            return self.shown(growth.at_fixed_level(samplers[1](self.inputs_of(w)), level))

        return latent_endpoints(self, images_of)
