"""The group that all commands join, and how a command loads TensorFlow.

Of ganzoo and of other packages only what is light is imported in the files of the commands. One
that needs TensorFlow calls `load_tensorflow` first; `--help` and those that need none are quick.
"""

import contextlib
import os
import sys

import click

from ganzoo import __version__
from ganzoo.cli.help import Group

SECTIONS = {
    "The zoo": ("models", "presets", "show"),
    "Training": ("train", "resume", "launch", "runs", "compare"),
    "Images of a run": (
        "generate", "interpolate", "arithmetic", "directions", "project", "reconstruct",
        "translate", "timelapse", "web",
    ),
    "Measuring": ("evaluate", "benchmark"),
    "Weights": ("import", "push"),
    "Serving": ("export",),
    "Data": ("data",),
    "Demonstrations": ("demo",),
}  # fmt: skip


@click.group(
    cls=Group, sections=SECTIONS,
    context_settings={
        "help_option_names": ["-h", "--help"], "max_content_width": 100, "show_default": True,
    },
)  # fmt: skip
@click.version_option(__version__, prog_name="ganzoo")
def cli():
    """A model zoo of generative adversarial networks for Keras 3 and TensorFlow."""


def load_tensorflow():
    """Imports Keras with TensorFlow, whatever backend or layout of images Keras is set up for.

    It keeps off the screen what TensorFlow's libraries write while they load. They name instruction
    sets that they use and devices that they did not find, before any setting of theirs can stop
    them. Setting TF_CPP_MIN_LOG_LEVEL shows it all again.
    """
    os.environ["KERAS_BACKEND"] = "tensorflow"
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        import keras
    else:
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        with _screen_off():
            import keras
    keras.config.set_image_data_format("channels_last")


@contextlib.contextmanager
def _screen_off():
    """Leads what is written to the screen's file descriptor, by C too, nowhere."""
    sys.stderr.flush()
    screen = os.dup(2)
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        sys.stderr.flush()
        os.dup2(screen, 2)
        os.close(screen)
