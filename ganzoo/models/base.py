"""`GANModel`: the life of a model, from its networks to its export, and none of its mathematics.

What a model defines is in interface.py. Its constructor builds the networks and ends with
`finalize`; `compile` gives them optimizers (compiling.py). `fit` then calls `train_step` on each
batch, which calls `unpack`, `key`, `update_generator` and `update_discriminator` (gradients.py),
and at last `end_step`; that updates the moving averages (moving_averages.py) and the means that
`fit` shows (loss_trackers.py).
`evaluate` and the health check see the networks through `forward_pass`.

Models that sample from noise derive from `LatentModel` (latent.py), which defines for them what
`predict`, sample grids and exports need.

Longer than 250 lines: the order of a model's life, half of it docstrings, is read in one piece.
"""

import functools

import keras
import tensorflow as tf

from ganzoo import batch_formats, randomness
from ganzoo.models import batch_checks, compiling, gradients, loss_trackers, moving_averages
from ganzoo.models.interface import GANInterface
from ganzoo.models.outputs import AdversarialOutputs, ForwardPass
from ganzoo.models.saving import SavingAndExport


class GANModel(GANInterface, SavingAndExport, keras.Model):
    """A `keras.Model` of generators and discriminators, each side with its optimizer.

    A model derives from this class, or from an abstract one that does, and from no other model. It
    states and defines what `GANInterface` names, and `call`; takes its settings as keyword
    arguments, keeps each as an attribute of the same name, builds its networks, and ends its
    constructor with `finalize`.

    Args:
        seed: what all noise of training is drawn from, together with `step`.
        moving_average: decay, per step, of an exponential moving average of the generator's
            weights, which then makes samples and exports; 0 keeps none.
        moving_average_half_life: in place of a decay, the number of real images after which a
            weight counts half; an argument of models whose papers state one.
        moving_average_ramp: with a half-life, the largest share of the images seen so far that it
            may be, so that the average leaves the first weights behind soon; None: any.
        sync_batch_norm: of models that normalise batches, and an argument of theirs alone: whether
            several replicas normalise the global batch; otherwise each normalises its own part.
        **kwargs: `keras.Model`'s own, such as `name` and `dtype`: the policy `"mixed_bfloat16"`
            computes in bfloat16 and keeps weights, losses and last layers in float32.
    """

    checks_values = True  # in `fit`, of data that ganzoo has not made
    compiles_step = False  # whether XLA compiles `train_step`, which `compile` decides

    def __init__(
        self,
        *,
        seed: int,
        moving_average: float = 0.0,
        moving_average_half_life: float | None = None,
        moving_average_ramp: float | None = None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        compiling.check_environment(self.dtype_policy)
        moving_averages.check(moving_average, moving_average_half_life, moving_average_ramp)
        self.seed = seed
        self.moving_average = moving_average
        self.moving_average_half_life = moving_average_half_life
        self.moving_average_ramp = moving_average_ramp

    def finalize(self) -> None:
        """Ends a constructor: creates what needs the networks to exist."""
        settings = {name: getattr(self, name) for name in self.setting_names()}
        self.batch_format = self.batch_format_of(settings)
        self.batches_per_step = self.batches_per_step_of(settings)
        # Float64 counts exactly and, unlike int64, lives on a GPU as the other weights do.
        self._step = self.add_weight(
            name="step", dtype="float64", initializer="zeros", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip
        is_averaged = self.moving_average or self.moving_average_half_life
        self.generator_averages = moving_averages.copies(self.generators if is_averaged else [])
        self._loss_trackers = [loss_trackers.SharedMean(name) for name in self.loss_names]
        self.built = True

    # The networks.

    @property
    def samplers(self) -> list[keras.Model]:
        """The networks that sample and export: the moving averages where there are any."""
        return self.generator_averages or self.generators

    @property
    def step(self) -> keras.Variable:
        """The number of training steps these weights have seen, float64."""
        return self._step

    @property
    def metrics(self):
        return self._loss_trackers

    # Compiling.

    def compile(
        self,
        generator_optimizer=None,
        discriminator_optimizer=None,
        *,
        run_eagerly=False,
        steps_per_execution=1,
        jit_compile="auto",
    ):
        """Makes the model ready for `fit`.

        Args:
            generator_optimizer: a `keras.optimizers.Optimizer`, or its name; left out, the
                paper's.
            discriminator_optimizer: the same for the discriminator; another object.
            run_eagerly, steps_per_execution: as in `keras.Model.compile`.
            jit_compile: as there, but that `"auto"` means XLA on a CPU too, for `train_step` alone,
                where the model gains from it (`xla_on_cpu`).

        Raises:
            InputError: if both are the same optimizer object.
        """
        given = generator_optimizer, discriminator_optimizer
        pair = compiling.optimizer_pair(given, self.paper_optimizers(), self.dtype_policy)
        self._compile_settings = {
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }
        # optimizer=None: otherwise Keras adds an optimizer that nobody uses.
        super().compile(optimizer=None, **self._compile_settings)
        self.compiles_step = compiling.xla_compiles_step(self, jit_compile)
        self.generator_optimizer, self.discriminator_optimizer = pair
        # Built now, so that saving and checkpoints hold their slots from the first step on.
        self.generator_optimizer.build(self.generator_variables)
        self.discriminator_optimizer.build(self.discriminator_variables)

    def fit(self, x=None, y=None, **settings):
        """Is `keras.Model.fit`; an InputError if the first images are not in [-1, 1].

        Or for a label beyond the classes, or a callback of Keras that works on one optimizer, where
        there are two.
        """
        compiling.check_callbacks(settings.get("callbacks"))
        settings["callbacks"] = compiling.of_all_losses(settings.get("callbacks"))
        if self.checks_values:
            batch_formats.check_values(self.batch_format, x, y)
            x = self._checked(x, y, settings.get("batch_size"))
        with batch_checks.short_errors():
            return super().fit(x, y, **settings)

    def evaluate(self, x=None, y=None, batch_size=None, **settings):
        """Is `keras.Model.evaluate`; an InputError for a label beyond the classes."""
        if self.checks_values:
            x = self._checked(x, y, batch_size)
        with batch_checks.short_errors():
            return super().evaluate(x, y, batch_size, **settings)

    def predict(self, x, *arguments, **settings):
        """Is `keras.Model.predict`; an InputError for a label beyond the classes."""
        # The labels of a batch stand where those of `call` do.
        x = batch_checks.checked(x, None, self._class_numbers())
        with batch_checks.short_errors():
            return super().predict(x, *arguments, **settings)

    def _checked(self, x, y, batch_size):
        replicas = self.distribute_strategy.num_replicas_in_sync
        return batch_checks.checked(x, y, self._class_numbers(), replicas, batch_size)

    def _class_numbers(self):
        """The numbers that each part of a batch may have, None for parts that are no classes."""
        names = batch_formats.batch_format(self.batch_format).names
        return [self.class_numbers.get(name) for name in names]

    def make_train_function(self, force=False):
        with compiling.jit_compile_as(self, self.compiles_step):
            return super().make_train_function(force)

    def _maybe_symbolic_build(self, *args, **kwargs):
        """Does nothing, since the constructor and `compile` build everything.

        The one private method of Keras that is overridden: nothing public reaches it in Keras 3.15.
        Under a strategy `fit` and `evaluate` call it whether or not the model is built, and before
        it asks that, it averages the first batch over all workers by one call of `strategy.reduce`,
        which fails where the batch is a tuple.
        """

    # Inside a step.

    def unpack(self, data):
        """Returns the batch's tensors, each checked against `example_shapes`."""
        parts = batch_formats.unpack(
            self.batch_format, data, self.example_shapes, self.variable_dtype
        )
        if self.moving_average_half_life:  # for which `end_step` counts images
            self._batch_size = tf.shape(tf.nest.flatten(parts)[0])[0]
        return parts

    def split(self, batch) -> list:
        """Returns what `unpack` returned in `batches_per_step` parts of equal size, in order."""
        return batch_formats.split(batch, self.batches_per_step)

    def key(self, stream: str, test_step=None) -> tf.Tensor:
        """Returns what `randomness` draws this step's noise from.

        Args:
            stream: the name of the use, such as `"latents"`; two uses never share noise.
            test_step: in `forward_pass`, its `step`; left out, the noise is of training.
        """
        if test_step is None:
            return randomness.key(self.seed, stream, self.step.value)
        return randomness.key(self.seed, f"test/{stream}", test_step)

    def key_of(self, update):
        """Returns what `key` is within one of a step's updates, each with noise of its own.

        Args:
            update: a number or a word, part of the name of each of its streams.
        """
        return lambda stream: self.key(f"{stream}/{update}")

    def update_generator(self, loss, tape: tf.GradientTape, is_partial: bool = False) -> None:
        """Takes one step of the generator's optimizer on a loss.

        Args:
            loss: a mean over this replica's examples, unscaled.
            tape: that recorded it.
            is_partial: whether the loss may be one of some of the weights alone.
        """
        of_side = self.generator_optimizer, self.generator_variables
        gradients.minimize(loss, tape, *of_side, is_partial)

    def update_discriminator(self, loss, tape: tf.GradientTape, is_partial: bool = False) -> None:
        """Takes one step of the discriminator's optimizer on a loss, as `update_generator` does."""
        of_side = self.discriminator_optimizer, self.discriminator_variables
        gradients.minimize(loss, tape, *of_side, is_partial)

    def end_step(self, **losses) -> dict[str, tf.Tensor]:
        """Ends a training step: counts it, updates moving averages and means of losses.

        Args:
            **losses: by name, those of `loss_names`, as means over this replica's examples. Of
                `lazy_loss_names` each is a `LazyLoss`, which says whether this step computed it.

        Returns:
            Their means over the global batches since the epoch began, which `fit` shows.
        """
        moving_averages.follow(self.generator_averages, self.generators, self._decay())
        self.step.assign_add(1)
        return loss_trackers.report(self._loss_trackers, losses)

    def _decay(self):
        """The moving average's decay in this step."""
        if self.moving_average_half_life is None:
            return self.moving_average
        images = self._batch_size * tf.distribute.get_replica_context().num_replicas_in_sync
        half_life, ramp = self.moving_average_half_life, self.moving_average_ramp
        return moving_averages.decay(images, half_life, ramp, self.step.value)

    # Evaluating.

    def forward_pass(self, data, step) -> ForwardPass:
        """Returns losses and outputs of a batch, with the networks as at inference, and no update.

        Args:
            data: a batch in the model's format.
            step: selects the noise.

        Returns:
            What `forward` returns.
        """
        key = functools.partial(self.key, test_step=step)
        return self.forward(self.unpack(data), key, training=False)

    def test_step(self, data):
        # The number of batches so far: each has noise of its own.
        losses, _ = self.forward_pass(data, self._loss_trackers[0].count)
        return loss_trackers.report(self._loss_trackers, losses)

    def gradient_norms(self, batch) -> tuple[dict[str, tf.Tensor], dict[str, AdversarialOutputs]]:
        """Returns the norms of both sides' gradients, and the outputs they were taken of.

        Args:
            batch: a batch in the model's format; the same batch is given the same noise.

        Returns:
            `{"generator_gradient": norm, "discriminator_gradient": norm}`, the Euclidean norm over
            all weights of a side that has any; and the outputs that `forward_pass` returns.
        """
        batch = tf.nest.map_structure(tf.convert_to_tensor, batch)
        with tf.GradientTape(persistent=True) as tape:
            losses, outputs = self.forward_pass(batch, 0)
        norms = {
            f"{side}_gradient": gradients.norm(
                tape, losses[f"{side}_loss"], getattr(self, f"{side}_variables")
            )
            for side in self.sides
        }
        return norms, outputs
