"""`GANModel`: the mechanics that every GAN here shares, and none of its mathematics."""

import inspect
from typing import NamedTuple

import keras
import tensorflow as tf

from ganzoo import batch_formats, randomness, serving
from ganzoo.errors import InputError
from ganzoo.randomness.priors import truncated


class Play(NamedTuple):
    """What one generator and one discriminator did with one batch.

    Attributes:
        reals, fakes: images, float32 `(batch, height, width, channels)` in [-1, 1].
        real_scores, fake_scores: the discriminator's answers, of any shape: above 0 is "real".
        labels: `(batch,)`, where the images have any.
    """

    reals: tf.Tensor
    fakes: tf.Tensor
    real_scores: tf.Tensor
    fake_scores: tf.Tensor
    labels: tf.Tensor | None = None


class _SharedMean(keras.metrics.Mean):
    """A running mean of values that are the same on every replica, each of which keeps it whole.

    Keras's own keeps a part on each, which nobody can read without all others taking part.
    """

    def add_variable(
        self, shape, initializer, dtype=None, aggregation="only_first_replica", name=None
    ):
        return keras.Variable(
            initializer, shape, dtype, trainable=False, aggregation=aggregation, name=name
        )


class GANModel(keras.Model):
    """A `keras.Model` with two players, two optimizers and losses that have names.

    A model derives from this class (and from no other model) and

    * states `batch_format`, the shape of an element of its dataset, `loss_names`, and
      `undecided_loss`, the discriminator's loss if it answers one half to everything;
    * may state a `recipe`: the paper's settings of data and training, such as `batch_size`,
      `epochs` and `jitter`, with which `ganzoo train` trains it on data that no preset is for;
    * takes its settings as keyword arguments, keeps each as an attribute of the same name, builds
      `generator` and `discriminator` (or states its `generators` and `discriminators`), and ends
      its constructor with `self.finish()`;
    * defines `default_optimizers`, `call`, `train_step`, `play`, `sample_images` and
      `export_endpoints`.

    docs/adding_a_model.md goes through them one by one.

    Args:
        seed: what all noise of training is drawn from, together with `step`.
        moving_average: decay, per step, of an exponential moving average of the generator's
            weights, which then makes samples and exports; 0 keeps none.
        sync_batch_norm: of models that normalise batches, and an argument of theirs alone: whether
            several replicas normalise the global batch; otherwise each normalises its own part.
        **kwargs: `keras.Model`'s own, such as `name` and `dtype`: the policy `"mixed_bfloat16"`
            computes in bfloat16 and keeps weights, losses and last layers in float32.
    """

    batch_format: str
    undecided_loss: float
    loss_names: tuple[str, ...] = ("discriminator_loss", "generator_loss")
    recipe: dict[str, object] = {}
    xla_on_cpu = False  # whether it makes a step faster there: of dense layers yes, of others no

    def __init__(self, *, seed: int, moving_average: float, **kwargs):
        super().__init__(**kwargs)
        if not 0 <= moving_average < 1:
            raise InputError(f"moving_average must be in [0, 1). Received: {moving_average}")
        self.seed = seed
        self.moving_average = moving_average

    def finish(self) -> None:
        """Ends a constructor: what needs the networks to exist is made here."""
        # Float64 counts exactly and, unlike int64, lives on a GPU beside the other weights.
        self._step = self.add_weight(
            name="step", dtype="float64", initializer="zeros", trainable=False,
            aggregation="only_first_replica",
        )  # fmt: skip
        self.generator_averages = []
        for generator in self.generators if self.moving_average else ():
            config = generator.get_config() | {"name": f"{generator.name}_average"}
            average = type(generator).from_config(config)
            average.set_weights(generator.get_weights())
            average.trainable = False
            self.generator_averages.append(average)
        # In float64 a sum loses nothing; and in float32 Grappler merges it with the additions
        # inside a loss, in an order that a resumed run need not share: the last digit shows it.
        self._loss_trackers = [_SharedMean(name=name, dtype="float64") for name in self.loss_names]
        self.built = True

    # What a model defines.

    @staticmethod
    def default_optimizers(**settings):
        """Returns the paper's `(generator_optimizer, discriminator_optimizer)`.

        The arguments, with the paper's values as defaults, are settings that presets may give.
        """
        raise NotImplementedError

    def train_step(self, data):
        """Updates both players on one batch and returns `self.end_step(...)`."""
        raise NotImplementedError

    def play(self, data, step) -> tuple[dict[str, tf.Tensor], dict[str, Play]]:
        """Returns the losses by name and each pair of players' `Play`, with no update.

        Networks are as at inference.

        Args:
            data: a batch in the model's format.
            step: which noise to play with, for `self.key`.
        """
        raise NotImplementedError

    def adapt(self, dataset) -> None:
        """Takes from the data what a model wants to know before training; most want nothing.

        `ganzoo train` calls it once, before the first step, with one epoch of batches.
        """

    def sample_images(self, batch) -> dict[str, tf.Tensor]:
        """Returns `{title: images}` for sample grids, float32 in [-1, 1], one row per example.

        Args:
            batch: a batch in the model's format; the same batch gives the same images as long as
                the weights are the same.
        """
        raise NotImplementedError

    def export_endpoints(self, samplers) -> dict[str, serving.Endpoint]:
        """Returns the signatures of an export by name, one of them `"serving_default"`.

        `serving.latent_endpoints` and `serving.translation_endpoints` make them.

        Args:
            samplers: what to call in place of `self.samplers`: the same networks at inference.
        """
        raise NotImplementedError

    def truncate(self, latents, truncation):
        """Returns latents moved towards the mean of what they are drawn from, `prior`.

        Args:
            latents: `(batch, latent_dim)`.
            truncation: a number, or `(batch, 1)`: 1 changes nothing, 0 leaves the mean alone.
        """
        return truncated(latents, self.prior.mean, truncation)

    # The players.

    @property
    def generators(self) -> list[keras.Model]:
        """The networks that make images."""
        return [self.generator]

    @property
    def discriminators(self) -> list[keras.Model]:
        """The networks that judge them."""
        return [self.discriminator]

    @property
    def generator_variables(self):
        """What the generator's optimizer updates."""
        return [v for network in self.generators for v in network.trainable_variables]

    @property
    def discriminator_variables(self):
        """What the discriminator's optimizer updates."""
        return [v for network in self.discriminators for v in network.trainable_variables]

    @property
    def samplers(self) -> list[keras.Model]:
        """The networks that sample and export: the moving averages where there are any."""
        return self.generator_averages or self.generators

    @property
    def step(self):
        """How many training steps these weights have seen, a float64 variable."""
        return self._step

    @property
    def metrics(self):
        return self._loss_trackers

    # Looking on.

    def test_step(self, data):
        losses, _ = self.play(data, self._loss_trackers[0].count)  # each batch has its own noise
        return self.report(**losses)

    def examine(self, batch) -> tuple[dict[str, tf.Tensor], dict[str, Play]]:
        """Returns the norm of each player's gradient, and the plays, on a batch.

        Args:
            batch: a batch in the model's format; the same batch meets the same noise.

        Returns:
            `{"generator_gradient": norm, "discriminator_gradient": norm}`, the Euclidean norm over
            all of the player's weights; and what `play` returns second.
        """
        batch = tf.nest.map_structure(tf.convert_to_tensor, batch)
        with tf.GradientTape(persistent=True) as tape:
            losses, plays = self.play(batch, 0)
        norms = {}
        for player, variables in (
            ("generator", self.generator_variables),
            ("discriminator", self.discriminator_variables),
        ):
            gradients = tape.gradient(losses[f"{player}_loss"], variables)
            norms[f"{player}_gradient"] = tf.linalg.global_norm(gradients)
        return norms, plays

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
            InputError: if both players are given the same optimizer object.
        """
        names = inspect.signature(self.default_optimizers).parameters
        of_the_model = {name: getattr(self, name) for name in names if hasattr(self, name)}
        paper_generator, paper_discriminator = self.default_optimizers(**of_the_model)
        generator_optimizer = keras.optimizers.get(generator_optimizer or paper_generator)
        discriminator_optimizer = keras.optimizers.get(
            discriminator_optimizer or paper_discriminator
        )
        if generator_optimizer is discriminator_optimizer:
            raise InputError(
                "Generator and discriminator each need an optimizer object of their own (its "
                f"moments belong to one player's weights). Received: {generator_optimizer} twice"
            )
        # optimizer=None: otherwise Keras adds an optimizer that nobody uses.
        super().compile(
            optimizer=None,
            run_eagerly=run_eagerly,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
        )
        self.generator_optimizer = self._with_loss_scale(generator_optimizer)
        self.discriminator_optimizer = self._with_loss_scale(discriminator_optimizer)
        # Built now, so that saving and checkpoints hold their slots from the first step on.
        self.generator_optimizer.build(self.generator_variables)
        self.discriminator_optimizer.build(self.discriminator_variables)
        self._compile_settings = {
            "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution,
            "jit_compile": jit_compile,
        }

    def _maybe_symbolic_build(self, *args, **kwargs):
        # All is built already. Keras would build it from a first batch, which it reduces over
        # several workers, and that fails where a batch has two parts.
        pass

    @property
    def compiles_step(self) -> bool:
        """Whether XLA compiles `train_step`."""
        is_one_cpu = (
            not tf.config.list_logical_devices("GPU")
            and self.distribute_strategy is tf.distribute.get_strategy()
            and not tf.distribute.has_strategy()
        )
        is_open = self._compile_settings["jit_compile"] == "auto"
        return self.jit_compile or (is_open and is_one_cpu and self.xla_on_cpu)

    def make_train_function(self, force=False):
        of_others = self.jit_compile
        self.jit_compile = self.compiles_step
        try:
            return super().make_train_function(force)
        finally:
            self.jit_compile = of_others

    def _with_loss_scale(self, optimizer):
        scaled = isinstance(optimizer, keras.optimizers.LossScaleOptimizer)
        if self.dtype_policy.name == "mixed_float16" and not scaled:
            return keras.optimizers.LossScaleOptimizer(optimizer)
        return optimizer

    # Inside a step.

    def unpack(self, data, *shapes):
        """Returns the batch's tensors, each checked against the shape of one example."""
        parts = batch_formats.unpack(self.batch_format, data, *shapes)
        # Float32 as they come, but for a model that is float64 throughout.
        return tf.nest.map_structure(
            lambda part: tf.cast(part, self.variable_dtype) if part.dtype.is_floating else part,
            parts,
        )

    def key(self, stream: str, play=None) -> tf.Tensor:
        """Returns what `randomness` draws this step's noise from.

        Args:
            stream: the name of the use, such as `"latents"`; two uses never share noise.
            play: in `play`, its `step`.
        """
        if play is None:
            return randomness.key(self.seed, stream, self.step.value)
        return randomness.key(self.seed, f"test/{stream}", play)

    def minimize(self, loss, tape: tf.GradientTape, optimizer, variables) -> None:
        """Takes one optimizer step on a loss that is a mean over this replica's examples.

        The one home of loss scaling. Gradients are summed over replicas, so a mean over the
        global batch needs 1 / replicas; float16 needs the optimizer's factor on top, which it
        divides out again. Both enter as the gradient of the loss with respect to itself.
        """
        replicas = tf.distribute.get_replica_context().num_replicas_in_sync
        scale = tf.cast(optimizer.scale_loss(1.0 / replicas), loss.dtype)
        gradients = tape.gradient(loss, variables, output_gradients=scale)
        optimizer.apply(gradients, variables)

    def end_step(self, **losses) -> dict[str, tf.Tensor]:
        """Ends a training step: counts it, follows the generators, and reports the losses."""
        for average, generator in zip(self.generator_averages, self.generators, strict=False):
            self._follow(average, generator)
        self.step.assign_add(1)
        return self.report(**losses)

    def report(self, **losses) -> dict[str, tf.Tensor]:
        """Returns the mean of each loss since the epoch began, by name, as `fit` shows it.

        The losses given are means over this replica's examples, and those reported over the global
        batch.
        """
        replica = tf.distribute.get_replica_context()
        values = [tf.cast(losses[tracker.name], "float64") for tracker in self._loss_trackers]
        means = replica.all_reduce(tf.distribute.ReduceOp.MEAN, tf.stack(values))
        for tracker, mean in zip(self._loss_trackers, tf.unstack(means), strict=True):
            tracker.update_state(mean)
        # Keras 3 fails on scalars here (keras #20585): it takes their mean along a first axis.
        has_workers = isinstance(replica.strategy, tf.distribute.MultiWorkerMirroredStrategy)
        shape = (1,) if has_workers else ()
        return {
            tracker.name: tf.reshape(tracker.result(), shape) for tracker in self._loss_trackers
        }

    def _follow(self, average, generator) -> None:
        for mean, weight in zip(average.weights, generator.weights, strict=True):
            # Batch statistics are moving averages already, and are copied.
            rate = 1.0 - self.moving_average if weight.trainable else 1.0
            mean.assign_add(tf.cast(rate, mean.dtype) * (weight - mean))

    # Saving.

    def get_config(self):
        """Returns the constructor's arguments."""
        names = inspect.signature(type(self)).parameters.keys() - {"kwargs"}
        return super().get_config() | {name: getattr(self, name) for name in sorted(names)}

    def get_compile_config(self):
        if not self.compiled:
            return None
        return self._compile_settings | {
            "generator_optimizer": keras.saving.serialize_keras_object(self.generator_optimizer),
            "discriminator_optimizer": keras.saving.serialize_keras_object(
                self.discriminator_optimizer
            ),
        }

    def compile_from_config(self, config):
        self.compile(**keras.saving.deserialize_keras_object(config))

    def export(
        self, filepath, format="tf_saved_model", verbose=None, *, jit_compile=False, **kwargs
    ) -> dict[str, dict]:
        """Writes what serves images, and no discriminator, and proves that it does.

        Each endpoint of what was written is asked for the same examples as the model is. If one
        differs by more than 1e-4, or 1 of 255, nothing is exported, and that is an error.

        Args:
            filepath: the SavedModel's folder, or the ONNX file; it must not exist, and appears
                whole or not at all.
            format: `"tf_saved_model"`, with all that `export_endpoints` states; or `"onnx"`, with
                one endpoint of floats, by default `serving_default`.
            verbose: whether Keras prints the signatures.
            jit_compile: of a SavedModel: whether XLA compiles its networks.
            **kwargs: passed on to `keras.export.ExportArchive.write_out`; or, for ONNX, `endpoint`
                and `opset_version`.

        Returns:
            What `serving.prove` found: how much each endpoint differs from the model.

        Raises:
            InputError: for another format.
            ResourceError: if something is at `filepath` already, it cannot be written, or it does
                not answer as the model does.
        """
        if format == "tf_saved_model":
            kwargs |= {"verbose": bool(verbose)}
        return serving.export_model(self, filepath, format, jit_compile=jit_compile, **kwargs)
