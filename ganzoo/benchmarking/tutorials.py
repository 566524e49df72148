"""The step of training as tutorials teach it, on a model's own architecture: what to beat.

The networks are the model's, of Keras's own normalisation and dropout, and the losses are the
model's. The ways of writing the step:

* `plain`: the model's own order of updates, a tape and a pass of the generator for each player;
* `tensorflow`: both players from one forward pass under two tapes, updated at the same time, as in
  TensorFlow's tutorials on DCGAN, Pix2Pix and CycleGAN;
* `keras`: the discriminator on reals and fakes in one batch, then the generator on noise of its
  own, as in Keras's examples of GANs.
"""

import keras
import tensorflow as tf

from ganzoo import layers
from ganzoo.models import CGAN, GAN


class _Dropout(keras.layers.Layer):
    """Keras's dropout in the place of one that has keys."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.dropout = keras.layers.Dropout(rate)

    def call(self, inputs, keys, training=False):
        return self.dropout(inputs, training=training)

    def compute_output_shape(self, input_shape, *_):
        return input_shape


def _as_in_keras(layer):
    """A new layer that does what a layer of ours does, as Keras has it."""
    if not isinstance(layer, keras.layers.Layer):  # an operation on tensors
        return layer
    name, dtype = layer.name, layer.dtype_policy
    if isinstance(layer, layers.BatchNormalization):
        return keras.layers.BatchNormalization.from_config(layer.get_config())
    if isinstance(layer, layers.SingleBatchNormalization):
        return keras.layers.BatchNormalization(epsilon=layer.epsilon, name=name, dtype=dtype)
    if isinstance(layer, layers.InstanceNormalization):
        return keras.layers.GroupNormalization(
            -1, epsilon=layer.epsilon, center=False, scale=False, name=name, dtype=dtype
        )
    if isinstance(layer, layers.KeyedDropout):
        return _Dropout(layer.rate, name=name, dtype=dtype)
    return type(layer).from_config(layer.get_config())


def _copies(networks):
    return [keras.models.clone_model(n, clone_function=_as_in_keras) for n in networks]


class LatentTutorial:
    """A generator and a discriminator, for all models but CycleGAN.

    Args:
        model: whose networks are copied; it is left as it is.
        optimizer: makes an optimizer.
    """

    def __init__(self, model, optimizer):
        self.losses = model.discriminator_loss, model.generator_loss
        self.l1_loss = getattr(model, "l1_loss", None)
        self.adversarial_loss = getattr(model, "adversarial_loss", None)
        self.latent_dim = getattr(model, "latent_dim", None)
        (self.generator,), (self.discriminator,) = map(
            _copies, (model.generators, model.discriminators)
        )
        self.optimizers = optimizer(), optimizer()
        self.steps = {"plain": self.plain, "tensorflow": self.tensorflow}
        if self.l1_loss is None:
            self.steps["keras"] = self.keras
        if isinstance(model, (GAN, CGAN)):
            del self.steps["plain"]  # their own order is TensorFlow's
        self.trackers = [keras.metrics.Mean(), keras.metrics.Mean()]

    def fakes(self, batch, noise):
        conditions = batch[1:] if self.latent_dim else batch[:1]
        inputs = [noise, *conditions] if self.latent_dim else list(conditions)
        return self.generator(self._with_keys(self.generator, inputs), training=True)

    def judged(self, batch, images):
        if not self.latent_dim:  # an image to an image
            return self.discriminator([batch[0], images], training=True)
        inputs = [images, *batch[1:]]
        return self.discriminator(self._with_keys(self.discriminator, inputs), training=True)

    def _with_keys(self, network, inputs):
        if len(network.inputs) > len(inputs):
            inputs = [*inputs, tf.zeros([tf.shape(inputs[0])[0]], tf.int64)]
        return inputs if len(inputs) > 1 else inputs[0]

    def noise(self, batch):
        return self.latent_dim and tf.random.normal((tf.shape(batch[0])[0], self.latent_dim))

    def reals(self, batch):
        return batch[0] if self.latent_dim else batch[1]

    def generator_loss(self, batch, fakes, fake_logits):
        if self.l1_loss is None:
            return self.losses[1](fake_logits)
        return self.losses[1](
            self.adversarial_loss(fake_logits), self.l1_loss(self.reals(batch), fakes)
        )

    def plain(self, batch):
        noise = self.noise(batch)
        with tf.GradientTape() as tape:
            fakes = self.fakes(batch, noise)
            d_loss = self.losses[0](
                self.judged(batch, self.reals(batch)), self.judged(batch, fakes)
            )
        self._apply(0, tape, d_loss, self.discriminator)
        with tf.GradientTape() as tape:
            fakes = self.fakes(batch, noise)
            g_loss = self.generator_loss(batch, fakes, self.judged(batch, fakes))
        self._apply(1, tape, g_loss, self.generator)
        return self._report(d_loss, g_loss)

    def tensorflow(self, batch):
        with tf.GradientTape() as g_tape, tf.GradientTape() as d_tape:
            fakes = self.fakes(batch, self.noise(batch))
            real_logits = self.judged(batch, self.reals(batch))
            fake_logits = self.judged(batch, fakes)
            g_loss = self.generator_loss(batch, fakes, fake_logits)
            d_loss = self.losses[0](real_logits, fake_logits)
        self._apply(1, g_tape, g_loss, self.generator)
        self._apply(0, d_tape, d_loss, self.discriminator)
        return self._report(d_loss, g_loss)

    def keras(self, batch):
        fakes = self.fakes(batch, self.noise(batch))
        both = [tf.concat([x, y], 0) for x, y in zip((fakes, *batch[1:]), batch, strict=True)]
        with tf.GradientTape() as tape:
            fake_logits, real_logits = tf.split(self.judged(both, both[0]), 2)
            d_loss = self.losses[0](real_logits, fake_logits)
        self._apply(0, tape, d_loss, self.discriminator)
        noise = self.noise(batch)
        with tf.GradientTape() as tape:
            fakes = self.fakes(batch, noise)
            g_loss = self.generator_loss(batch, fakes, self.judged(batch, fakes))
        self._apply(1, tape, g_loss, self.generator)
        return self._report(d_loss, g_loss)

    def _apply(self, player, tape, loss, network):
        gradients = tape.gradient(loss, network.trainable_variables)
        self.optimizers[player].apply(gradients, network.trainable_variables)

    def _report(self, *losses):
        for tracker, loss in zip(self.trackers, losses, strict=True):
            tracker.update_state(loss)
        return [tracker.result() for tracker in self.trackers]


class CycleTutorial:
    """CycleGAN's four networks, with an optimizer each and no pool of earlier fakes."""

    def __init__(self, model, optimizer):
        self.model = model  # for its losses alone
        self.generators, self.discriminators = (
            _copies(model.generators),
            _copies(model.discriminators),
        )
        self.networks = [*self.generators, *self.discriminators]
        self.optimizers = [optimizer() for _ in self.networks]
        self.trackers = [keras.metrics.Mean(), keras.metrics.Mean()]
        self.steps = {"plain": self.plain, "tensorflow": self.tensorflow}

    def _translated(self, batch):
        """Both fakes and the generators' loss, one call of a network for each use."""
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
        return fake_a, fake_b, model.generator_loss(adversarial, cycle, identity)

    def _judged(self, batch, fake_a, fake_b):
        return [
            self.model.discriminator_loss(d(reals, training=True), d(fakes, training=True))
            for d, reals, fakes in zip(self.discriminators, batch, (fake_a, fake_b), strict=True)
        ]

    def plain(self, batch):
        with tf.GradientTape(persistent=True) as tape:
            fake_a, fake_b, g_loss = self._translated(batch)
        self._apply(tape, [g_loss, g_loss], self.generators)
        with tf.GradientTape(persistent=True) as tape:
            d_losses = self._judged(batch, fake_a, fake_b)
        self._apply(tape, d_losses, self.discriminators)
        return self._report(sum(d_losses), g_loss)

    def tensorflow(self, batch):
        with tf.GradientTape(persistent=True) as tape:
            fake_a, fake_b, g_loss = self._translated(batch)
            d_losses = self._judged(batch, fake_a, fake_b)
        self._apply(tape, [g_loss, g_loss, *d_losses], self.networks)
        return self._report(sum(d_losses), g_loss)

    def _apply(self, tape, losses, networks):
        for loss, network in zip(losses, networks, strict=True):
            optimizer = self.optimizers[self.networks.index(network)]
            gradients = tape.gradient(loss, network.trainable_variables)
            optimizer.apply(gradients, network.trainable_variables)

    _report = LatentTutorial._report


def steps(model, optimizer) -> dict:
    """Returns `{way of writing it: step}`; a step takes a tuple of tensors, a batch.

    Args:
        model: one of the zoo's.
        optimizer: makes an optimizer, `keras.optimizers.Adam` for example.
    """
    tutorial = (CycleTutorial if len(model.generators) == 2 else LatentTutorial)(model, optimizer)
    return tutorial.steps
