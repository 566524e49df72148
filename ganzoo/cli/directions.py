"""Directions in latent space: what `ganzoo arithmetic` adds by name."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import LABELS, NATURAL, Choice, IntRange


@cli.group()
def directions():
    """Find and list directions in the latents of a run."""


@directions.command("find")
@click.argument("run")
@click.argument("name")
@click.option("--attribute", metavar="NAME", help="Attribute or class of the run's dataset.")
@click.option("--classifier", metavar="FILE", help="Model (.keras) from images to logits.")
@click.option("--scores", metavar="FILE", help="File (.npy) with a score for each seed's image.")
@click.option(
    "--method",
    type=Choice(["logistic", "means"]),
    default="logistic",
    help="Logistic regression, or the difference of two means.",
)
@click.option("--samples", type=IntRange(min=2), default=2000, help="Number of images to classify.")
@click.option("--threshold", default=0.0, help="Score above which an image is positive.")
@click.option("--of-class", type=NATURAL, help="Positive class, for a classifier of several.")
@click.option("--labels", type=LABELS, help="Classes to sample, for a model with labels.")
@click.option("--seed", type=NATURAL, default=0, help="Seed of the first image.")
def find(run, name, attribute, classifier, scores, **options):
    """Find a direction, what to add for more of something, and save it.

    One of --attribute (a small classifier of it is trained on the run's data), --classifier and
    --scores says which images have more of it. `ganzoo arithmetic` knows the direction as NAME.
    """
    values = [value for value in (attribute, classifier, scores) if value is not None]
    if len(values) != 1:
        raise click.UsageError(
            "Give one of --attribute, --classifier and --scores. "
            f"Received: {', '.join(values) or 'none'}"
        )
    load_tensorflow()
    found = ganzoo.find_direction(
        run, name, classifier or scores, attribute=attribute, **options
    )  # fmt: skip
    click.echo(_described(found))


@directions.command("list")
@click.argument("run")
def list_(run):
    """List the directions that were found for a run."""
    for direction in ganzoo.list_directions(run):
        click.echo(_described(direction))


def _described(direction):
    return (
        f"{direction.name:16} {direction.method:9} {direction.positives:.3f} of "
        f"{direction.samples:,} positive, {direction.accuracy:.3f} on the right side "
        f"({direction.source})"
    )
