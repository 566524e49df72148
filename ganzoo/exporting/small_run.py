"""A run without what only training needs: a small folder that is a run still, with a card.

It has the settings, the weights of the networks that make images as one safetensors file, metrics,
the last sample grids, and `README.md`, the card.
"""

import shutil
from pathlib import Path

from ganzoo import __version__
from ganzoo.exporting.card import (
    metrics_in_words,
    terms_in_words,
    training_facts,
    weights_in_words,
)
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import Run
from ganzoo.runs.grids import last_grids
from ganzoo.runs.loading import load_run
from ganzoo.saving.network_weights import save_networks

CARD = "README.md"


def write_small_run(run: Run, folder: Path, dtype: str = "float16") -> Run:
    """Writes the small folder of a run, and returns the run that it is.

    Args:
        run: a trained run.
        folder: where to write it; a new folder.
        dtype: the type of number that weights are written in.

    Raises:
        InputError: if a weight is not finite in that type.
        ResourceError: if the run has no weights, or the folder cannot be written.
    """
    model = load_run(run.folder)
    small = Run(folder)
    folder.mkdir(parents=True)
    shutil.copyfile(run.config_path, small.config_path)
    save_networks(small.weights_path, image_networks(model), dtype)
    small.write_status(int(model.step.numpy()), "finished")
    small.write_class_names(run.class_names())
    for path in (run.metrics_path, run.log_path):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    for _, path in last_grids(run).values():
        small.samples.mkdir(exist_ok=True)
        shutil.copyfile(path, small.samples / path.name)
    return small


def image_networks(model: GANModel) -> list[tuple]:
    """Returns the networks that images are made with, each with its name in the model.

    Those are the moving averages of generators where there are any, and encoders.
    """
    averaged = {
        generator.name: sampler
        for generator, sampler in zip(model.generators, model.samplers, strict=True)
    }
    return [(each.name, averaged.get(each.name, each)) for each in model.generator_side]


def card(run: Run, name: str, command: str, evaluated_by: str, machine: str | None = None) -> str:
    """Returns the card of a small run, in Markdown.

    Args:
        run: the small run.
        name: what it is called.
        command: that trained it.
        evaluated_by: the command that its metrics are of.
        machine: what it was trained on; None: not known.
    """
    model, config = load_run(run.folder), run.config()
    info, trained_with = training_facts(model, run), config.environment
    grids = "\n".join(
        f"![{path.stem}](samples/{path.name})" for _, path in last_grids(run).values()
    )
    commit = trained_with.get("git_revision") or "not known"
    return f"""# {name}

{info["model"]}: {info["summary"]}

* Paper: {info["paper"]}
* Data: {info["dataset"]}
* Weights: {info["weights"]:,} of {", ".join(name for name, _ in image_networks(model))}, \
{weights_in_words(info)}
* Training: `{command}`, seed {config.values["seed"]}, {info["step"]:,} steps\
{f" on {machine}" if machine else ""}
* ganzoo {trained_with.get("keras-ganzoo") or __version__}, commit {commit}; \
TensorFlow {trained_with.get("tensorflow")}, Keras {trained_with.get("keras")}

{grids}

## Metrics

By `{evaluated_by}`:

{metrics_in_words(info)}

## Licences

* ganzoo, which made this: Apache-2.0.
* {terms_in_words(info)}
"""
