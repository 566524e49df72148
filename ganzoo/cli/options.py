"""What the commands' options share: types with ranges and choices, and whole options."""

import functools

import click

from ganzoo.errors import InputError, unknown
from ganzoo.inference.number_lists import (
    parse_attributes,
    parse_checkpoint,
    parse_label,
    parse_labels,
    parse_place,
    parse_seeds,
)


class Choice(click.Choice):
    """A choice whose error names the closest match."""

    def get_invalid_choice_message(self, value, ctx):
        return str(unknown("value", value, map(str, self.choices)))


class IntRange(click.IntRange):
    name = "integer"  # Click says that something "is not a valid integer range".


class FloatRange(click.FloatRange):
    name = "float"


class Parsed(click.ParamType):
    """What a function of ganzoo makes of a text; its InputError is a usage error."""

    def __init__(self, name, parse):
        self.name = name
        self.parse = parse

    def convert(self, value, param, ctx):
        try:
            return self.parse(value) if isinstance(value, str) else value
        except InputError as error:
            return self.fail(str(error), param, ctx)


def _parse_setting(text):
    from ganzoo import config

    return config.parse_setting(text)


POSITIVE, NATURAL = IntRange(min=1), IntRange(min=0)
FPS = FloatRange(min=1, max=50)
LABEL, LABELS = Parsed("class", parse_label), Parsed("list", parse_labels)
SEEDS = Parsed("list", parse_seeds)
PLACE = Parsed("place", parse_place)
ATTRIBUTES = Parsed("attributes", parse_attributes)
PRECISION = Choice(["float32", "bfloat16", "float16"])
DISTRIBUTION = Choice(["auto", "none", "mirrored", "multi-worker", "tpu"])

checkpoint_option = click.option(
    "--checkpoint", type=Parsed("checkpoint", parse_checkpoint), default="newest",
    metavar="newest|best|STEP", help="Checkpoint of the run to take the weights from.",
)  # fmt: skip


def label_options(help_of_labels: str, help_of_attributes: str):
    """The options `--labels` and `--attributes`, of which a command gets one: `labels`."""

    def add(command):
        @functools.wraps(command)
        def with_labels(*arguments, labels, attributes, **options):
            if labels is not None and attributes:
                raise click.UsageError(
                    "Labels are classes or attributes. Received: --labels and --attributes"
                )
            return command(*arguments, labels=list(attributes) or labels, **options)

        attributes = click.option(
            "--attributes", type=ATTRIBUTES, multiple=True,
            metavar="NAME=1,NAME=0", help=help_of_attributes,
        )  # fmt: skip
        return click.option("--labels", type=LABELS, help=help_of_labels)(attributes(with_labels))

    return add


def data_dir_option(option=click.option):
    """The option `--data-dir`, made by `click.option` or one of `options_titled`."""
    return option("--data-dir", metavar="DIR", help="Folder of TensorFlow Datasets.")


def settings_option(option=click.option):
    """The option `--set`: pairs `(name, value)`, as `assignments`."""
    return option(
        "--set", "assignments", type=Parsed("setting", _parse_setting), metavar="KEY=VALUE",
        multiple=True, help="Any other setting, such as learning_rate=1e-4; can be repeated.",
    )  # fmt: skip


def given(options: dict) -> dict:
    """Returns the options that have a value."""
    return {name: value for name, value in options.items() if value is not None}
