"""`GrowingModel`: what is the same in models whose networks grow while they train.

The networks have all their layers from the start, so that weights, optimizers and checkpoints have
one structure. How far they have grown is a function of one number, `images_seen`, which is a
weight: a resumed training goes on in the middle of whatever it was in. Training runs the part of
the networks that it has come to, a stage, compiled when it begins; all else, such as evaluation and
samples, runs the whole networks, in which the level of growth is a tensor, and is never stale.
"""

import functools

import keras
import tensorflow as tf

from ganzoo.models import growth
from ganzoo.models.latent import LatentModel
from ganzoo.models.stages import StepOfStages, begin_anew
from ganzoo.networks import progan
from ganzoo.serving import latent_endpoints


class GrowingModel(LatentModel):
    """A `LatentModel` with a growing generator and discriminator. Abstract: models derive from it.

    A model makes `self.schedule`, `self.generator`, whose outputs are the images of each level, and
    `self.discriminator`, of ProGAN's structure, before `finalize`. `train_step` asks `grown` for
    the networks of its stage.

    Attributes:
        schedule: a `growth.Schedule`.
        taps: those that the discriminator was made with.
    """

    schedule: growth.Schedule
    taps: tuple[int, ...] | None = None

    def finalize(self):
        counter = {
            "dtype": "float64", "initializer": "zeros", "trainable": False,
            "aggregation": "only_first_replica",
        }  # fmt: skip
        self.images_seen = self.add_weight(name="images_seen", **counter)
        # Of the last step, by its number: at the first step of another the optimizers begin anew.
        self._trained_stage = self.add_weight(name="trained_stage", **counter)
        self._networks = _Networks(self)
        super().finalize()

    @property
    def growing_generator(self) -> keras.Model:
        """The network that makes the images of each level; of several, a model says which."""
        return self.generator

    def inputs_at(self, level: int) -> list:
        """Returns those of its inputs that it needs up to a level."""
        return self.growing_generator.inputs

    @property
    def level(self) -> tf.Tensor:
        """How far the networks have grown, a scalar: 0 is 4x4, 1 is 8x8, 0.5 is half way."""
        return tf.cast(self.schedule.level(self.images_seen.value), self.variable_dtype)

    @property
    def stage(self) -> growth.Stage:
        """What the next step computes. In a graph, that is decided when it is traced."""
        with tf.init_scope():
            return self.schedule.stage(int(self.images_seen.numpy()))

    # Training.

    def make_train_function(self, force=False):
        if self.train_function is not None and not force:
            return
        super().make_train_function(force=True)
        self.train_function = StepOfStages(self, super().make_train_function)

    def grown(self) -> "Grown":
        """Returns the networks of this stage, which work on images of its size."""
        return Grown(self, self._networks.of(self.stage))

    def whole(self) -> "Whole":
        """Returns the whole networks, to be asked in the same way, on images of the whole size."""
        return Whole(self)

    # A loss is one of the weights of the stage alone: those that have not grown yet stay.

    def update_generator(self, loss, tape, is_partial=True):
        super().update_generator(loss, tape, is_partial)

    def update_discriminator(self, loss, tape, is_partial=True):
        super().update_discriminator(loss, tape, is_partial)

    def end_growing_step(self, images, **losses):
        """Ends a step as `end_step` does, and counts its images, of all replicas."""
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        self.images_seen.assign_add(tf.cast(replicas * tf.shape(images)[0], tf.float64))
        return self.end_step(**losses)

    def enter_stage(self) -> growth.Stage:
        """Returns the stage of the next step; at the first of another, optimizers begin anew."""
        stage = self.stage
        if stage.number != int(self._trained_stage.numpy()):
            if self.images_seen.numpy():
                for side in self.sides:
                    begin_anew(getattr(self, f"{side}_optimizer"))
            self._trained_stage.assign(float(stage.number))
        return stage

    # Samples.

    def call(self, latents, training=False):
        return self.shown(
            growth.at_full_size(self.samplers[-1](latents, training=training), self.level)
        )

    def shown(self, images):
        """Returns images of a generator as pictures: it does not bound them."""
        return tf.clip_by_value(images, -1.0, 1.0)

    def export_endpoints(self, samplers):
        level = float(self.level.numpy())  # an export does not grow

        def images_of(latents):
            return self.shown(growth.at_fixed_level(samplers[-1](latents), level))

        return latent_endpoints(self, images_of)


class Grown:
    """The networks of a stage: they make and judge images of its size.

    Attributes:
        level: of growth, a scalar.
        pixels_per_pixel: 1, see `Whole`.
    """

    pixels_per_pixel = 1.0

    def __init__(self, model, networks):
        self.stage, self.generator, self.discriminator = networks
        self.level = model.level
        self._last = model.schedule.last

    def reals(self, images):
        """Returns real images, `(batch, *image_shape)`, as the stage sees them."""
        return growth.reals_at(images, self.stage, self._last, self.level)

    def images(self, latents, training):
        """Returns generated images."""
        outputs = self.generator(latents, training=training)
        if not self.stage.is_fading:
            return outputs
        low, high = outputs
        return growth.mixed(growth.doubled(low), high, self.level, self.stage.level)

    def scores(self, images, training):
        """Returns the discriminator's scores, `(batch, 1)`."""
        return _scores(self.discriminator, images, self.level, training)


class Whole:
    """The whole networks at a level of growth: they make and judge images of the whole size.

    Attributes:
        level: of growth, a scalar.
        pixels_per_pixel: what the norm of a gradient is to be multiplied by to be that of the
            stage's smaller images, whose pixels are means of several: their side's share.
    """

    stage = None  # none in particular

    def __init__(self, model):
        self.level = model.level
        self._model = model
        last = tf.cast(model.schedule.last, self.level.dtype)
        self.pixels_per_pixel = 2.0 ** (last - tf.math.ceil(self.level))

    def reals(self, images):
        return growth.reals_at_full_size(images, self._model.schedule.last, self.level)

    def images(self, latents, training):
        outputs = self._model.growing_generator(latents, training=training)
        return growth.at_full_size(outputs, self.level)

    def scores(self, images, training):
        return _scores(self._model.discriminator, images, self.level, training)


def _scores(discriminator, images, level, training):
    levels = tf.fill((tf.shape(images)[0], 1), level)
    return discriminator([images, levels], training=training)


class _Networks:
    """The networks of each stage, made when asked for, of the layers of a model's.

    Not a Keras object, so that files have the whole networks alone.
    """

    def __init__(self, model):
        self._model = model
        self.of = functools.cache(self._of)

    def _of(self, stage):
        model = self._model
        whole, level = model.growing_generator, stage.level
        high = whole.outputs[level]
        outputs = [whole.outputs[level - 1], high] if stage.is_fading else high
        generator = keras.Model(model.inputs_at(level), outputs, name=whole.name)
        discriminator = progan.discriminator_at(
            model.discriminator, level, stage.is_fading, model.dtype_policy, model.taps
        )
        return stage, generator, discriminator
