"""`main`: what the command `ganzoo` runs, and how it ends."""

import logging
import sys

import click

from ganzoo.cli import (
    data,
    demo,
    directions,
    exporting,
    importing,
    inference,
    measuring,
    training,
    web,
    zoo,
)
from ganzoo.cli.group import cli
from ganzoo.errors import DivergenceError, InputError

__all__ = ["THEMES", "cli", "main"]

# Importing a theme adds its commands to the group.
THEMES = (zoo, training, inference, directions, web, measuring, importing, exporting, data, demo)


def main(arguments=None):
    """Runs a command; what ganzoo and click find wrong is one line, anything else a traceback."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("ganzoo").setLevel(logging.INFO)
    logging.getLogger("absl").setLevel(logging.ERROR)  # TFDS warns of what our errors then say
    try:
        cli.main(arguments, prog_name="ganzoo", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except InputError as error:
        _fail(error, 2)
    except DivergenceError as error:
        _fail(error, 1)
    except OSError as error:  # a ResourceError, or a disk that is full in the middle of a run
        _fail(error, 1)
    except click.Abort:
        _fail("Interrupted", 130)


def _fail(message, exit_code):
    click.echo(f"Error: {message}", err=True)
    sys.exit(exit_code)
