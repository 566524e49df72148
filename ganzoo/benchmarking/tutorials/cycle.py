"""CycleGAN's step, as tutorials write it."""

from collections.abc import Callable

import keras
import tensorflow as tf

from ganzoo.benchmarking.tutorials.adversarial import means_of, update
from ganzoo.benchmarking.tutorials.networks import in_keras


class CycleTutorial:
    """CycleGAN's four networks, with an optimizer each and no pool of earlier fakes.

    A batch is `(images of a, images of b)`; arguments and steps are those of `Tutorial`.
    """

    def __init__(self, model: keras.Model, optimizer: Callable[[], keras.optimizers.Optimizer]):
        self.model = model  # for its losses alone
        self.generators = in_keras(model.generators)
        self.discriminators = in_keras(model.discriminators)
        self.generator_optimizers = [optimizer() for _ in self.generators]
        self.discriminator_optimizers = [optimizer() for _ in self.discriminators]
        self.loss_means = [keras.metrics.Mean(), keras.metrics.Mean()]

    def plain(self, batch):
        with tf.GradientTape(persistent=True) as tape:
            fakes, g_loss = self._translate(batch)
        self._update_generators(tape, g_loss)
        with tf.GradientTape(persistent=True) as tape:
            d_losses = self._discriminator_losses(batch, fakes)
        self._update_discriminators(tape, d_losses)
        return means_of(self.loss_means, sum(d_losses), g_loss)

    def tensorflow(self, batch):
        with tf.GradientTape(persistent=True) as tape:
            fakes, g_loss = self._translate(batch)
            d_losses = self._discriminator_losses(batch, fakes)
        self._update_generators(tape, g_loss)
        self._update_discriminators(tape, d_losses)
        return means_of(self.loss_means, sum(d_losses), g_loss)

    def _translate(self, batch):
        """Returns the fakes of both domains and the generators' loss, with a call for each use."""
        (a, b), model = batch, self.model
        (g, f), (d_a, d_b) = self.generators, self.discriminators
        fake_b, fake_a = g(a, training=True), f(b, training=True)
        cycled_a, cycled_b = f(fake_b, training=True), g(fake_a, training=True)
        same_a, same_b = f(a, training=True), g(b, training=True)
        adversarial = model.adversarial_loss(d_b(fake_b, training=True)) + model.adversarial_loss(
            d_a(fake_a, training=True)
        )
        cycle = model.cycle_loss(a, cycled_a) + model.cycle_loss(b, cycled_b)
        identity = model.identity_loss(a, same_a) + model.identity_loss(b, same_b)
        return (fake_a, fake_b), model.generator_loss(adversarial, cycle, identity)

    def _discriminator_losses(self, batch, fakes):
        return [
            self.model.discriminator_loss(d(real, training=True), d(fake, training=True))
            for d, real, fake in zip(self.discriminators, batch, fakes, strict=True)
        ]

    def _update_generators(self, tape, loss):
        for optimizer, network in zip(self.generator_optimizers, self.generators, strict=True):
            update(optimizer, tape, loss, network)

    def _update_discriminators(self, tape, losses):
        for optimizer, loss, network in zip(
            self.discriminator_optimizers, losses, self.discriminators, strict=True
        ):
            update(optimizer, tape, loss, network)
