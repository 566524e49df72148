"""Which settings there are, of which types, and how one is written as KEY=VALUE."""

import math
import os
import re
from typing import Literal

import pytest

from ganzoo import DCGAN
from ganzoo.config.config import load_config
from ganzoo.config.schema import checked_value, parse_setting, settings_schema
from ganzoo.data.loading import load_dataset
from ganzoo.errors import InputError


def test_yamls_2e_4_is_text_and_refused_with_how_to_write_it(written):
    path = written("model: dcgan\nlearning_rate: 2e-4\n")
    message = (
        "learning_rate must be a number. Received: '2e-4' "
        "(text; in YAML a number has a point before its exponent, 2.0e-4)"
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_config(path)
    path = written("model: dcgan\nlearning_rate: 2.0e-4\n")
    assert load_config(path).values["learning_rate"] == 2e-4


def test_an_unknown_setting_is_refused_with_the_closest_match(written):
    message = r"Unknown setting of 'dcgan'; did you mean 'filters'\?.*Received: 'filter'"
    with pytest.raises(InputError, match=message):
        load_config("dcgan", filter=3)
    with pytest.raises(InputError, match=message):
        load_config(written("model: dcgan\nfilter: 3\n"))


@pytest.mark.parametrize("name", ["batch_format", "shuffle", "kwargs", "dtype", "name", "self"])
def test_what_the_model_or_the_run_decides_is_no_setting(name):
    assert name not in settings_schema("dcgan")
    with pytest.raises(InputError, match="Unknown setting"):
        load_config("dcgan", **{name: "x"})


@pytest.mark.parametrize(
    ("name", "value", "right"),
    [
        ("filters", "64", "a whole number"),
        ("filters", 64.0, "a whole number"),
        ("filters", True, "a whole number"),
        ("filters", None, "a whole number"),
        ("center_crop", "no", "a whole number"),
        ("learning_rate", "fast", "a number"),
        ("learning_rate", True, "a number"),
        ("learning_rate", None, "a number"),
        ("learning_rate", math.nan, "a finite number"),
        ("learning_rate", math.inf, "a finite number"),
        ("horizontal_flip", 1, "true or false"),
        ("horizontal_flip", "yes", "true or false"),
        ("split", 3, "text"),
        ("data_dir", False, "text"),
        ("image_shape", [32, 32], "a list of 3 whole numbers"),
        ("image_shape", [32, 32, 3, 1], "a list of 3 whole numbers"),
        ("image_shape", 32, "a list of 3 whole numbers"),
        ("image_shape", "32x32x3", "a list of 3 whole numbers"),
        ("image_shape", "32", "a list of 3 whole numbers"),
    ],
)
def test_a_value_of_another_type_is_refused_with_the_right_one(name, value, right):
    message = f"{name} must be {right}. Received: {value!r}"
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        load_config("dcgan", **{name: value})


def test_each_part_of_a_list_has_its_type():
    with pytest.raises(InputError, match=r"^image_shape must be a whole number\. Received: 32\.0$"):
        load_config("dcgan", image_shape=[32, 32.0, 3])


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("precision", "bfloat61", r"value of precision; did you mean 'bfloat16'\?"),
        ("fit", "padd", r"value of fit; did you mean 'pad'\?"),
        ("distribute", "miror", r"value of distribute; did you mean 'mirrored'\?"),
        ("precision", 16, "Unknown value of precision; .*Received: 16"),
    ],
)
def test_one_of_several_words_is_refused_with_the_closest_match(name, value, message):
    with pytest.raises(InputError, match=message):
        load_config("dcgan", **{name: value})


@pytest.mark.parametrize(
    ("annotation", "value", "result"),
    [
        (tuple[int, ...], [64, 128, 256], (64, 128, 256)),
        (tuple[int, ...], [], ()),
        (tuple[float, ...], [1, 0.5], (1.0, 0.5)),
        (list[str], ["fid", "kid"], ["fid", "kid"]),
        (tuple[str, ...], "fid, kid", ("fid", "kid")),
        (tuple[str, ...], "fid,3", ("fid", "3")),
        (tuple[str, ...], "fid", ("fid",)),
        (tuple[str, ...], "", ()),
        (tuple[int, int, int], "64,64,3", (64, 64, 3)),
        (tuple[float, ...], "1,2e-4", (1.0, 2e-4)),
        (list[Literal["a", "b"]], ["b"], ["b"]),
        (tuple[int, ...] | None, None, None),
        (tuple[int, ...] | None, [3], (3,)),
        (tuple[int, float], [3, 1], (3, 1.0)),
        (tuple[tuple[int, int], ...], [[1, 2], [3, 4]], ((1, 2), (3, 4))),
    ],
)
def test_a_list_has_the_length_and_the_types_of_its_annotation(annotation, value, result):
    checked = checked_value("widths", value, annotation)
    assert checked == result
    assert type(checked) is type(result)


@pytest.mark.parametrize(
    ("annotation", "value", "right"),
    [
        (tuple[int, ...], 64, "a list of whole numbers"),
        (list[str], 3, "a list of text values"),
        (list[float], None, "a list of numbers"),
        (tuple[int, float], [3], "a list of 2 values"),
        (list[list[int]], 3, "a list of values"),
    ],
)
def test_what_is_no_such_list_is_refused_with_the_right_one(annotation, value, right):
    message = re.escape(f"widths must be {right}. Received: {value!r}")
    with pytest.raises(InputError, match=f"^{message}$"):
        checked_value("widths", value, annotation)


def test_each_part_of_a_list_of_any_length_has_its_type():
    with pytest.raises(InputError, match=r"^widths must be a whole number\. Received: 2\.5$"):
        checked_value("widths", [1, 2.5], tuple[int, ...])


@pytest.mark.parametrize("annotation", [dict[str, int], list, int | str, os.PathLike, None])
def test_an_annotation_that_no_setting_can_have_is_refused(annotation):
    with pytest.raises(InputError, match=r"widths must be annotated with one of int.* Received: "):
        checked_value("widths", 3, annotation)


def test_a_models_lists_of_any_length_are_settings_in_files_and_on_the_command_line(
    plugin, monkeypatch, written
):
    def constructor(
        self,
        image_shape: tuple[int, int, int] = (8, 8, 1),
        widths: tuple[int, ...] = (8,),
        scales: list[float] | None = None,
        **kwargs,
    ):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "__init__", constructor)
    assert load_config("plugin").values["widths"] == (8,)
    given = dict(map(parse_setting, ["widths=[4, 8, 16]", "scales=[1e-3, 1]"]))
    config = load_config("plugin", **given)
    assert config.values["widths"] == (4, 8, 16)
    assert config.values["scales"] == [0.001, 1.0]
    assert load_config(written(config.to_yaml())) == config


def test_a_setting_without_a_default_must_be_given(plugin, monkeypatch):
    def constructor(self, vocabulary: int, **kwargs):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "__init__", constructor)
    with pytest.raises(InputError, match="vocabulary has no default, and must be given"):
        load_config("plugin", image_shape=[8, 8, 1])
    config = load_config("plugin", image_shape=[8, 8, 1], vocabulary=3)
    assert config.arguments(plugin) == {"vocabulary": 3}


def test_a_models_argument_with_the_name_of_another_setting_is_refused(plugin, monkeypatch):
    def constructor(self, jitter: float = 0.1, **kwargs):
        raise NotImplementedError

    def default_optimizers(batch_size: int = 32):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "default_optimizers", staticmethod(default_optimizers))
    message = r"default_optimizers and load_dataset both have an argument 'batch_size'.*'plugin'"
    with pytest.raises(InputError, match=message):
        load_config("plugin")
    monkeypatch.setattr(plugin, "default_optimizers", DCGAN.default_optimizers)
    monkeypatch.setattr(plugin, "__init__", constructor)
    message = r"Plugin and load_dataset both have an argument 'jitter'.*'plugin'"
    with pytest.raises(InputError, match=message):
        load_config("plugin", jitter=0.0)


def test_a_model_shares_arguments_with_its_optimizers_and_the_models_default_counts(
    plugin, monkeypatch
):
    def default_optimizers(filters: int = 3, learning_rate: float = 0.1):
        raise NotImplementedError

    monkeypatch.setattr(plugin, "default_optimizers", staticmethod(default_optimizers))
    values = load_config("plugin").values
    assert (values["filters"], values["learning_rate"]) == (64, 0.1)


def test_values_come_in_the_type_of_their_setting():
    values = load_config("dcgan", learning_rate=1, image_shape=[8, 8, 1], data_dir=None).values
    assert type(values["learning_rate"]) is float
    assert values["image_shape"] == (8, 8, 1)
    assert type(values["image_shape"]) is tuple
    assert values["data_dir"] is None


@pytest.mark.parametrize("name", ["epochs", "steps", "log_every", "sample_count"])
def test_counts_below_one_are_refused(name):
    with pytest.raises(InputError, match=f"{name} must be at least 1. Received: 0"):
        load_config("dcgan", **{name: 0})


def test_settings_that_concern_another_batch_format_do_not_exist(monkeypatch):
    only_paired = {"input_channels", "direction"}
    assert not only_paired & settings_schema("dcgan").keys()
    with pytest.raises(InputError, match="Unknown setting of 'dcgan'"):
        load_config("dcgan", direction="ba")
    monkeypatch.setattr(DCGAN, "batch_format", "paired")
    assert only_paired <= settings_schema("dcgan").keys()
    data = load_config("dcgan", direction="ba").arguments(load_dataset)
    assert (data["direction"], data["input_channels"]) == ("ba", None)


def test_attributes_are_a_setting_of_models_that_take_them(monkeypatch):
    assert "attributes" not in settings_schema("dcgan")
    monkeypatch.setattr(DCGAN, "batch_format", "attributes")
    config = load_config("dcgan", attributes="Smiling,Male")
    assert config.batch_format == "attributes"
    assert config.arguments(load_dataset)["attributes"] == ("Smiling", "Male")
    assert load_config("dcgan").values["attributes"] == ()
    assert "direction" not in config.values


def test_the_format_of_a_config_is_that_of_its_model():
    assert load_config("dcgan").batch_format == "images"
    assert load_config("cyclegan").batch_format == "unpaired"


# KEY=VALUE.


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("learning_rate=2e-4", ("learning_rate", 0.0002)),
        ("learning_rate=0.1", ("learning_rate", 0.1)),
        ("filters=64", ("filters", 64)),
        ("horizontal_flip=true", ("horizontal_flip", True)),
        ("data_dir=null", ("data_dir", None)),
        ("data_dir=/a/b=c", ("data_dir", "/a/b=c")),
        ("split=train[:10%]", ("split", "train[:10%]")),
        ("image_shape=[8, 8, 1]", ("image_shape", [8, 8, 1])),
    ],
)
def test_a_setting_is_read_as_yaml_and_a_number_however_it_is_written(text, parsed):
    result = parse_setting(text)
    assert result == parsed
    assert type(result[1]) is type(parsed[1])


@pytest.mark.parametrize("text", ["filters", "=3", ""])
def test_what_is_not_key_and_value_is_refused(text):
    with pytest.raises(InputError, match=f"written KEY=VALUE. Received: '{text}'"):
        parse_setting(text)


def test_a_value_that_is_no_yaml_is_refused():
    with pytest.raises(InputError, match=r"not YAML\. Received: 'image_shape=\[8, 8'"):
        parse_setting("image_shape=[8, 8")


def test_a_colour_is_no_comment():
    assert parse_setting("input_colors=#0000de,#0030ff") == ("input_colors", "#0000de,#0030ff")
    assert parse_setting("dataset=celeb_a#Smiling") == ("dataset", "celeb_a#Smiling")
