"""GAN.

Goodfellow, Pouget-Abadie, Mirza, Xu, Warde-Farley, Ozair, Courville and Bengio, "Generative
Adversarial Networks", 2014, arXiv:1406.2661.

Objective:

    min_G max_D  V(D, G) = E_x[log D(x)] + E_z[log(1 - D(G(z)))]

*Differs from the paper*

What the paper leaves open, such as sizes, noise, dropout and rates, is as in the authors' code for
MNIST (goodfeli/adversarial). In two points that code differs from the paper, and so does this file:

* Both networks are updated at once, from one forward pass; `discriminator_steps` above 1 takes
  turns as algorithm 1 does.
* The generator maximises E_z[log D(G(z))] at all times, which section 3 suggests for the beginning
  of training; with `minimax` it minimises V.

From both differ:

* In algorithm 1 all k updates of the discriminator see the same images, each with fresh noise; the
  paper draws other images for each.
* The momentum grows with every update; the authors' code changes it once an epoch.
"""

import math

import keras
import numpy as np
import tensorflow as tf

from ganzoo import randomness
from ganzoo.errors import InputError
from ganzoo.images.ranges import log_odds, to_unit
from ganzoo.models import losses
from ganzoo.models.latent import LatentModel
from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.networks import mlp
from ganzoo.optimizers.momentum_sgd import growing_momentum_pair
from ganzoo.optimizers.schedules import DividedEachStep
from ganzoo.randomness.priors import Uniform


@keras.saving.register_keras_serializable("ganzoo")
class GAN(LatentModel):
    """Generative adversarial network (arXiv:1406.2661): latents to images, fully connected.

    `fit` takes images, float32 `(batch, height, width, channels)` in [-1, 1]. Calling the model,
    or `predict`, takes latents `(batch, latent_dim)`, uniform in [-sqrt 3, sqrt 3], and returns
    such images.

    Args:
        image_shape: (height, width, channels); channels 1 or 3.
        latent_dim: length of z.
        generator_units: width of the generator's two hidden layers.
        maxout_units: width of the discriminator's two hidden layers.
        maxout_pieces: linear pieces of each of their units.
        discriminator_steps: 1 updates both networks at once from one forward pass, as the authors'
            code does; k > 1 is algorithm 1: k updates of the discriminator, then one of the
            generator, each with fresh noise.
        minimax: the generator minimises E_z[log(1 - D(G(z)))], the objective itself, in place of
            the non-saturating loss.
        output_bias: where the biases of the generator's sigmoids begin. `adapt` puts them where
            they give the mean of the data, and `ganzoo train` calls that.
        seed: see `GANModel`.
        moving_average: see `GANModel`.

    Raises:
        InputError: for an `image_shape` that is none, or a value out of range.

    Example:

    >>> import numpy as np
    >>> from ganzoo import GAN
    >>> model = GAN(image_shape=(8, 8, 1), generator_units=8, maxout_units=4)
    >>> model.compile()  # the paper's optimizers: SGD with growing momentum and a decaying rate
    >>> _ = model.fit(np.zeros((8, 8, 8, 1), "float32"), batch_size=4, verbose=0)
    >>> model.predict(np.zeros((3, 100), "float32"), verbose=0).shape
    (3, 8, 8, 1)
    """

    batch_format = "images"
    discriminator_loss_at_chance = math.log(2.0)
    prior = Uniform(-math.sqrt(3.0), math.sqrt(3.0))  # of variance 1
    xla_on_cpu = True
    # That of the authors' code for MNIST, whose momentum grows for 250 epochs.
    recipe = {"batch_size": 100, "epochs": 250, "sample_count": 100}

    def __init__(
        self,
        image_shape: tuple[int, int, int] = (28, 28, 1),
        latent_dim: int = 100,
        generator_units: int = 1200,
        maxout_units: int = 240,
        maxout_pieces: int = 5,
        discriminator_steps: int = 1,
        minimax: bool = False,
        output_bias: float = 0.0,
        seed: int = 0,
        moving_average: float = 0.0,
        **kwargs,
    ):
        super().__init__(seed=seed, moving_average=moving_average, **kwargs)
        # === Settings ===
        counts = latent_dim, generator_units, maxout_units, maxout_pieces, discriminator_steps
        if min(counts) < 1:
            raise InputError(
                "latent_dim, generator_units, maxout_units, maxout_pieces and discriminator_steps "
                f"must be at least 1. Received: {', '.join(map(str, counts))}"
            )
        mlp.check_image_shape(image_shape)
        self.image_shape = tuple(image_shape)
        self.latent_dim = latent_dim
        self.generator_units = generator_units
        self.maxout_units = maxout_units
        self.maxout_pieces = maxout_pieces
        self.discriminator_steps = discriminator_steps
        self.minimax = minimax
        self.output_bias = output_bias
        # === Networks ===
        of_both = {"image_shape": self.image_shape, "dtype": self.dtype_policy}
        self.generator = mlp.generator(
            latent_dim=latent_dim, units=generator_units, output_bias=output_bias, **of_both
        )
        self.discriminator = mlp.discriminator(
            maxout_units=maxout_units, maxout_pieces=maxout_pieces, **of_both
        )
        self.finalize()

    @staticmethod
    def default_optimizers(
        learning_rate: float = 0.1,
        rate_divisor: float = 1.000004,
        minimum_rate: float = 1e-6,
        momentum: float = 0.5,
        final_momentum: float = 0.7,
        momentum_start: int = 500,
        momentum_end: int = 125_000,
    ):
        """SGD for each network: a rate divided at every update, a momentum that grows linearly.

        It grows from update 500 to 125,000: epochs 1 to 250 of the authors' 50,000 images.
        """
        rate = DividedEachStep(learning_rate, rate_divisor, minimum_rate)
        return growing_momentum_pair(rate, momentum, final_momentum, momentum_start, momentum_end)

    def adapt(self, dataset) -> None:
        """Sets the generator's output biases so that zero weights would give the mean image.

        Args:
            dataset: batches of images, one epoch of them.
        """
        total, count = 0.0, 0
        for batch in dataset:
            images = to_unit(self.unpack(batch))
            total += np.sum(images, axis=0, dtype=np.float64)
            count += len(images)
        biases = log_odds(total / count).ravel()
        for network in (*self.generators, *self.generator_averages):
            network.get_layer("pixels").bias.assign(biases)

    def discriminator_loss(self, real_logits, fake_logits):
        """- (E_x[log D(x)] + E_z[log(1 - D(G(z)))]) / 2, D being the logits' sigmoid."""
        return 0.5 * losses.logistic_discriminator_loss(real_logits, fake_logits)

    def generator_loss(self, fake_logits):
        """- E_z[log D(G(z))]; or, with `minimax`, E_z[log(1 - D(G(z)))]."""
        if self.minimax:
            return losses.minimax_generator_loss(fake_logits)
        return losses.non_saturating_generator_loss(fake_logits)

    def train_step(self, data):
        images = self.unpack(data)
        # 1: both networks from one forward pass. k > 1: algorithm 1, k updates of D and one of G.
        for update in range(max(1, self.discriminator_steps)):
            with tf.GradientTape(persistent=True) as tape:
                found, _ = self.forward(images, self.key_of(update), training=True)
            self.update_discriminator(found["discriminator_loss"], tape)
        d_loss = found["discriminator_loss"]
        if self.discriminator_steps > 1:
            with tf.GradientTape() as tape:
                found, _ = self.forward(images, self.key_of(self.discriminator_steps), True)
        self.update_generator(found["generator_loss"], tape)
        return self.end_step(discriminator_loss=d_loss, generator_loss=found["generator_loss"])

    def forward(self, batch, key, training):
        count = tf.shape(batch)[0]
        # Reals and fakes have dropout of their own.
        reals_keys, fakes_keys = (
            randomness.example_keys(count, key(f"dropout/{whose}")) for whose in ("reals", "fakes")
        )
        fakes = self.generator(self.draw_latents(count, key("latents")), training=training)
        real_logits = self.discriminator([batch, reals_keys], training=training)
        fake_logits = self.discriminator([fakes, fakes_keys], training=training)
        found = {
            "discriminator_loss": self.discriminator_loss(real_logits, fake_logits),
            "generator_loss": self.generator_loss(fake_logits),
        }
        return found, {"images": AdversarialOutputs(batch, fakes, real_logits, fake_logits)}
