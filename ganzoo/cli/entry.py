"""`main`: what the command `ganzoo` runs, and how it ends."""

import logging
import os
import re
import sys
import warnings
from collections.abc import Sequence

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


def main(arguments: Sequence[str] | None = None):
    """Runs a command; what ganzoo and click find wrong is one line, anything else a traceback."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("ganzoo").setLevel(logging.INFO)
    logging.getLogger("absl").setLevel(logging.ERROR)  # TFDS warns of what our errors then say
    # Broken metadata in a picture, such as its EXIF, which Pillow tells of and goes on.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    arguments = [_at_home(each) for each in (sys.argv[1:] if arguments is None else arguments)]
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


def _at_home(argument):
    """Puts the home folder for a `~` that no shell has: in quotes, or behind an option's `=`."""
    option, path = re.match(r"(--[\w-]+=)?(.*)", argument, re.DOTALL).groups()
    return (option or "") + (os.path.expanduser(path) if path.startswith("~") else path)  # noqa: PTH111


def _fail(message, exit_code):
    click.echo(f"Error: {message}", err=True)
    sys.exit(exit_code)
