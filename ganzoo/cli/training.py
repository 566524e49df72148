"""Training: `train`, `resume` and `launch`, and what has been trained: `runs` and `compare`."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow
from ganzoo.cli.help import options_titled
from ganzoo.cli.options import (
    DISTRIBUTION,
    NATURAL,
    POSITIVE,
    PRECISION,
    IntRange,
    data_dir_option,
    given,
    settings_option,
)

of_data, of_model, of_schedule, of_evaluation, of_machine, of_run = map(
    options_titled, ("Data", "Model", "Schedule", "Evaluation", "Machine", "Run")
)


@cli.command()
@click.argument("model")
@of_data(
    "--dataset",
    metavar="NAME",
    help="Preset, dataset, folder or .npz file to train on (default: the embedded sample).",
)
@of_data("--image-size", type=POSITIVE, help="Side of the square images, in pixels.")
@data_dir_option(of_data)
@of_data(
    "--skip-bad-images",
    is_flag=True,
    default=None,
    help="Leave out files that cannot be read as images.",
)
@of_model("--init-from", metavar="RUN", help="Run whose weights training starts from.")
@of_model("--seed", type=NATURAL, help="Seed of the weights, the noise and the order of the data.")
@of_schedule("--epochs", type=POSITIVE, help="Number of passes over the data.")
@of_schedule("--steps", type=POSITIVE, help="Number of training steps, in place of --epochs.")
@of_schedule("--batch-size", type=POSITIVE, help="Number of images in a batch.")
@of_evaluation(
    "--evaluate-every",
    type=POSITIVE,
    help="Steps between two evaluations; the best checkpoint is kept.",
)
@of_machine("--precision", type=PRECISION, help="Type of the numbers that networks compute in.")
@of_machine(
    "--distribute",
    type=DISTRIBUTION,
    help="Devices to train on: auto, one, all GPUs of the machine, several processes, or a TPU.",
)
@of_machine(
    "--sync-batch-norm",
    is_flag=True,
    default=None,
    help="Batch statistics over the images of all devices.",
)
@of_run("--run-dir", metavar="DIR", help="Run folder to write (default: runs/MODEL-DATASET-N).")
@of_run("--resume", is_flag=True, help="Continue from the newest checkpoint.")
@of_run("--dry-run", is_flag=True, help="Print all settings, as resolved, and train nothing.")
@settings_option(of_run)
def train(model, run_dir, assignments, resume, dry_run, **options):
    """Train a model and write a run folder.

    MODEL is a model's name, a preset (dcgan/celeb_a_paper) or a settings file. Without --dataset
    the embedded sample is used, which needs no network.
    """
    load_tensorflow()
    config = ganzoo.load_config(**({"model": model} | given(options) | dict(assignments)))
    if dry_run:
        click.echo(config.to_yaml(), nl=False)
        return
    click.echo(f"Done: {ganzoo.train(config, run_dir=run_dir, resume=resume)}")


@cli.command()
@click.argument("run")
@click.option("--epochs", type=POSITIVE, help="Total number of passes over the data.")
@click.option("--steps", type=POSITIVE, help="Total number of steps, in place of --epochs.")
@click.option("--distribute", type=DISTRIBUTION, help="Devices, if they are others than before.")
@click.option("--dataset", metavar="NAME", help="Where the same data lies now, if it was moved.")
@click.option("--changed-data", is_flag=True, help="Go on although the data has changed since.")
@data_dir_option()
def resume(run, **options):
    """Continue the training of a run.

    It continues from the newest intact checkpoint of the run folder RUN; with --epochs or --steps
    it trains longer than was planned.
    """
    load_tensorflow()
    click.echo(f"Done: {ganzoo.resume(run, **given(options))}")


@cli.command()
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("--workers", type=POSITIVE, required=True, help="Number of processes.")
@click.option("--port", type=IntRange(1, 65_535), help="Port of the first (default: free ones).")
@click.option("--restarts", type=NATURAL, default=3, help="Number of restarts if one is killed.")
def launch(command, **options):
    """Train with several processes on this machine.

    COMMAND is `train ...` or `resume ...`: ganzoo launch --workers 2 -- train dcgan.
    """
    ganzoo.launch(command, **options)


@cli.command()
@click.argument("folder", metavar="[DIR]", default="runs")
def runs(folder):
    """List runs: state, step and last losses.

    DIR is a folder of runs; left out, it is `runs`.
    """
    load_tensorflow()
    for run in ganzoo.list_runs(folder):
        figures = "  ".join(f"{name} {value:.4g}" for name, value in run.figures.items())
        click.echo(f"{run.folder.name:32} {run.state:9} step {run.step:<9,} {figures}")
        remarks = [*run.verdicts, *([run.reason] if run.reason else [])]
        if run.state not in ("running", "finished"):
            remarks.append(f"goes on from step {run.resumes_at:,}: ganzoo resume {run.folder}")
        for remark in remarks:
            click.echo(f"{'':32} {remark}")


@cli.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
@click.option("--output", metavar="FILE.html", help="Page to write, with curves and grids as well.")
def compare(runs, output):
    """Compare settings, losses and metrics of runs side by side."""
    load_tensorflow()
    click.echo(ganzoo.compare(runs, output))
    if output is not None:
        click.echo(f"Wrote {output}")
