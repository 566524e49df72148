"""The command line: each command parses its options, calls one function, and prints.

Only click is imported here; a command imports what it needs, so that `--help` is quick.
"""

import contextlib
import json
import logging
import os
import sys
from pathlib import Path

import click

from ganzoo import __version__
from ganzoo.errors import DivergenceError, InputError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="ganzoo")
def cli():
    """A model zoo of generative adversarial networks for Keras 3 and TensorFlow."""


_checkpoint = click.option(
    "--checkpoint",
    default="newest",
    show_default=True,
    metavar="newest|best",
    help="Which weights.",
)


@cli.command()
def models():
    """List the models: paper, batch format, presets."""
    from ganzoo import registry
    from ganzoo.config.presets import list_presets

    with _quiet_loading():
        import ganzoo.models  # noqa: F401
    for name in registry.list_models():
        model_class = registry.model_class(name)
        summary = (model_class.__doc__ or "").strip().splitlines()[0]
        click.echo(f"{name:12} {model_class.batch_format:9} {summary}")
        click.echo(f"{'':12} presets: {', '.join(list_presets(name)) or '(none)'}")


@cli.command()
def presets():
    """List the presets."""
    from ganzoo.config.presets import list_presets

    for name in list_presets():
        click.echo(name)


@cli.command()
@click.argument("preset")
def show(preset):
    """Print a preset: paper, cost, expected result and every setting."""
    from ganzoo.config.presets import preset_text

    click.echo(preset_text(preset), nl=False)


@cli.command()
@click.argument("model")
@click.option("--dataset", metavar="NAME", help="A preset, a dataset, a folder or .npz file.")
@click.option("--run-dir", metavar="DIR", help="Run folder (default: runs/MODEL-DATASET-N).")
@click.option("--epochs", type=int, help="Passes over the data.")
@click.option("--steps", type=int, help="Training steps in all, in place of epochs.")
@click.option("--batch-size", type=int, help="Images in a step.")
@click.option("--image-size", type=int, help="Side of the images.")
@click.option("--seed", type=int, help="What all randomness is drawn from.")
@click.option("--evaluate-every", type=int, help="Steps between evaluations; keeps the best.")
@click.option("--init-from", metavar="RUN", help="Begin with the weights of another run.")
@click.option("--precision", metavar="NAME", help="float32, bfloat16 or float16.")
@click.option(
    "--distribute", metavar="NAME", help="auto, none, mirrored (all GPUs), multi-worker or tpu."
)
@click.option(
    "--sync-batch-norm", is_flag=True, default=None, help="Batch statistics of all devices' images."
)
@click.option("--data-dir", metavar="DIR", help="TensorFlow Datasets' folder.")
@click.option(
    "--skip-bad-images", is_flag=True, default=None, help="Leave out files that cannot be read."
)
@click.option("--set", "assignments", metavar="KEY=VALUE", multiple=True, help="Any other setting.")
@click.option("--resume", is_flag=True, help="Go on from the newest checkpoint.")
def train(model, run_dir, assignments, resume, **options):
    """Train MODEL: a model's name, a preset (dcgan/celeb_a_paper) or a settings file.

    Without --dataset, on the embedded sample, which needs no network.
    """
    from ganzoo import config

    settings = {name: value for name, value in options.items() if value is not None}
    settings |= dict(config.parse_setting(text) for text in assignments)
    with _quiet_loading():
        checked = config.load_config(**({"model": model} | settings))
        from ganzoo.training import train

    folder = train.train(checked, run_dir=run_dir, resume=resume)
    click.echo(f"Done: {folder}")


@cli.command()
@click.argument("run")
@click.option("--epochs", type=int, help="Passes over the data in all, to train longer.")
@click.option("--steps", type=int, help="Training steps in all, in place of epochs.")
@click.option("--distribute", metavar="NAME", help="As for train, where it is another now.")
@click.option("--data-dir", metavar="DIR", help="TensorFlow Datasets' folder.")
def resume(run, **options):
    """Go on with the training of a run folder from its newest whole checkpoint."""
    settings = {name: value for name, value in options.items() if value is not None}
    with _quiet_loading():
        from ganzoo.training import train

    click.echo(f"Done: {train.resume(run, **settings)}")


@cli.command()
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--workers", type=int, required=True, help="How many processes.")
@click.option("--port", type=int, help="Of the first (default: free ones).")
@click.option("--restarts", default=3, show_default=True, help="At most, where one is killed.")
def launch(command, **options):
    """Train with several processes on this machine: launch --workers 2 -- train dcgan."""
    from ganzoo.training.distributed import launching

    launching.launch(command, **options)


@cli.command()
@click.argument("folder", metavar="[DIR]", default="runs")
def runs(folder):
    """List the runs in DIR (default: runs): what became of each, and its last figures."""
    with _quiet_loading():
        from ganzoo.runs.summaries import list_runs

    for run in list_runs(folder):
        figures = "  ".join(f"{name} {value:.4g}" for name, value in run.figures.items())
        click.echo(f"{run.folder.name:32} {run.state:9} step {run.step:<9,} {figures}")
        for remark in (*run.verdicts, *([run.reason] if run.reason else [])):
            click.echo(f"{'':32} {remark}")


@cli.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--output", metavar="FILE.html", help="A page with curves and grids as well.")
def compare(runs, output):
    """Print what differs between runs: settings, losses and metrics side by side."""
    with _quiet_loading():
        from ganzoo.comparing import compare

    click.echo(compare.compare(runs, output))
    if output is not None:
        click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.option("-n", "--count", default=64, show_default=True, help="Number of images.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first image.")
@click.option("--labels", metavar="LIST", help="Classes to make in turn: 0,1,2 or 0-9.")
@click.option("--truncation", default=1.0, show_default=True, help="0 to 1; less varies less.")
@click.option("--output", metavar="PATH", required=True, help="grid.png, or a folder.")
@_checkpoint
def generate(run, count, seed, labels, truncation, output, checkpoint):
    """Sample images from a run folder, or from an export of one."""
    with _quiet_loading():
        from ganzoo.inference import generation, number_lists

    if labels is not None:
        labels = number_lists.parse_labels(labels)
    generation.generate(
        run, count, seed=seed, labels=labels, truncation=truncation, output=output,
        checkpoint=checkpoint,
    )  # fmt: skip
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.argument("expression")
@click.option("--labels", metavar="LIST", help="Classes of the result: 0,1,2 or 0-9.")
@click.option("--neighbours", default=9, show_default=True, help="Images around the result.")
@click.option("--seed", default=0, show_default=True, help="Of the neighbours' noise.")
@click.option("--save-latents", metavar="FILE", help="An .npy file for the result's latents.")
@click.option("--output", metavar="FILE", required=True, help="The figure, such as figure.png.")
def arithmetic(run, expression, labels, save_latents, **options):
    """Add and subtract latents of a run or an export.

    Such as "mean(seeds 3,17,29) - mean(seeds 1,2) + seed 8".

    Terms: seed 3, seeds 3,17,20-29, latents FILE.npy, direction NAME, mean(...), brackets, and
    numbers before any of them.
    """
    with _quiet_loading():
        from ganzoo.inference import arithmetic, number_lists

    if labels is not None:
        labels = number_lists.parse_labels(labels)
    arithmetic.arithmetic(run, expression, labels=labels, latents_output=save_latents, **options)
    click.echo(f"Wrote {options['output']}")


@cli.group()
def directions():
    """Find and list directions in a run's latents, for `ganzoo arithmetic`."""


@directions.command("find")
@click.argument("run")
@click.argument("name")
@click.option("--attribute", metavar="NAME", help="Of the run's dataset, such as Smiling or 7.")
@click.option("--classifier", metavar="FILE", help="A .keras file, images to logits.")
@click.option("--scores", metavar="FILE", help="An .npy file: a number for each seed's image.")
@click.option("--method", default="logistic", show_default=True, help="Or means.")
@click.option("--samples", default=2000, show_default=True, help="Images to classify.")
@click.option("--threshold", default=0.0, show_default=True, help="Scores above it are positive.")
@click.option("--of-class", type=int, help="Of a classifier of several classes, the positive one.")
@click.option("--labels", metavar="LIST", help="Classes to sample, of a model with labels.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first image.")
def find(run, name, attribute, classifier, scores, labels, **options):
    """Find what to add to latents for more of something, and save it as NAME.

    What is more is said by one of --attribute (a small classifier is trained on the run's data),
    --classifier and --scores.
    """
    given = [one for one in (attribute, classifier, scores) if one is not None]
    if len(given) != 1:
        raise InputError(
            "Give one of --attribute, --classifier and --scores. "
            f"Received: {', '.join(given) or 'none'}"
        )
    with _quiet_loading():
        from ganzoo.inference import attribute_classifiers, directions, number_lists

    if labels is not None:
        labels = number_lists.parse_labels(labels)
    if attribute is not None:
        directions.check_name(name)
        scores, accuracy = attribute_classifiers.train_classifier(run, attribute)
        click.echo(f"A classifier of {attribute}: accuracy {accuracy:.3f} on what was held out")
    scores = classifier if classifier is not None else scores
    found = directions.find_direction(run, name, scores, labels=labels, source=given[0], **options)
    click.echo(_described(found))


@directions.command("list")
@click.argument("run")
def list_directions(run):
    """List the directions that were found for RUN."""
    from ganzoo.inference import saved_directions

    for direction in saved_directions.list_directions(run):
        click.echo(_described(direction))


def _described(direction):
    return (
        f"{direction.name:16} {direction.method:9} {direction.positives:.3f} of "
        f"{direction.samples:,} positive, {direction.accuracy:.3f} on the right side "
        f"({direction.source})"
    )


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--output", metavar="DIR", required=True, help="Folder for latents and images.")
@click.option("--steps", default=500, show_default=True, help="Of gradient descent.")
@click.option("--restarts", default=4, show_default=True, help="Beginnings for each image.")
@click.option("--extractor", metavar="FILE", help="A .keras file whose features count as well.")
@click.option("--feature-weight", default=1.0, show_default=True, help="Of the features' part.")
@click.option("--label", type=int, help="The images' class, of a model with labels.")
@click.option("--seed", default=0, show_default=True, help="The first seed to begin from.")
def project(run, images, output, **options):
    """Find the latents, of a run or an export, whose images are nearest to given pictures."""
    with _quiet_loading():
        from ganzoo.inference import projection

    found = projection.project(run, list(images), output=output, **options)
    for image, decibels in zip(images, found.psnr, strict=True):
        click.echo(f"{image}: {decibels:.1f} dB")
    click.echo(f"Wrote {output}")


@cli.command()
@click.argument("run")
@click.option("--seeds", metavar="LIST", help="Waypoints, such as 3,17,29 (default: 0).")
@click.option("--latents", metavar="FILE", help="Waypoints in an .npy file, in place of seeds.")
@click.option("--labels", metavar="LIST", help="The class of each waypoint, or one for all.")
@click.option("--steps", default=8, show_default=True, help="From one waypoint to the next.")
@click.option("--path", default="auto", show_default=True, help="spherical, or linear.")
@click.option("--grid", is_flag=True, help="Four waypoints are the corners of a square.")
@click.option("--loop", is_flag=True, help="Back to the first waypoint in the end.")
@click.option("--fps", default=10.0, show_default=True, help="Images a second of a .gif or .mp4.")
@click.option("--output", metavar="FILE", required=True, help="strip.png, walk.gif or walk.mp4.")
def interpolate(run, seeds, latents, labels, **options):
    """Walk from image to image of a run or an export: between seeds, classes or latents."""
    with _quiet_loading():
        from ganzoo.inference import interpolation, number_lists

    if seeds is not None and latents is not None:
        raise InputError("Waypoints are seeds or latents. Received: --seeds and --latents")
    waypoints = latents or number_lists.parse_seeds("0" if seeds is None else seeds)
    if labels is not None:
        labels = number_lists.parse_labels(labels)
    images = interpolation.interpolate(run, waypoints, labels=labels, **options)
    click.echo(f"Wrote {options['output']}: {len(images)} images")


@cli.command()
@click.argument("run")
@click.option("--output", metavar="FILE", help=".gif or .mp4 (default: RUN/timelapse.gif).")
@click.option("--title", metavar="NAME", help="Which grids, where a model makes several kinds.")
@click.option("--fps", default=5.0, show_default=True, help="Grids a second.")
def timelapse(run, output, title, fps):
    """Make an animation of a run's sample grids."""
    with _quiet_loading():
        from ganzoo.runs import timelapses

    click.echo(f"Wrote {timelapses.timelapse(run, output, title=title, fps=fps)}")


@cli.command()
@click.argument("run")
@click.argument("images", nargs=-1, required=True, metavar="IMAGE...")
@click.option("--output", metavar="DIR", required=True, help="Folder for the translations.")
@click.option("--direction", default="ab", show_default=True, help="ab, or ba for CycleGAN.")
@click.option("--seed", default=0, show_default=True, help="Of Pix2Pix's noise.")
@_checkpoint
def translate(run, images, output, direction, seed, checkpoint):
    """Translate pictures, or folders of them, with a run of pix2pix or cyclegan."""
    with _quiet_loading():
        from ganzoo.inference import translation

    written = translation.translate(
        run, images, output, direction=direction, seed=seed, checkpoint=checkpoint
    )
    click.echo(f"Wrote {len(written)} images to {output}")


@cli.command()
@click.argument("run")
@click.option("--metrics", metavar="LIST", help="Such as fid,kid (default: the model's usual).")
@click.option("--num-images", default=10_000, show_default=True, help="Images to make.")
@click.option("--extractor", default="inception", show_default=True, help="Network for features.")
@click.option("--resize", default="antialiased", show_default=True, help="Or legacy.")
@click.option("--weights", metavar="FILE", help="Of the extractor, if not the published ones.")
@click.option("--seed", default=0, show_default=True, help="Seed of the first image.")
@_checkpoint
def evaluate(run, metrics, **options):
    """Measure a run's images: FID, KID and others, into its metrics.json and TensorBoard."""
    with _quiet_loading():
        from ganzoo.evaluation import evaluate

    names = metrics and [name.strip() for name in metrics.split(",")]
    for result in evaluate.evaluate(run, names, **options):
        figures = "  ".join(f"{name} {value:.5g}" for name, value in result.values.items())
        protocol = ", ".join(f"{name} {value}" for name, value in result.protocol.items())
        click.echo(f"{result.metric:16} {figures}\n{'':16} {protocol}")


@cli.command()
@click.argument("run")
@click.argument("path")
@click.option("--name", metavar="NAME", help="What a server calls it (default: the run's name).")
@click.option("--version", type=int, help="Its number (default: one more than the last).")
@click.option("--format", default="savedmodel", show_default=True, help="savedmodel or onnx.")
@click.option("--precision", metavar="NAME", help="float32, bfloat16 or float16.")
@click.option("--jit", is_flag=True, help="Let XLA compile the networks of a SavedModel.")
@_checkpoint
def export(run, path, **options):
    """Export what samples, of a run, to PATH/NAME/VERSION/, for a server to load.

    With it go warm-up requests, batching parameters, a model card, and export.json, the proof that
    each signature answers as the model does.
    """
    with _quiet_loading():
        from ganzoo.exporting import export

    click.echo(f"Wrote {export.export(run, path, **options)}")


@cli.command()
@click.argument("model", metavar="MODEL|all")
@click.option("--precision", metavar="NAME", help="float32, bfloat16 or float16.")
@click.option("--against", metavar="PEER", help="tutorial, or float32: another way in turn.")
@click.option("--optimizer", default="paper", show_default=True, help="Of the step; or adam.")
@click.option("--batch-size", type=int, help="Images in a step.")
@click.option("--image-size", type=int, help="Side of the images.")
@click.option("--rounds", default=15, show_default=True, help="How often each step is timed.")
@click.option("--step-only", is_flag=True, help="No whole run, start-up and export.")
@click.option("--set", "assignments", metavar="KEY=VALUE", multiple=True, help="Any other setting.")
@click.option("--json", "json_file", metavar="FILE", help="Write the figures there as well.")
def benchmark(model, step_only, assignments, json_file, **options):
    """Measure how fast MODEL trains here: a model's name, a preset, a settings file, or all.

    A model's name stands for its paper's sizes in the step, and for the embedded sample in the
    whole run. Times are medians; ways that are compared take turns.
    """
    from ganzoo import config

    options = {name: value for name, value in options.items() if value is not None}
    options |= dict(config.parse_setting(text) for text in assignments)
    if json_file is not None and not Path(json_file).absolute().parent.is_dir():
        raise InputError(f"There is no folder to write the file in. Received: {json_file!r}")
    if step_only:
        options["windows"] = 0
    with _quiet_loading():
        from ganzoo import benchmarking

    found = []
    if model == "all":
        benchmarks = benchmarking.benchmark_all(**options)
    else:
        benchmarks = [benchmarking.benchmark(model, **options)]
    for one in benchmarks:
        click.echo(one)
        found.append(one.figures)
    if json_file is not None:
        Path(json_file).write_text(json.dumps(found, indent=2) + "\n")


@cli.group()
def demo():
    """Small games to look at."""


@demo.command()
@click.option("--modes", default=8, show_default=True, help="Gaussians of the mixture, 1 to 20.")
@click.option("--dimensions", default=2, show_default=True, help="2, a ring, or 1, a row.")
@click.option("--steps", default=4000, show_default=True, help="Training steps.")
@click.option(
    "--discriminator-steps", metavar="K", default=1, show_default=True, help="In each of them."
)
@click.option("--seed", default=0, show_default=True, help="What all randomness is drawn from.")
@click.option("--fps", default=10.0, show_default=True, help="Frames a second.")
@click.option("--output", metavar="FILE", required=True, help=".gif or .mp4.")
def gaussian(modes, output, **options):
    """Train a small GAN on a mixture of Gaussians, draw it, and count the modes it finds."""
    with _quiet_loading():
        from ganzoo import demo

    coverage = demo.gaussian(output, modes=modes, **options)
    click.echo(
        f"Wrote {output}: {coverage.modes_found} of {modes} modes found, "
        f"{coverage.good_share:.0%} of samples within 3 sigma of one"
    )


@cli.group()
def data():
    """List, prepare and check datasets."""


@data.command("list")
@click.option("--data-dir", metavar="DIR", help="TensorFlow Datasets' folder.")
def list_(data_dir):
    """List the datasets that there are presets for, and which of them are here."""
    from ganzoo.catalog import list_datasets

    row = "{:32}{:>10}  {:>9}  {:5}{:36}{}".format
    click.echo(row("NAME", "EXAMPLES", "DOWNLOAD", "HERE", "BATCH FORMATS", "TERMS"))
    for entry in list_datasets(data_dir):
        size = entry.download_bytes
        download = "?" if size is None else f"{size / 1e6:,.0f} MB" if size else "-"
        here = "yes" if entry.is_prepared else "no"
        formats = ", ".join(entry.batch_formats)
        click.echo(row(entry.name, f"{entry.examples:,}", download, here, formats, entry.terms))


@data.command()
@click.argument("name")
@click.option("--from", "source_dir", metavar="DIR", required=True, help="Where the archives are.")
@click.option("--data-dir", metavar="DIR", help="TensorFlow Datasets' folder.")
def prepare(name, source_dir, data_dir):
    """Prepare a dataset from archives that were fetched by hand.

    NAME is a dataset's, such as celeb_a or pix2pix/facades. The checksums of its archives are
    verified.
    """
    with _quiet_loading():
        from ganzoo.data.tfds.preparing import prepare_dataset

    splits = prepare_dataset(name, source_dir, data_dir=data_dir)
    counts = ", ".join(f"{split} {count:,}" for split, count in splits.items())
    click.echo(f"Prepared {name}: {counts}")


@data.command()
@click.argument("source")
@click.option("--model", metavar="NAME", required=True, help="A model, preset or settings file.")
@click.option("--image-size", type=int, help="Side of the images.")
@click.option("--data-dir", metavar="DIR", help="TensorFlow Datasets' folder.")
@click.option("--set", "assignments", metavar="KEY=VALUE", multiple=True, help="Any other setting.")
@click.option("--contact-sheet", metavar="FILE", help="A picture of 64 images to write.")
@click.option("--timing/--no-timing", default=True, help="Time some steps of training.")
def check(source, model, assignments, contact_sheet, timing, **options):
    """Look at every image of SOURCE, a dataset's name, a folder or an .npz file, before training.

    Exit code 1 if training with these settings would fail.
    """
    from ganzoo import config

    settings = {name: value for name, value in options.items() if value is not None}
    settings |= dict(config.parse_setting(text) for text in assignments)
    with _quiet_loading():
        from ganzoo.checking import check

    report = check.check_dataset(
        source, model, contact_sheet=contact_sheet, timed=timing, **settings
    )
    click.echo(report)
    sys.exit(bool(report.problems))


def main(arguments=None):
    """Runs a command; what ganzoo and click find wrong is one line, anything else a traceback."""
    logging.basicConfig(format="%(message)s", stream=sys.stderr, level=logging.WARNING)
    logging.getLogger("ganzoo").setLevel(logging.INFO)
    logging.getLogger("absl").setLevel(logging.ERROR)  # TFDS warns of what our errors then say
    try:
        cli.main(arguments, prog_name="ganzoo", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(error.exit_code)
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except InputError as error:
        _fail(error, 2)
    except DivergenceError as error:
        _fail(error, 1)
    except OSError as error:  # a ResourceError, or a disk that is full in the middle of a run
        _fail(error, 1)
    except click.Abort:
        _fail("Interrupted", 130)


@contextlib.contextmanager
def _quiet_loading():
    """Keeps off the screen what TensorFlow's libraries write while they load.

    They name instruction sets that they use and devices that they did not find, before any setting
    of theirs can stop them. Setting TF_CPP_MIN_LOG_LEVEL shows it all again.
    """
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ:
        yield
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
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


def _fail(message, exit_code):
    click.echo(f"Error: {message}", err=True)
    sys.exit(exit_code)
