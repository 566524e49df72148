"""A run for others: a server, or the Hub."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import NATURAL, POSITIVE, PRECISION, Choice, checkpoint_option


@cli.command()
@click.argument("run")
@click.argument("path")
@click.option("--name", metavar="NAME", help="Name on the server (default: the run's).")
@click.option("--version", type=POSITIVE, help="Version (default: one more than the last).")
@click.option(
    "--format", type=Choice(["savedmodel", "onnx", "page"]), default="savedmodel",
    help="File format; page: a page in the browser, without a server, as the folder PATH.",
)  # fmt: skip
@click.option(
    "--precision",
    type=PRECISION,
    help="Type of the numbers that networks compute in (default: as in training).",
)
@click.option("--jit", is_flag=True, help="Networks of a SavedModel are compiled by XLA.")
@click.option(
    "--runtime", metavar="DIR",
    help="Folder of onnxruntime-web, for a page of a model that is not small.",
)  # fmt: skip
@click.option(
    "--examples", type=NATURAL, default=0,
    help="Number of pictures of the held-out split that go into a page that translates.",
)  # fmt: skip
@checkpoint_option
def export(run, path, runtime, examples, **options):
    """Export the generators of a run for a server, or as a page.

    PATH/NAME/VERSION/ is what a server loads. With it go warm-up requests, batching parameters, a
    model card, and export.json, the proof that each signature answers as the model does.

    With --format page PATH is the folder of a page that any static host serves; without --runtime
    its index.html is all of it, and opens as a file.
    """
    is_page = options["format"] == "page"
    of_server = [name for name in ("name", "version", "precision", "jit") if options[name]]
    of_page = {"runtime": runtime, "examples": examples}
    others = of_server if is_page else [name for name, value in of_page.items() if value]
    if others:
        raise click.UsageError(
            f"A {'page' if is_page else 'server'} has no such option. Received: --{others[0]}"
        )
    load_tensorflow()
    if is_page:
        made = ganzoo.export_page(run, path, checkpoint=options["checkpoint"], **of_page)
        click.echo(f"Wrote {made / 'index.html'}")
        return
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
