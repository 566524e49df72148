"""What the commands' options share: types with ranges and choices, and whole options."""

import click

from ganzoo.errors import InputError, unknown
from ganzoo.inference.number_lists import parse_labels, parse_seeds


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
LABELS, SEEDS = Parsed("list", parse_labels), Parsed("list", parse_seeds)
PRECISION = Choice(["float32", "bfloat16", "float16"])
DISTRIBUTION = Choice(["auto", "none", "mirrored", "multi-worker", "tpu"])

checkpoint_option = click.option(
    "--checkpoint", type=Choice(["newest", "best"]), default="newest",
    help="Checkpoint of the run to take the weights from.",
)  # fmt: skip


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
