"""Datasets: which there are, how they come here, and whether they can be trained on."""

import sys

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import POSITIVE, data_dir_option, given, settings_option


@cli.group()
def data():
    """List, prepare and check datasets."""


@data.command("list")
@data_dir_option()
def list_(data_dir):
    """List the datasets of the presets, and which of them are here."""
    entries = ganzoo.list_datasets(data_dir)
    row = "{:32}{:>10}  {:>9}  {:5}{:36}{}".format
    click.echo(row("NAME", "EXAMPLES", "DOWNLOAD", "HERE", "BATCH FORMATS", "TERMS"))
    for entry in entries:
        size = entry.download_bytes
        download = "?" if size is None else f"{size / 1e6:,.0f} MB" if size else "-"
        here = "yes" if entry.is_prepared else "no"
        formats = ", ".join(entry.batch_formats)
        click.echo(row(entry.name, f"{entry.examples:,}", download, here, formats, entry.terms))


@data.command()
@click.argument("name")
@click.option(
    "--from", "source_dir", metavar="DIR", required=True, help="Folder with the archives."
)
@data_dir_option()
def prepare(name, source_dir, data_dir):
    """Prepare a dataset from archives that were fetched by hand.

    NAME is a dataset's, such as celeb_a or pix2pix/facades. The checksums of its archives are
    verified.
    """
    load_tensorflow()
    splits = ganzoo.prepare_dataset(name, source_dir, data_dir=data_dir)
    counts = ", ".join(f"{split} {count:,}" for split, count in splits.items())
    click.echo(f"Prepared {name}: {counts}")


@data.command()
@click.argument("source")
@click.option("--model", metavar="NAME", required=True, help="Model, preset or settings file.")
@click.option("--image-size", type=POSITIVE, help="Side of the square images, in pixels.")
@data_dir_option()
@settings_option()
@click.option("--contact-sheet", metavar="FILE", help="Picture file to write, of 64 images.")
@click.option("--timing/--no-timing", "timed", default=True, help="Time some steps of training.")
def check(source, assignments, timed, **options):
    """Check every image of a dataset before training.

    SOURCE is a dataset's name, a folder or an .npz file. The exit code is 1 if training with these
    settings would fail.
    """
    load_tensorflow()
    options = given(options) | dict(assignments)
    report = ganzoo.check_dataset(source, timed=timed, **options)
    click.echo(report)
    sys.exit(bool(report.problems))
