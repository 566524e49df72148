"""Laws of the losses that a model reports."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.models.outputs import AdversarialOutputs
from ganzoo.testing.model_under_test import ModelUnderTest, changed, fit, values


class LossLaws(ModelUnderTest):
    """Losses have the names that the model states, and are finite."""

    def test_the_names_of_its_losses_are_as_they_must_be(self, new):
        names, lazy = new.loss_names, new.lazy_loss_names
        assert {f"{side}_loss" for side in new.sides} <= set(names), (
            "loss_names has generator_loss, and with discriminators discriminator_loss"
        )
        assert len(set(names)) == len(names), "no loss is named twice"
        assert set(lazy) <= set(names), "lazy_loss_names are some of loss_names"
        assert names[0] not in lazy, "the first of loss_names is computed by every step"

    def test_fit_reports_finite_losses_by_their_stated_names(self, new, dataset):
        new.compile(run_eagerly=True)
        history = fit(new, dataset.take(1))
        always = set(new.loss_names) - set(new.lazy_loss_names)
        assert always <= set(history), "each step reports all losses but those that are lazy"
        assert set(history) <= set(new.loss_names), "a step reports no loss beyond loss_names"
        assert np.all(np.isfinite([*history.values()])), f"losses are finite, not {history}"
        assert float(new.step.numpy()) == 1, "end_step counts a step, once"

    def test_evaluate_reports_losses_and_updates_nothing(self, new, dataset):
        new.compile(run_eagerly=True)
        before = values(new.variables)
        losses = new.evaluate(dataset.take(1), verbose=0, return_dict=True)
        assert {f"{side}_loss" for side in new.sides} | {new.loss_names[0]} <= set(losses)
        assert set(losses) <= set(new.loss_names), "forward returns no loss beyond loss_names"
        moved = changed(before, new.variables)
        assert moved == [], f"forward updates nothing at inference, but {moved} changed"

    def test_a_pass_has_the_outputs_of_each_discriminator(self, new, batch):
        batch = tf.nest.map_structure(tf.constant, batch)
        _, outputs = new.forward_pass(batch, 0)
        assert len(outputs) == len(new.discriminators), (
            "forward returns the outputs of each of `discriminators`, in their order"
        )
        for name, of_network in outputs.items():
            assert isinstance(of_network, AdversarialOutputs), f"{name} is an AdversarialOutputs"
            for images in (of_network.reals, of_network.fakes):
                assert images.shape[-1] in (1, 3), f"{name}: images have 1 or 3 channels"
                assert np.abs(images).max() <= 1, f"{name}: images are in [-1, 1]"

    def test_the_noise_of_a_pass_is_that_of_its_step(self, new, batch):
        batch = tf.nest.map_structure(tf.constant, batch)
        (first, _), (again, _) = (new.forward_pass(batch, 7) for _ in range(2))
        for name in first:
            np.testing.assert_array_equal(
                first[name], again[name], f"{name}: forward draws all noise by its `key`"
            )

    def settle(self, model) -> None:
        """Brings what losses take for constants, as singular vectors, to where they are that."""

    @pytest.fixture
    def _float64(self):
        """The inputs of networks are float64 too."""
        usual = keras.config.floatx()
        keras.config.set_floatx("float64")
        yield
        keras.config.set_floatx(usual)

    def test_the_gradient_of_each_loss_is_its_finite_difference(self, batch, _float64):
        # Where a loss has a gradient in it, as a penalty has, some operations quietly have none.
        model = self.new_model(dtype="float64")
        batch = tf.nest.map_structure(tf.constant, batch)
        generator = np.random.default_rng(0)
        for variable in model.trainable_variables:  # biases of 0 put ReLUs at their kinks
            variable.assign_add(0.01 * generator.normal(size=variable.shape))
        self.settle(model)
        for side in model.sides:
            variables = getattr(model, f"{side}_variables")
            directions = [generator.normal(size=variable.shape) for variable in variables]

            def loss(share, side=side, variables=variables, directions=directions):
                for variable, direction in zip(variables, directions, strict=True):
                    variable.assign_add(share * direction)
                return model.forward_pass(batch, 0)[0][f"{side}_loss"]

            with tf.GradientTape() as tape:
                value = loss(0.0)
            pairs = zip(tape.gradient(value, variables), directions, strict=True)
            slope = sum(np.sum(gradient * d) for gradient, d in pairs if gradient is not None)
            step = 1e-9  # shorter than the way to the next kink of a ReLU
            above, below = float(loss(step)), float(loss(-2.0 * step))
            loss(step)  # back to where it was
            assert slope == pytest.approx((above - below) / (2.0 * step), rel=0.01, abs=0.005), (
                f"{side}_loss has another gradient than the tape says: an operation in it has none "
                "of second order, or a weight is taken for a constant"
            )
