"""The settings of data: the same as `load_dataset` has, and checked when they are made."""

import inspect
from dataclasses import fields

import pytest

from ganzoo import load_config, load_dataset
from ganzoo.batch_formats import batch_format, list_batch_formats
from ganzoo.data.settings import DataSettings
from ganzoo.errors import InputError


def test_they_are_the_arguments_of_load_dataset_with_the_same_types():
    arguments = dict(inspect.signature(load_dataset).parameters)
    del arguments["dataset"], arguments["batch_format"]
    assert [(field.name, field.type) for field in fields(DataSettings)] == [
        (name, argument.annotation) for name, argument in arguments.items()
    ]


def test_only_those_of_another_batch_format_may_be_left_out():
    parameters = inspect.signature(DataSettings).parameters.values()
    optional = {p.name for p in parameters if p.default is not p.empty}
    declared = (batch_format(name).settings for name in list_batch_formats())
    assert optional == {setting for settings in declared for setting in settings}


@pytest.mark.parametrize("model", ["dcgan", "pix2pix"])
def test_a_config_has_all_of_them(model):
    config = load_config(model, batch_size=7)
    of_config = DataSettings(**config.arguments(DataSettings), shuffle=True)
    assert of_config.batch_size == 7
    assert of_config.image_shape == config.values["image_shape"]


@pytest.mark.parametrize(
    ("split", "shuffle", "expected"),
    [
        ("train", None, True), ("train[:10]", None, True), ("test", None, False),
        ("validation", None, False), ("val[:10]", None, False), ("test", True, True),
        ("train", False, False),
    ],
)  # fmt: skip
def test_splits_to_measure_by_are_not_shuffled_unless_that_is_asked_for(
    settings, split, shuffle, expected
):
    assert settings(split=split, shuffle=shuffle).is_shuffled == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"input_channels": 0}, r"input_channels must be at least 1\. Received: 0$"),
        ({"direction": "a"}, r"Unknown direction; .*ab, ba\. Received: 'a'$"),
        ({"jitter": -0.1}, r"jitter must be in 0 to 1\. Received: -0\.1$"),
        ({"jitter": 1.1}, r"jitter must be in 0 to 1\. Received: 1\.1$"),
        ({"cache": "disk"}, r"Unknown value of cache; .*auto, none\. Received: 'disk'$"),
        ({"cache_gib": -1}, r"cache_gib must be at least 0\. Received: -1$"),
        ({"fit": "crops"}, r"value of fit; did you mean 'crop'\?.*'crops'$"),
        ({"image_shape": (8, 8, 0)}, r"image_shape must be .*Received: \(8, 8, 0\)$"),
        ({"image_shape": (0, 8, 1)}, r"image_shape must be .*Received: \(0, 8, 1\)$"),
        ({"image_shape": [8, 8]}, r"image_shape must be .*Received: \(8, 8\)$"),
    ],
)
def test_a_value_that_cannot_be_used_raises_an_error(settings, changed, message):
    with pytest.raises(InputError, match=message):
        settings(**changed)


@pytest.mark.parametrize("changed", [{"input_channels": 1}, {"direction": "ba"}])
def test_settings_of_pairs_raise_an_error_for_another_batch_format(settings, changed):
    of_pairs = settings(**changed)
    of_pairs.check_format("paired")
    (name,) = changed
    message = f"{name} is for batches of the format 'paired'.*Received: batch_format='images'"
    with pytest.raises(InputError, match=message):
        of_pairs.check_format("images")
