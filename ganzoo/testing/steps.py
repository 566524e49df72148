"""Laws of a training step: one result, however it is executed, and noise from its seed alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.models import LatentModel
from ganzoo.randomness.priors import Uniform
from ganzoo.testing.model_under_test import (
    ModelUnderTest,
    assign,
    fit,
    sgd_pair,
    state_of,
    values,
)
from ganzoo.testing.update_order import optimized_graph, reads_and_updates

RATE = 0.01  # of SGD: updates are seen in losses, and rounding is not magnified


def one_step(model, before, dataset) -> tuple[dict[str, float], list[np.ndarray]]:
    """Returns the losses of a step from given variables, and the trainable weights after it."""
    assign(model.variables, before)
    history = fit(model, dataset.take(1))
    losses = {name: column[0] for name, column in history.items()}
    return losses, values(model.trainable_variables)


class _HasOneResult(ModelUnderTest):
    """The comparison of executions that must come to the same."""

    @pytest.fixture
    def eager(self, new, dataset):
        """The trainable weights before a step, its losses, and the weights after it."""
        new.compile(*sgd_pair(RATE), run_eagerly=True)
        return values(new.trainable_variables), *one_step(new, values(new.variables), dataset)

    def check(self, eager, result, how: str) -> None:
        """Checks that the losses and the weights of a step are those of the eager one.

        Another noise, or an update that another pass of the step saw or did not see, would change
        them by much; the rounding of another order of additions changes them by little. Biases
        before a normalisation move by rounding alone.
        """
        before, right_losses, right_weights = eager
        losses, weights = result
        assert losses.keys() == right_losses.keys(), f"{how}: the step reports other losses"
        for name, loss in losses.items():
            np.testing.assert_allclose(
                loss, right_losses[name], rtol=1e-3, atol=1e-5,
                err_msg=f"{how}: {name} is another than that of the step run eagerly",
            )  # fmt: skip
        change = max(np.abs(b - a).max() for a, b in zip(before, right_weights, strict=True))
        for weight, right in zip(weights, right_weights, strict=True):
            np.testing.assert_allclose(
                weight, right, atol=1e-2 * change, rtol=0,
                err_msg=f"{how}: a weight is another than after the step run eagerly",
            )  # fmt: skip


class StepLaws(_HasOneResult):
    """A step has one result, and all of its noise comes from the model's seed and step."""

    def test_a_compiled_step_is_the_step_run_eagerly(self, _built, new, batch, eager):
        new.compile(*sgd_pair(RATE), jit_compile=False)
        new.generator_optimizer.build(new.generator_variables)
        new.discriminator_optimizer.build(new.discriminator_variables)
        batch = tf.nest.map_structure(tf.constant, batch)
        assign(new.variables, _built[1])  # a graph may depend on how far a model has grown
        step = tf.function(new.train_step, autograph=False).get_concrete_function(batch)
        pairs = reads_and_updates(optimized_graph(step))
        assert len(pairs) >= len(new.trainable_variables), "every weight is read and updated"
        unordered = [(read, update) for read, update, ordered in pairs if not ordered]
        assert unordered == [], (
            "Each read of a variable is before or after each update of it, whatever threads do: "
            "update by update_generator and update_discriminator"
        )
        for number in range(3):
            assign(new.variables, _built[1])
            new.reset_metrics()
            losses = {name: float(value) for name, value in step(*tf.nest.flatten(batch)).items()}
            result = losses, values(new.trainable_variables)
            self.check(eager, result, f"Execution {number} of a compiled step")

    def test_a_training_that_is_restored_goes_on_as_the_one_that_was_saved(
        self, new, dataset, tmp_path
    ):
        # Noise, dropout, pools, optimizers, averages: whatever a step depends on comes back.
        other = self.new_model()
        for variable in other.trainable_variables:
            variable.assign(0.5 * variable)  # what is restored must not be there already
        for model in (new, other):
            model.compile(run_eagerly=True)
        fit(new, dataset.take(1))
        new.save_weights(tmp_path / "one.weights.h5")
        fit(new, dataset.take(1))
        other.load_weights(tmp_path / "one.weights.h5")
        fit(other, dataset.take(1))
        for mine, restored in zip(state_of(new), state_of(other), strict=True):
            np.testing.assert_array_equal(
                np.array(mine), np.array(restored),
                f"{mine.path}: a step depends on what no checkpoint holds; noise comes from "
                "self.key, and state is kept in variables",
            )  # fmt: skip

    def test_the_latents_of_a_step_are_of_its_seed_and_its_prior(self, _built, new, dataset):
        if not isinstance(new, LatentModel) or not new.discriminators:
            pytest.skip("it draws no latents")
        new.compile(*sgd_pair(RATE), run_eagerly=True)
        _, right = one_step(new, _built[1], dataset)
        for name, other in (("seed", new.seed + 1), ("prior", Uniform(0.25, 0.25))):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(new, name, other)
                _, weights = one_step(new, _built[1], dataset)
            assert any(not np.array_equal(*pair) for pair in zip(weights, right, strict=True)), (
                f"draw_latents(count, self.key(...)) draws latents, by `seed` and `prior`: {name}"
            )

    def test_moving_averages_follow_the_generators_by_their_decay(self, new, dataset):
        new.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), run_eagerly=True)
        averages = [weight for network in new.generator_averages for weight in network.weights]
        weights = [weight for network in new.generators for weight in network.weights]
        assert averages, "with a moving average there are generator_averages (finalize)"
        expected = values(averages)
        for step in range(2):
            fit(new, dataset.take(1))
            for index, weight in enumerate(weights):
                # Batch statistics are moving averages already, and are copied.
                decay = self.decay(new, step) if weight.trainable else 0.0
                expected[index] = decay * expected[index] + (1 - decay) * weight.numpy()
        for average, right in zip(averages, expected, strict=True):
            np.testing.assert_allclose(
                average.numpy(), right, rtol=1e-5, atol=1e-7,
                err_msg=f"{average.path}: end_step moves averages once in a step, after updates",
            )  # fmt: skip

    def decay(self, model, step: int) -> float:
        """The decay of a step: the constant, or 2^(- images of a step / half-life)."""
        half_life, ramp = model.moving_average_half_life, model.moving_average_ramp
        if half_life is None:
            return model.moving_average
        images = self.batch_size * model.batches_per_step
        if ramp is not None:
            half_life = min(half_life, ramp * images * step)
        return 2.0 ** (-images / half_life) if half_life else 0.0

    def test_mixed_precision_keeps_weights_and_losses_in_float32(self, dataset):
        check_mixed_precision(self.new_model(dtype="mixed_bfloat16"), dataset)


class CompiledStepLaws(_HasOneResult):
    """A step has one result however often it is traced and executed, and by XLA too."""

    traces, executions = 4, 6

    def test_every_trace_and_execution_of_a_step_is_the_step_run_eagerly(
        self, _built, new, dataset, eager
    ):
        for trace in range(self.traces):
            new.compile(*sgd_pair(RATE), jit_compile=False)
            for number in range(self.executions):
                result = one_step(new, _built[1], dataset)
                self.check(eager, result, f"Trace {trace}, execution {number}")

    def test_a_step_that_xla_compiles_is_the_same_step(self, _built, new, dataset, eager):
        # Keras compiles it on a GPU, where nobody asked for it.
        new.compile(*sgd_pair(RATE), jit_compile=True)
        self.check(eager, one_step(new, _built[1], dataset), "Compiled by XLA")

    def test_float16_scales_its_losses(self, dataset):
        model = self.new_model(dtype="mixed_float16")
        check_mixed_precision(model, dataset)
        for optimizer in (model.generator_optimizer, model.discriminator_optimizer):
            assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer)


def check_mixed_precision(model, dataset) -> None:
    """Trains a model of a mixed policy, whose weights, losses and outputs must be float32."""
    model.compile(run_eagerly=True)
    history = fit(model, dataset.take(1))
    assert np.all(np.isfinite([*history.values()])), f"losses are finite, not {history}"
    networks = [*model.generators, *model.discriminators]
    outputs = {output.name: output.dtype for one in networks for output in one.outputs}
    assert {*outputs.values()} == {"float32"}, (
        f"the last layer of a network computes in full_precision(dtype), not {outputs}"
    )
    wrong = [v.path for v in model.trainable_variables if v.dtype != "float32"]
    assert wrong == [], f"weights are float32, but not {wrong}: pass the policy to layers"
    layers = {
        layer.compute_dtype
        for network in networks
        for layer in network.layers
        if not isinstance(layer, keras.layers.InputLayer)
    }
    assert model.compute_dtype in layers, "networks compute in the model's policy: pass it on"
