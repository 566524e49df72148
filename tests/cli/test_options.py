"""Choices, ranges and defaults are written in the commands, and are those of the library."""

import inspect
import typing

import pytest

import ganzoo
from ganzoo import benchmarking, demo
from ganzoo.cli import cli
from ganzoo.cli.options import FPS
from ganzoo.config.settings import DTYPES, Distribution
from ganzoo.exporting.export import FORMATS
from ganzoo.images.animations import MAXIMUM_FPS
from ganzoo.inference.directions import METHODS
from ganzoo.metrics.resizing import RESIZERS
from ganzoo.randomness.priors import PATHS


def option(line):
    """The option of a command, such as `"train --precision"`."""
    *words, name = line.split()
    command = cli
    for word in words:
        command = command.commands[word]
    (found,) = [one for one in command.params if name in one.opts]
    return found


@pytest.mark.parametrize(
    ("line", "choices"),
    [
        ("train --precision", DTYPES),
        ("export --precision", DTYPES),
        ("benchmark --precision", DTYPES),
        ("train --distribute", typing.get_args(Distribution)),
        ("resume --distribute", typing.get_args(Distribution)),
        ("interpolate --path", ("auto", *PATHS)),
        ("directions find --method", METHODS),
        ("evaluate --resize", RESIZERS),
        ("export --format", (*FORMATS, "page")),
        ("benchmark --against", benchmarking.benchmarks.PEERS),
        ("benchmark --optimizer", benchmarking.benchmarks.OPTIMIZERS),
        ("translate --direction", ganzoo.CycleGAN.directions),
    ],
)
def test_choices_are_those_of_the_library(line, choices):
    assert option(line).type.choices == tuple(choices)


def test_frames_per_second_are_those_that_animations_can_have():
    assert (FPS.min, FPS.max) == (1, MAXIMUM_FPS)


@pytest.mark.parametrize(
    ("line", "function"),
    [
        ("resume", ganzoo.resume),
        ("launch", ganzoo.launch),
        ("generate", ganzoo.generate),
        ("interpolate", ganzoo.interpolate),
        ("arithmetic", ganzoo.arithmetic),
        ("directions find", ganzoo.find_direction),
        ("project", ganzoo.project),
        ("timelapse", ganzoo.timelapse),
        ("translate", ganzoo.translate),
        ("evaluate", ganzoo.evaluate),
        ("benchmark", ganzoo.benchmark),
        ("export", ganzoo.export),
        ("export", ganzoo.export_page),
        ("data check", ganzoo.check_dataset),
        ("demo gaussian", demo.gaussian),
    ],
)
def test_defaults_are_those_of_the_function(line, function):
    command = cli
    for word in line.split():
        command = command.commands[word]
    theirs = inspect.signature(function).parameters
    stated = [one for one in command.params if isinstance(one.default, (int, float, str))]
    mine = {one.name: one.default for one in stated if one.name in theirs}
    assert mine == {name: theirs[name].default for name in mine}
