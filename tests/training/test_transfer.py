"""Which layers of a new model take the weights of another run."""

import numpy as np
import pytest

from ganzoo import load_config
from ganzoo.errors import InputError
from ganzoo.runs.folder import Run
from ganzoo.runs.loading import create_from_config
from ganzoo.training.transfer import take_weights


def run_of(folder, name, **settings):
    """A run whose every weight is a number of its own, and its model."""
    config = load_config(name, **settings)
    model, run = create_from_config(config), Run(folder)
    for number, weight in enumerate(model.weights[1:], 1):  # the first is the step
        weight.assign(np.full(weight.shape, 1000 + number))
    folder.mkdir()
    run.write_config(config)
    model.save(run.model_path)
    return model, run.folder


def origins(network, other):
    """Of each weight of a network the place in the other of that which it is, or None."""
    found = {float(weight.numpy().flat[0]): place for place, weight in enumerate(other.weights)}
    values = [weight.numpy() for weight in network.weights]
    return [found.get(float(v.flat[0])) if (v == v.flat[0]).all() else None for v in values]


def test_of_larger_images_all_layers_but_those_of_other_sizes(tmp_path, caplog):
    settings = {"filters": 4, "image_size": 16}
    other, folder = run_of(tmp_path / "run", "dcgan", **settings, moving_average=0.9)
    larger = settings | {"image_size": 32, "moving_average": 0.9}
    new = create_from_config(load_config("dcgan", **larger))
    take_weights(new, folder)
    # Kernels of G: a dense layer, then 4x4 with 8 to 4 and 4 to 1 channels; before these comes one
    # with 16 to 8 now. Of D the same the other way round.
    for mine, theirs, expected in (
        (new.generator, other.generator, [None, None, 1, 2]),
        (new.generator_averages[0], other.generator_averages[0], [None, None, 1, 2]),
        (new.discriminator, other.discriminator, [0, 1, None, None]),
    ):
        kernels = [place for place, w in enumerate(theirs.weights) if w.name == "kernel"]
        taken = origins(mine, theirs)
        found = [t for t, w in zip(taken, mine.weights, strict=True) if w.name == "kernel"]
        assert [place if place is None else kernels.index(place) for place in found] == expected
        for weight, place in zip(mine.weights, taken, strict=True):
            assert place is None or weight.shape == theirs.weights[place].shape
    said = [r.getMessage() for r in caplog.records if r.getMessage().startswith("init_from: ")]
    assert len(said) == 2  # one of each network, and none of the average beside its generator


def test_of_more_blocks_the_first_and_both_ends(tmp_path):
    settings = {"filters": 2, "image_size": 24}
    other, folder = run_of(tmp_path / "run", "cyclegan", **settings, blocks=1)
    new = create_from_config(load_config("cyclegan", **settings, blocks=2))
    take_weights(new, folder)
    for mine, theirs in zip(new.generators, other.generators, strict=True):
        taken = origins(mine, theirs)
        count = len(theirs.weights)
        new_block = len(mine.weights) - count
        assert sorted(p for p in taken if p is not None) == list(range(count))
        assert taken.count(None) == new_block == 4  # two kernels and two biases
    for mine, theirs in zip(new.discriminators, other.discriminators, strict=True):
        assert origins(mine, theirs) == list(range(len(theirs.weights)))


def test_networks_without_a_layer_in_common_are_refused(tmp_path):
    _, folder = run_of(tmp_path / "run", "gan", generator_units=4, maxout_units=2)
    other = load_config("gan", generator_units=5, maxout_units=3, image_size=8)
    with pytest.raises(InputError, match="has a layer of the same sizes"):
        take_weights(create_from_config(other), folder)
