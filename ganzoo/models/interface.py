"""What a model states and defines, in one place; `GANModel` does the rest.

docs/adding_a_model.md goes through it one by one, and `dcgan.py` is the pattern to read first.
"""

import inspect
from collections.abc import Mapping

import keras
import tensorflow as tf

from ganzoo import batch_formats, serving
from ganzoo.layers.class_numbers import ClassNumbers
from ganzoo.models.outputs import ForwardPass


class GANInterface:
    """The part of a `GANModel` that is each model's own.

    Attributes:
        batch_format: the name of the format of an element of its dataset (`batch_formats`); where
            settings decide between several, the usual one.
        batches_per_step: how many batches of real images one `train_step` takes, each new: 5 where
            a critic is updated five times for each update of the generator. `split` parts them.
        loss_names: of the losses that `train_step` and `forward` report; `generator_loss` is among
            them, and `discriminator_loss` where there are discriminators.
        lazy_loss_names: those of them that not every step computes.
        decision_threshold: above which a discriminator's score says "real"; None for a critic,
            whose scores have no zero.
        discriminator_loss_at_chance: what `discriminator_loss` is where every score is the
            threshold; None where there is no such value.
        recipe: the paper's settings of data and training, such as `batch_size`, `epochs` and
            `jitter`, with which `ganzoo train` trains it on data that no preset is for.
        xla_on_cpu: whether XLA makes a step faster there: of dense layers yes, of others no.
    """

    batch_format: str
    batches_per_step: int = 1
    loss_names: tuple[str, ...] = ("discriminator_loss", "generator_loss")
    lazy_loss_names: tuple[str, ...] = ()
    decision_threshold: float | None = 0.0
    discriminator_loss_at_chance: float | None
    recipe: dict[str, object] = {}
    xla_on_cpu = False

    @classmethod
    def batch_format_of(cls, settings: Mapping[str, object]) -> str:
        """Returns the name of the batch format of a model with these settings.

        A model whose settings decide between several formats overrides it.
        """
        return cls.batch_format

    @classmethod
    def batches_per_step_of(cls, settings: Mapping[str, object]) -> int:
        """Returns `batches_per_step` of a model with these settings, which may decide it."""
        return cls.batches_per_step

    @property
    def example_shapes(self) -> dict[str, tuple[int | None, ...]]:
        """The shape of one example of each part of a batch, None for a free dimension.

        By default images have `image_shape`, and the other kinds what belongs to that.
        """
        parts = batch_formats.batch_format(self.batch_format).parts
        return {part.name: part.kind.example_shape(self.image_shape) for part in parts}

    @property
    def class_numbers(self) -> dict[str, ClassNumbers]:
        """Which numbers those parts of a batch may have that are classes, by their names."""
        return {}

    def check_batch_size(self, batch_size: int) -> None:
        """Raises an InputError for a global batch that a step cannot take."""

    @property
    def generators(self) -> list[keras.Model]:
        """The networks that make or encode images: they are averaged, sampled and exported."""
        return [self.generator]

    @property
    def discriminators(self) -> list[keras.Model]:
        """The networks that tell real images from generated ones; none, of an autoencoder."""
        return [self.discriminator]

    @property
    def generator_side(self) -> list[keras.Model]:
        """All networks that the generator's optimizer updates."""
        return self.generators

    @property
    def discriminator_side(self) -> list[keras.Model]:
        """All networks that the discriminator's optimizer updates."""
        return self.discriminators

    @property
    def sides(self) -> tuple[str, ...]:
        """The sides that have networks: `"generator"`, and `"discriminator"` where there is one."""
        return ("generator", "discriminator") if self.discriminator_side else ("generator",)

    @property
    def generator_variables(self) -> list[keras.Variable]:
        """The weights that the generator's optimizer updates."""
        return [v for network in self.generator_side for v in network.trainable_variables]

    @property
    def discriminator_variables(self) -> list[keras.Variable]:
        """The weights that the discriminator's optimizer updates."""
        return [v for network in self.discriminator_side for v in network.trainable_variables]

    @staticmethod
    def default_optimizers(**settings):
        """Returns the paper's `(generator_optimizer, discriminator_optimizer)`.

        The arguments, with the paper's values as defaults, are settings that presets may give.
        """
        raise NotImplementedError

    def paper_optimizers(self, *, steps_per_epoch: int | None = None, **settings):
        """Returns the pair of `default_optimizers` that is this model's.

        The one place where settings meet optimizers: `compile` and `ganzoo train` call it. A model
        whose own arguments decide between optimizers overrides it.

        Args:
            steps_per_epoch: of the data, where they are known and schedules count epochs.
            **settings: arguments of `default_optimizers`, in place of the paper's.
        """
        takes = inspect.signature(self.default_optimizers).parameters
        if steps_per_epoch is not None and "steps_per_epoch" in takes:
            settings["steps_per_epoch"] = steps_per_epoch
        return self.default_optimizers(**settings)

    def adapt(self, dataset) -> None:
        """Takes from the data what a model wants to know before training; most want nothing.

        `ganzoo train` calls it once, before the first step, with one epoch of batches.
        """

    def train_step(self, data) -> dict[str, tf.Tensor]:
        """Updates generators and discriminators on one batch and returns `self.end_step(...)`."""
        raise NotImplementedError

    def forward(self, batch, key, training: bool) -> ForwardPass:
        """Returns losses and outputs of a batch, and updates nothing.

        `train_step` is made of the same pass, and `forward_pass` is this at inference.

        Args:
            batch: what `unpack` returned.
            key: takes the name of a use of noise, such as `"latents"`, and returns what
                `randomness` draws it from; in training `self.key`.
            training: whether the networks work as in training.

        Returns:
            The losses by name; and the outputs of each discriminator, in the order of
            `discriminators`, by a name such as `"images"`.
        """
        raise NotImplementedError

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
