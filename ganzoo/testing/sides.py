"""Laws of a model's two sides: which networks each optimizer updates, and which are averaged."""

import keras

from ganzoo.testing.model_under_test import ModelUnderTest, changed, fit, sgd_pair, values


class SideLaws(ModelUnderTest):
    """Every weight has one side, and the update of a side is its own."""

    def test_every_trainable_weight_is_of_exactly_one_side(self, new):
        variables = [*new.generator_variables, *new.discriminator_variables]
        assert len({id(v) for v in variables}) == len(variables), "no weight is of both sides"
        missing = {v.path for v in new.trainable_variables} - {v.path for v in variables}
        assert missing == set(), (
            f"generator_side and discriminator_side have every trainable weight, but not {missing}"
        )

    def test_every_network_is_of_a_side_or_an_average(self, new):
        sides = [*new.generator_side, *new.discriminator_side]
        for network in (*new.generators, *new.discriminators):
            assert any(network is one for one in sides), f"{network.name} is on its side"
        known = {id(w) for one in (*sides, *new.generator_averages) for w in one.weights}
        others = [
            network.name
            for network in new.layers
            if isinstance(network, keras.Model)
            and any(id(weight) not in known for weight in network.weights)
        ]
        assert others == [], f"{others} are on no side, and would not come with init_from"

    def test_an_update_of_one_side_leaves_the_other_alone(self, new, dataset):
        for mine in new.sides:
            theirs = {"generator": "discriminator", "discriminator": "generator"}[mine]
            frozen = {f"{theirs}_optimizer": keras.optimizers.SGD(0.0)}
            moving = {f"{mine}_optimizer": keras.optimizers.SGD(0.1)}
            new.compile(**moving, **frozen, run_eagerly=True)
            my_variables = getattr(new, f"{mine}_variables")
            their_variables = getattr(new, f"{theirs}_variables")
            mine_before, theirs_before = values(my_variables), values(their_variables)
            fit(new, dataset.take(1))
            assert changed(mine_before, my_variables), f"update_{mine} moves the {mine}'s side"
            moved = changed(theirs_before, their_variables)
            assert moved == [], f"update_{mine} must not move {moved} of the {theirs}'s side"

    def test_every_trainable_weight_gets_a_gradient(self, new, dataset):
        new.compile(*sgd_pair(10.0), run_eagerly=True)
        variables = [*new.generator_variables, *new.discriminator_variables]
        before, still = values(variables), [""]
        for _ in range(3):  # behind a layer that begins with zeros there is none at first
            if still:
                fit(new, dataset.take(1))
                moved = changed(before, variables)
                still = [v.path for v in variables if v.path not in moved]
        assert still == [], f"every weight of a side gets a gradient, but not {still}"

    def test_generators_alone_are_averaged(self, new):
        assert len(new.generator_averages) == len(new.generators), (
            "each of `generators`, and nothing else, has a moving average"
        )
        for average, generator in zip(new.generator_averages, new.generators, strict=True):
            shapes = [[w.shape for w in network.weights] for network in (average, generator)]
            assert shapes[0] == shapes[1], f"{average.name} is a copy of {generator.name}"
            assert not average.trainable_variables, f"{average.name} is not trained"
