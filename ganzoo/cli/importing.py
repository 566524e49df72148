"""Weights from elsewhere, made a run."""

import re

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import POSITIVE, Choice, given, settings_option


@cli.command("import")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--as", "model", type=Choice(["cyclegan", "dcgan", "pix2pix"]), help="Model to make of them."
)
@click.option("--inspect", is_flag=True, help="Print what is in the files; make nothing.")
@click.option("--name", metavar="NAME", help="Name of the run (default: the first file's).")
@click.option("--run-dir", metavar="DIR", help="Run folder (default: runs/NAME-imported-N).")
@click.option("--dataset", metavar="DATA", help="Data of the run, for `evaluate` and training.")
@click.option("--image-size", type=POSITIVE, help="Side of the images, where weights fit any.")
@click.option(
    "--verify", metavar="NPZ", help="File with inputs and outputs of the original to compare with."
)
@click.option(
    "--arrays", metavar="IN,OUT", default="inputs,outputs", help="Names of the two in that file."
)
@settings_option()
def import_weights(files, model, inspect, verify, arrays, assignments, **options):
    """Import weights that official PyTorch code has trained, as a run.

    FILE is a .pth or .safetensors file of CycleGAN or Pix2Pix (pytorch-CycleGAN-and-pix2pix), or of
    DCGAN (PyTorch's example). Nothing in it is run. Several files are networks of one model: which
    one each is follows from names that end in G_A, G_B, D_A or D_B, or is written NETWORK=FILE.
    """
    if inspect == (model is not None):
        raise click.UsageError("Either --as or --inspect must be given.")
    load_tensorflow()
    if inspect:
        for file in files:
            click.echo(ganzoo.inspect_weights(file))
        return
    named = [re.fullmatch(r"((?:generator|discriminator)\w*)=(.+)", file) for file in files]
    if any(named):
        if not all(named):
            raise click.UsageError("Either all files or none must be written NETWORK=FILE.")
        files = {match[1]: match[2] for match in named}
    folder = ganzoo.import_weights(
        files, model, verify_with=verify, arrays=tuple(arrays.split(",")),
        **given(options), **dict(assignments),
    )  # fmt: skip
    click.echo(f"Wrote {folder}")
