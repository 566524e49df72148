"""Steps of one generator and one discriminator, as tutorials write them."""

import abc
from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo.benchmarking.tutorials.networks import in_keras


class Tutorial(abc.ABC):
    """A generator and a discriminator, and three ways of writing their step.

    Subclasses say how the networks are called. A batch is a tuple of tensors, a step a function of
    it that returns the means of the discriminator's and the generator's loss.

    Args:
        model: whose networks are copied and whose losses are used; it is left as it is.
        optimizer: returns a new optimizer.
    """

    def __init__(self, model: keras.Model, optimizer: Callable[[], keras.optimizers.Optimizer]):
        self.model = model
        (self.generator,), (self.discriminator,) = map(
            in_keras, (model.generators, model.discriminators)
        )
        self.generator_optimizer, self.discriminator_optimizer = optimizer(), optimizer()
        self.loss_means = [keras.metrics.Mean(), keras.metrics.Mean()]

    @abc.abstractmethod
    def reals(self, batch):
        """Returns the batch's real images."""

    @abc.abstractmethod
    def noise(self, batch):
        """Returns noise for the generator, or None."""

    @abc.abstractmethod
    def fakes(self, batch, noise):
        """Returns the generator's images."""

    @abc.abstractmethod
    def logits(self, batch, images):
        """Returns the discriminator's logits of real or generated images."""

    @abc.abstractmethod
    def generator_loss(self, batch, fakes, fake_logits):
        """Returns the model's loss of the generator."""

    def plain(self, batch):
        noise = self.noise(batch)
        with tf.GradientTape() as tape:
            fakes = self.fakes(batch, noise)
            d_loss = self.model.discriminator_loss(
                self.logits(batch, self.reals(batch)), self.logits(batch, fakes)
            )
        self._update_discriminator(tape, d_loss)
        g_loss = self._generator_step(batch, noise)
        return means_of(self.loss_means, d_loss, g_loss)

    def tensorflow(self, batch):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fakes = self.fakes(batch, self.noise(batch))
            real_logits = self.logits(batch, self.reals(batch))
            fake_logits = self.logits(batch, fakes)
            g_loss = self.generator_loss(batch, fakes, fake_logits)
            d_loss = self.model.discriminator_loss(real_logits, fake_logits)
        self._update_generator(g_tape, g_loss)
        self._update_discriminator(d_tape, d_loss)
        return means_of(self.loss_means, d_loss, g_loss)

    def keras(self, batch):
        fakes = self.fakes(batch, self.noise(batch))
        both = [tf.concat([x, y], 0) for x, y in zip((fakes, *batch[1:]), batch, strict=True)]
        with tf.GradientTape() as tape:
            fake_logits, real_logits = tf.split(self.logits(both, both[0]), 2)
            d_loss = self.model.discriminator_loss(real_logits, fake_logits)
        self._update_discriminator(tape, d_loss)
        g_loss = self._generator_step(batch, self.noise(batch))
        return means_of(self.loss_means, d_loss, g_loss)

    def _generator_step(self, batch, noise):
        with tf.GradientTape() as tape:
            fakes = self.fakes(batch, noise)
            g_loss = self.generator_loss(batch, fakes, self.logits(batch, fakes))
        self._update_generator(tape, g_loss)
        return g_loss

    def _update_generator(self, tape, loss):
        update(self.generator_optimizer, tape, loss, self.generator)

    def _update_discriminator(self, tape, loss):
        update(self.discriminator_optimizer, tape, loss, self.discriminator)


class LatentTutorial(Tutorial):
    """Images from noise, of a class where the batch has labels: `(images,)`, `(images, labels)`."""

    def reals(self, batch):
        return batch[0]

    def noise(self, batch):
        return tf.random.normal((tf.shape(batch[0])[0], self.model.latent_dim))

    def fakes(self, batch, noise):
        return _called(self.generator, [noise, *batch[1:]])

    def logits(self, batch, images):
        return _called(self.discriminator, [images, *batch[1:]])

    def generator_loss(self, batch, fakes, fake_logits):
        return self.model.generator_loss(fake_logits)


class ImageToImageTutorial(Tutorial):
    """A target image for each input image: `(inputs, targets)`; the noise is the dropout's."""

    def reals(self, batch):
        return batch[1]

    def noise(self, batch):
        return None

    def fakes(self, batch, noise):
        return _called(self.generator, [batch[0]])

    def logits(self, batch, images):
        return self.discriminator([batch[0], images], training=True)

    def generator_loss(self, batch, fakes, fake_logits):
        return self.model.generator_loss(
            self.model.adversarial_loss(fake_logits), self.model.l1_loss(self.reals(batch), fakes)
        )


def _called(network, inputs):
    """Calls a network in training, with zeros for the dropout's keys if it has that input."""
    if len(network.inputs) > len(inputs):
        inputs = [*inputs, tf.zeros([tf.shape(inputs[0])[0]], tf.int64)]
    return network(inputs if len(inputs) > 1 else inputs[0], training=True)


def update(optimizer, tape, loss, network) -> None:
    """Applies the gradients of a loss to a network's weights."""
    gradients = tape.gradient(loss, network.trainable_variables)
    optimizer.apply(gradients, network.trainable_variables)


def means_of(trackers, *losses) -> list[tf.Tensor]:
    """Adds losses to their means, and returns those."""
    for tracker, loss in zip(trackers, losses, strict=True):
        tracker.update_state(loss)
    return [tracker.result() for tracker in trackers]
