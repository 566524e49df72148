"""Laws of what a model states about itself: settings, formats, optimizers, scores."""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

from ganzoo.batch_formats import batch_format
from ganzoo.callbacks import Health
from ganzoo.errors import InputError
from ganzoo.models import GANModel
from ganzoo.testing.model_under_test import ModelUnderTest, fit


class StatementLaws(ModelUnderTest):
    """What a model states is so."""

    def test_it_derives_from_the_base_and_from_no_other_model(self):
        model_class = self.model_class()
        assert issubclass(model_class, GANModel), f"{model_class} must derive from GANModel"
        parents = [
            parent.__name__
            for parent in model_class.__mro__[1:]
            if issubclass(parent, GANModel) and "train_step" in vars(parent)
            and parent is not GANModel
        ]  # fmt: skip
        assert parents == [], f"A model derives from no other model, but {parents}"

    def test_its_arguments_are_its_config(self, new):
        again = type(new).from_config(new.get_config())
        assert again.get_config() == new.get_config(), (
            "from_config(get_config()) must give the same config: each argument is kept as an "
            "attribute of its name"
        )

    def test_it_takes_a_seed_and_a_moving_average(self):
        known = inspect.signature(self.model_class()).parameters
        assert "seed" in known, "All noise comes from an argument `seed`"
        assert known.keys() & {"moving_average", "moving_average_half_life"}, (
            "A model takes `moving_average`, or `moving_average_half_life`, and passes it on"
        )

    def test_its_example_shapes_are_those_of_the_batches_that_it_takes(self, new, batch):
        declared = batch_format(new.batch_format)
        assert set(new.example_shapes) == set(declared.names), (
            f"example_shapes must name the parts of the format {declared.name!r}"
        )
        given = tf.nest.flatten(batch)
        taken = tf.nest.flatten(new.unpack(batch))
        for name, mine, theirs in zip(declared.names, given, taken, strict=True):
            # Values may be encoded: labels as one-hot vectors, label maps as one channel a class.
            assert len(mine) == len(theirs), f"unpack returns all of the {name}"
        for place, name in enumerate(declared.names):
            shape = new.example_shapes[name]
            fixed = [axis for axis, side in enumerate(shape) if side is not None]
            wrong = list(given)
            # One more along a side that is fixed, or an axis too many.
            wrong[place] = (
                np.concatenate([given[place]] * 2, axis=fixed[0] + 1)
                if fixed
                else given[place][..., None]
            )
            with pytest.raises(InputError, match=f"A batch of format '{declared.name}' is"):
                new.unpack(wrong[0] if len(wrong) == 1 else tuple(wrong))

    def test_a_batch_of_another_format_is_named(self, new, batch):
        new.compile(run_eagerly=True)
        with pytest.raises(InputError, match=f"A batch of format '{new.batch_format}' is"):
            fit(new, tf.data.Dataset.from_tensors((batch, batch, batch)))

    def test_a_step_takes_as_many_batches_as_it_states(self, new, batch):
        count = new.batches_per_step
        sizes = [len(tf.nest.flatten(part)[0]) for part in new.split(new.unpack(batch))]
        assert sizes == [self.batch_size] * count, (
            f"split gives {count} batches (batches_per_step) of {self.batch_size}"
        )
        if count > 1:  # every number is a multiple of 1
            new.compile(run_eagerly=True)
            too_few = tf.nest.map_structure(lambda part: part[:-1], batch)
            with pytest.raises(InputError, match=f"must be a multiple of {count}. Received"):
                fit(new, tf.data.Dataset.from_tensors(too_few))

    def test_compile_takes_the_papers_optimizers_of_this_model(self, new):
        new.compile()
        ours = new.generator_optimizer, new.discriminator_optimizer
        for mine, theirs in zip(ours, new.paper_optimizers(), strict=True):
            assert type(mine) is type(theirs), "compile() takes the pair of paper_optimizers"
            assert mine.get_config() | {"name": None} == theirs.get_config() | {"name": None}
        # Schedules may count epochs; other optimizers are the same whatever the data's steps are.
        for optimizer in new.paper_optimizers(steps_per_epoch=7):
            assert isinstance(optimizer, keras.optimizers.Optimizer)

    def test_one_optimizer_for_both_sides_is_refused(self, new):
        optimizer = keras.optimizers.Adam()
        with pytest.raises(InputError, match="an optimizer object of their own"):
            new.compile(optimizer, optimizer)

    def test_scores_at_the_threshold_cost_the_loss_at_chance(self, new, batch):
        threshold, at_chance = new.decision_threshold, new.discriminator_loss_at_chance
        if threshold is None or at_chance is None:
            pytest.skip("a critic: no score means that it does not know")
        for network in new.discriminators:
            network.set_weights([np.zeros_like(weight) for weight in network.get_weights()])
        batch = tf.nest.map_structure(tf.constant, batch)
        _, outputs = new.forward_pass(batch, 0)
        for network, of_network in zip(new.discriminators, outputs.values(), strict=True):
            if difference := threshold - float(tf.reduce_mean(of_network.real_scores)):
                network.weights[-1].assign(tf.fill(network.weights[-1].shape, difference))
        losses, outputs = new.forward_pass(batch, 0)
        for scores in (s for o in outputs.values() for s in (o.real_scores, o.fake_scores)):
            np.testing.assert_array_equal(scores, threshold, "every score is decision_threshold")
        assert float(losses["discriminator_loss"]) == pytest.approx(at_chance), (
            "discriminator_loss_at_chance is what the loss is where every score is the threshold"
        )

    def test_health_never_says_of_a_critic_that_it_dominates(self, new, batch):
        if None not in (new.decision_threshold, new.discriminator_loss_at_chance):
            pytest.skip("a discriminator: its scores mean real or fake")
        new.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0), run_eagerly=True)
        health = Health(tf.nest.map_structure(tf.constant, batch), every_steps=1)
        dataset = tf.data.Dataset.from_tensors(batch).repeat(6)
        new.fit(dataset, verbose=0, shuffle=False, callbacks=[health])
        assert "discriminator_dominates" not in [v["verdict"] for v in health.verdicts], (
            "A critic is to tell reals from fakes: decision_threshold or "
            "discriminator_loss_at_chance is None"
        )
