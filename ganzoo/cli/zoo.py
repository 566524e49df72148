"""What there is: models and presets."""

import click

import ganzoo
from ganzoo.cli.group import cli, load_tensorflow


@cli.command()
def models():
    """List the models: paper, batch format, presets, pretrained runs."""
    from ganzoo import registry

    load_tensorflow()
    for name in ganzoo.list_models():
        model_class = registry.model_class(name)
        summary = (model_class.__doc__ or "").strip().splitlines()[0]
        click.echo(f"{name:12} {model_class.batch_format:9} {summary}")
        click.echo(f"{'':12} presets: {', '.join(ganzoo.list_presets(name)) or '(none)'}")
        weights = [run for run in ganzoo.list_pretrained() if run.startswith(f"{name}/")]
        click.echo(f"{'':12} weights: {', '.join(weights) or '(none)'}")


@cli.command()
def presets():
    """List the presets."""
    for name in ganzoo.list_presets():
        click.echo(name)


@cli.command()
@click.argument("preset")
def show(preset):
    """Print a preset: paper, cost, result and every setting. Of a model without: its defaults."""
    from ganzoo.config.config import settings_text

    if "/" not in preset:  # a model, whose class has them
        load_tensorflow()
    click.echo(settings_text(preset), nl=False)
