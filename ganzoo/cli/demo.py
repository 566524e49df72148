"""Small demonstrations."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import FPS, NATURAL, POSITIVE, Choice, IntRange


@cli.group()
def demo():
    """Small demonstrations to look at."""


@demo.command()
@click.option(
    "--model",
    type=Choice(["gan", "wgan_gp", "dragan"]),
    default="gan",
    help="GAN of points to train.",
)
@click.option("--modes", type=IntRange(1, 25), default=8, help="Number of Gaussians.")
@click.option(
    "--dimensions", type=Choice([2, 1]), default=2, help="Dimensions: 2 for a ring, 1 for a row."
)
@click.option("--grid", is_flag=True, help="Square grid of 4, 9, 16 or 25 modes, not a ring.")
@click.option("--steps", type=POSITIVE, default=4000, help="Number of training steps.")
@click.option(
    "--discriminator-steps",
    type=POSITIVE,
    default=1,
    help="Number of updates of the discriminator in a step.",
)
@click.option("--seed", type=NATURAL, default=0, help="Seed of weights, noise and data.")
@click.option("--fps", type=FPS, default=10.0, help="Frames per second.")
@click.option("--output", metavar="FILE", required=True, help="Animation (.gif, .mp4) to write.")
def gaussian(modes, output, **options):
    """Train a small GAN on a mixture of Gaussians and draw it.

    Also counts the modes that it finds.
    """
    load_tensorflow()
    coverage = ganzoo.demo.gaussian(output, modes=modes, **options)
    click.echo(
        f"Wrote {output}: {coverage.modes_found} of {modes} modes found, "
        f"{coverage.good_share:.0%} of samples within 3 sigma of one"
    )
