"""Images of a run: new ones, walks between them, sums of latents, projections, translations."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.options import (
    ATTRIBUTES,
    FPS,
    LABEL,
    LABELS,
    NATURAL,
    PLACE,
    POSITIVE,
    SEEDS,
    Choice,
    FloatRange,
    checkpoint_option,
    label_options,
)


@cli.command()
@click.argument("run")
@click.option("-n", "--count", type=POSITIVE, default=64, help="Number of images.")
@click.option("--seed", type=NATURAL, default=0, help="Seed of the first image.")
@label_options(
    "Classes to generate in turn, such as 0,1,2 or 0-9, or their names, such as boot,bag.",
    "Attributes to generate, of a model that has them; all others are 0. Repeated: in turn.",
)
@click.option(
    "--truncation",
    type=FloatRange(0, 1),
    default=1.0,
    help="Truncation of the latents; images vary less below 1.",
)
@click.option(
    "--output",
    metavar="PATH",
    required=True,
    help="Picture file for a grid of the images, or folder for single ones.",
)
@checkpoint_option
def generate(run, count, output, **options):
    """Generate images.

    RUN is a run folder, or the folder of an export.
    """
    load_tensorflow()
    from ganzoo.inference.generation import is_file

    if is_file(output):
        ganzoo.generate(run, count, output=output, **options)
    else:
        ganzoo.generate_files(run, count, output, **options)
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.option("--seeds", type=SEEDS, help="Seeds of the waypoints, such as 3,17,29 (default: 0,1).")
@click.option("--latents", metavar="FILE", help="Waypoints in an .npy file, in place of --seeds.")
@label_options(
    "Class of each waypoint, or one for all.",
    "Attributes of a waypoint, once for each or once for all; others are 0.",
)
@click.option("--steps", type=POSITIVE, default=8, help="Steps from one waypoint to the next.")
@click.option(
    "--path",
    type=Choice(["auto", "spherical", "linear"]),
    default="auto",
    help="Path between two latents; auto is that of their prior.",
)
@click.option("--grid", is_flag=True, help="A square whose corners are four waypoints.")
@click.option(
    "--at", type=PLACE, metavar="X,Y",
    help="With --grid: one place of the square alone, 0 to 1 to the right and down.",
)  # fmt: skip
@click.option("--loop", is_flag=True, help="A walk that returns to its first waypoint.")
@click.option("--fps", type=FPS, default=10.0, help="Images per second of an animation.")
@click.option(
    "--output", metavar="FILE", required=True, help="Picture (strip.png) or animation (.gif, .mp4)."
)
@checkpoint_option
def interpolate(run, seeds, latents, **options):
    """Walk between seeds, classes or latents, image by image.

    RUN is a run folder, or the folder of an export.
    """
    if seeds is not None and latents is not None:
        raise click.UsageError("Waypoints are seeds or latents. Received: --seeds and --latents")
    load_tensorflow()
    images = ganzoo.interpolate(run, latents or seeds, **options)
    click.echo(f"Wrote {options['output']}: {len(images)} images")


@cli.command()
@click.argument("run")
@click.argument("expression")
@label_options(
    "Classes of the result, such as 0,1,2 or 0-9, or their names.",
    "Attributes of the result; others are 0. Repeated: in turn.",
)
@click.option("--neighbours", type=NATURAL, default=9, help="Number of images around the result.")
@click.option("--seed", type=NATURAL, default=0, help="Seed of the neighbours' noise.")
@click.option(
    "--save-latents", "latents_output", metavar="FILE", help="File (.npy) for the result's latents."
)
@click.option("--output", metavar="FILE", required=True, help="Picture file for the figure.")
@checkpoint_option
def arithmetic(run, expression, output, **options):
    """Add and subtract latents.

    RUN is a run folder, or the folder of an export. EXPRESSION is such as "mean(seeds 3,17,29) -
    mean(seeds 1,2) + seed 8". Its terms are: seed 3, seeds 3,17,20-29, latents FILE.npy, direction
    NAME, mean(...), brackets, and numbers before any of them.
    """
    load_tensorflow()
    ganzoo.arithmetic(run, expression, output=output, **options)
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--output", metavar="DIR", required=True, help="Folder for latents and images.")
@click.option("--steps", type=POSITIVE, default=500, help="Number of steps of gradient descent.")
@click.option(
    "--restarts", type=POSITIVE, default=4, help="Number of initialisations for each image."
)
@click.option("--extractor", metavar="FILE", help="Model (.keras) whose features count as well.")
@click.option(
    "--feature-weight", type=FloatRange(min=0), default=1.0, help="Weight of the features' loss."
)
@click.option(
    "--label", type=LABEL, help="Class of the images, a number or a name, for a model with labels."
)
@click.option(
    "--attributes", type=ATTRIBUTES, metavar="NAME=1,NAME=0",
    help="Attributes of the images, for a model that has them; others are 0.",
)  # fmt: skip
@click.option("--seed", type=NATURAL, default=0, help="First seed of the initialisations.")
@checkpoint_option
def project(run, images, output, label, attributes, **options):
    """Find the latents whose images are nearest to pictures.

    RUN is a run folder, or the folder of an export; each IMAGE is a picture of the model's size.
    """
    if label is not None and attributes is not None:
        raise click.UsageError(
            "The label is a class or attributes. Received: --label and --attributes"
        )
    options["label"] = label if attributes is None else attributes
    load_tensorflow()
    found = ganzoo.project(run, list(images), output=output, **options)
    for image, decibels in zip(images, found.psnr, strict=True):
        click.echo(f"{image}: {decibels:.1f} dB")
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--output", metavar="DIR", required=True, help="Folder for latents and images.")
@click.option(
    "--labels", type=LABELS, metavar="LIST",
    help="Classes of the results, such as 0,3-5 or names, for a model with labels [default: all].",
)  # fmt: skip
@checkpoint_option
def reconstruct(run, images, output, **options):
    """Encode pictures and decode them again.

    Of a model with labels as each of them: a face at other ages. RUN is a run folder, or the folder
    of an export, of a model with an encoder; each IMAGE is a picture of the model's size.
    """
    load_tensorflow()
    found = ganzoo.reconstruct(run, list(images), output=output, **options)
    for image, decibels in zip(images, found.psnr, strict=True):
        if decibels.ndim == 0:  # a face at another age is not to be the face
            click.echo(f"{image}: {decibels:.1f} dB")
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.option(
    "--output", metavar="FILE", help="Animation (.gif, .mp4) to write (default: RUN/timelapse.gif)."
)
@click.option("--title", metavar="NAME", help="Kind of grid, for a model that has several.")
@click.option("--fps", type=FPS, default=5.0, help="Grids per second.")
def timelapse(run, output, **options):
    """Animate the sample grids of a run."""
    load_tensorflow()
    click.echo(f"Wrote {ganzoo.timelapse(run, output, **options)}")


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--output", metavar="DIR", required=True, help="Folder for the translations.")
@click.option(
    "--direction",
    type=Choice(["ab", "ba"]),
    default="ab",
    help="Direction of translation; only cyclegan has ba.",
)
@click.option("--seed", type=NATURAL, default=0, help="Seed of the noise of pix2pix.")
@checkpoint_option
def translate(run, images, output, **options):
    """Translate pictures with a run of pix2pix or cyclegan.

    Each IMAGE is a picture or a folder of them; of a run on label maps, a picture of ids or of the
    run's colours.
    """
    load_tensorflow()
    written = ganzoo.translate(run, images, output, **options)
    click.echo(f"Wrote {len(written)} images to {output}")
