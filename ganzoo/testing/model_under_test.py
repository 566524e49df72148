"""What laws are held against: a model with arguments that make it small, and batches for it."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo import registry
from ganzoo.batch_formats import batch_format
from ganzoo.models import GANModel


class ModelUnderTest:
    """The base of all laws.

    Attributes:
        model: a class derived from `GANModel`, or the name under which it is registered.
        arguments: of its constructor: the smallest with which the model still has all its parts.
            The laws add a moving average where they say nothing of one.
        batch_size: the examples of one batch; a step takes `batches_per_step` of them.
    """

    model: type | str
    arguments: dict[str, object] = {}
    batch_size = 4

    @classmethod
    def model_class(cls) -> type[GANModel]:
        """The class of the model."""
        return registry.model_class(cls.model) if isinstance(cls.model, str) else cls.model

    @classmethod
    def new_model(cls, **more) -> GANModel:
        """Returns the model with new weights, the same each time, uncompiled.

        Args:
            **more: arguments beyond `arguments`, or in their place.
        """
        keras.utils.set_random_seed(0)
        known = inspect.signature(cls.model_class()).parameters
        arguments = cls.arguments | more
        if not any(name.startswith("moving_average") for name in arguments):
            if "moving_average" in known:
                arguments["moving_average"] = 0.5
            elif "moving_average_half_life" in known:
                arguments["moving_average_half_life"] = 10.0
        return cls.model_class()(**arguments)

    @classmethod
    def new_batch(cls, count: int | None = None):
        """Returns a batch as a step takes it, random and the same each time, of arrays.

        A model whose `example_shapes` leave a side free, None, is given 8 there; where that does
        not do, a class overrides this.

        Args:
            count: of examples; left out, those of a step.
        """
        model = cls.new_model()
        count = cls.batch_size * model.batches_per_step if count is None else count
        parts = [
            part.kind.random((count, *(side or 8 for side in shape)), (0, place)).numpy()
            for place, (part, shape) in enumerate(
                (part, model.example_shapes[part.name])
                for part in batch_format(model.batch_format).parts
            )
        ]
        return parts[0] if len(parts) == 1 else tuple(parts)

    @pytest.fixture(scope="class")
    @classmethod
    def _built(cls):
        """The model and the values of its new variables, and a batch: to build them takes time."""
        model = cls.new_model()
        return model, values(model.variables), cls.new_batch()

    @pytest.fixture
    def new(self, _built) -> GANModel:
        """The model with new weights; it may have been compiled."""
        model, before, _ = _built
        assign(model.variables, before)
        return model

    @pytest.fixture
    def batch(self, _built):
        """The batch of a step."""
        return _built[2]

    @pytest.fixture
    def dataset(self, batch) -> tf.data.Dataset:
        """Three times the batch of a step."""
        return tf.data.Dataset.from_tensors(batch).repeat(3)


def fit(model, dataset) -> dict[str, list[float]]:
    """Trains for an epoch of the dataset, and returns the losses by name."""
    return model.fit(dataset, verbose=0, shuffle=False).history


def values(variables) -> list[np.ndarray]:
    """Returns the values of variables, copied."""
    return [np.array(variable) for variable in variables]


def assign(variables, before: list[np.ndarray]) -> None:
    """Gives variables the values that they had before."""
    for variable, value in zip(variables, before, strict=True):
        variable.assign(value)


def changed(before: list[np.ndarray], variables) -> list[str]:
    """Returns the paths of the variables that have other values than before."""
    return [
        variable.path
        for old, variable in zip(before, variables, strict=True)
        if not np.array_equal(old, np.array(variable))
    ]


def state_of(model) -> list:
    """Returns the variables of a model and, where it is compiled, of its optimizers."""
    optimizers = (
        (model.generator_optimizer, model.discriminator_optimizer) if model.compiled else ()
    )
    return [*model.variables, *(v for optimizer in optimizers for v in optimizer.variables)]


def check_same_state(model, other, why: str) -> None:
    """Checks that two models, with their optimizers, have the same values in all variables."""
    for mine, theirs in zip(state_of(model), state_of(other), strict=True):
        assert np.array_equal(np.array(mine), np.array(theirs)), f"{why}: {mine.path} differs"


def sgd_pair(rate: float) -> list[keras.optimizers.Optimizer]:
    """Returns an optimizer for each side, without a state that would hide which weights differ."""
    return [keras.optimizers.SGD(rate) for _ in range(2)]
