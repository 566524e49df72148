"""How good a run's images are, and how fast a model trains."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import (
    NATURAL,
    POSITIVE,
    PRECISION,
    Choice,
    checkpoint_option,
    given,
    settings_option,
)


@cli.command()
@click.argument("run")
@click.option("--metrics", metavar="LIST", help="Metrics, such as fid,kid (default: the usual).")
@click.option("--num-images", type=POSITIVE, default=10_000, help="Number of images to generate.")
@click.option(
    "--extractor",
    metavar="NAME|FILE",
    help="Network for the features (default: garments for the embedded sample and fashion_mnist, "
    "inception for other data).",
)
@click.option(
    "--resize",
    type=Choice(["antialiased", "legacy"]),
    default="antialiased",
    help="Resizing of images for the extractor.",
)
@click.option("--weights", metavar="FILE", help="Weights of the extractor (default: published).")
@click.option("--seed", type=NATURAL, default=0, help="Seed of the first image.")
@checkpoint_option
def evaluate(run, metrics, **options):
    """Measure the images of a run: FID, KID and others.

    The results also go to the run's metrics.json and TensorBoard.
    """
    names = metrics and [name.strip() for name in metrics.split(",")]
    load_tensorflow()
    for result in ganzoo.evaluate(run, names, **options):
        figures = "  ".join(f"{name} {value:.5g}" for name, value in result.values.items())
        protocol = ", ".join(f"{name} {value}" for name, value in result.protocol.items())
        click.echo(f"{result.metric:16} {figures}\n{'':16} {protocol}")


@cli.command()
@click.argument("model", metavar="MODEL|all")
@click.option("--precision", type=PRECISION, help="Type of the numbers that networks compute in.")
@click.option(
    "--against",
    type=Choice(["tutorial", "float32"]),
    help="Step to compare with: as tutorials write it, or in float32.",
)
@click.option(
    "--optimizer", type=Choice(["paper", "adam"]), default="paper", help="Optimizer of the step."
)
@click.option("--batch-size", type=POSITIVE, help="Number of images in a batch.")
@click.option("--image-size", type=POSITIVE, help="Side of the square images, in pixels.")
@click.option("--rounds", type=POSITIVE, default=15, help="Number of times each step is timed.")
@click.option(
    "--step-only",
    "windows",
    flag_value=0,
    type=int,
    help="Time the step alone: no complete run, start-up or export.",
)
@settings_option()
@click.option("--json", "json_file", metavar="FILE", help="File to write the results to as well.")
def benchmark(model, assignments, **options):
    """Measure how fast a model trains on this machine.

    MODEL is a model's name, a preset, a settings file, or all. A name stands for the sizes of the
    model's paper in the step, and for the embedded sample in the complete run. Times are medians;
    steps that are compared take turns.
    """
    options = given(options) | dict(assignments)
    load_tensorflow()
    if model == "all":
        results = ganzoo.benchmark_all(**options)
    else:
        results = [ganzoo.benchmark(**({"model": model} | options))]
    for result in results:
        click.echo(result)
