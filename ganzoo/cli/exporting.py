"""A run for others: a server, or the Hub."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import POSITIVE, PRECISION, Choice, checkpoint_option


@cli.command()
@click.argument("run")
@click.argument("path")
@click.option("--name", metavar="NAME", help="Name on the server (default: the run's).")
@click.option("--version", type=POSITIVE, help="Version (default: one more than the last).")
@click.option(
    "--format", type=Choice(["savedmodel", "onnx"]), default="savedmodel", help="File format."
)
@click.option(
    "--precision",
    type=PRECISION,
    help="Type of the numbers that networks compute in (default: as in training).",
)
@click.option("--jit", is_flag=True, help="Networks of a SavedModel are compiled by XLA.")
@checkpoint_option
def export(run, path, **options):
    """Export the generators of a run for a server.

    PATH/NAME/VERSION/ is what a server loads. With it go warm-up requests, batching parameters, a
    model card, and export.json, the proof that each signature answers as the model does.
    """
    load_tensorflow()
    click.echo(f"Wrote {ganzoo.export(run, path, **options)}")


@cli.command()
@click.argument("run")
@click.argument("address", metavar="hf://USER/NAME")
@click.option("--private", is_flag=True, help="A repository that is made is private.")
def push(run, address, private):
    """Upload a run to the Hugging Face Hub: weights, settings, metrics and a model card.

    Every command takes hf://USER/NAME for a run then. Needs keras-ganzoo[hub], and that you have
    logged in (`hf auth login`).
    """
    load_tensorflow()
    click.echo(f"Wrote {ganzoo.push(run, address, private=private)}")
