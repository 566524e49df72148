"""Published and users' own PyTorch weights become the folder of a run."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from ganzoo.config.config import Config, load_config
from ganzoo.data.sources.opening import NO_DATASET
from ganzoo.errors import InputError
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import RUNS, Run
from ganzoo.runs.loading import create_from_config
from ganzoo.saving.files import folder_written_atomically, path_of, write_json
from ganzoo.weights.finding import ImportedFile, find_networks
from ganzoo.weights.layouts import NoFit
from ganzoo.weights.verifying import verify

logger = logging.getLogger(__name__)


def import_weights(
    files: str | os.PathLike | Sequence[str | os.PathLike] | Mapping[str, str | os.PathLike],
    model: str,
    *,
    run_dir: str | os.PathLike | None = None,
    name: str | None = None,
    dataset: str | None = None,
    verify_with: str | os.PathLike | None = None,
    arrays: tuple[str, str] = ("inputs", "outputs"),
    **settings,
) -> Path:
    """Makes a run of the weights that official PyTorch code has saved, and returns its folder.

    Nothing in a file is run, and PyTorch is not needed. Sizes follow from shapes. Every
    tensor is used once, or is one of those of which no weight is made (`imported.json` in the run
    lists them), or the file is refused. A network that no file is given for is not usable:
    `translate` refuses its direction, training the run.

    Args:
        files: paths of `.pth` or `.safetensors` files of one model; which network each holds
            follows from its layout, and for CycleGAN from `G_A`, `G_B`, `D_A` or `D_B` in its name.
            Or a mapping from the names of networks, such as `"generator_ab"`, to paths.
        model: `"cyclegan"`, `"pix2pix"` or `"dcgan"`.
        run_dir: the run folder; left out, `runs/NAME-imported-N` with the next free N.
        name: of the run; left out, the first file's.
        dataset: what the run's `evaluate` and `train` use, as in `load_config`.
        verify_with, arrays: a file with inputs and outputs of the original, and their names in it,
            as `verify` takes them; if they differ, there is no run.
        **settings: of the model, as in `load_config`, where shapes do not state them.

    Raises:
        InputError: if a file has no layout of the model, settings say otherwise than shapes do, two
            files hold one network, or outputs are not the original's.
        ResourceError: if a file cannot be read or the folder be written.
    """
    found = find_networks(files, model)
    config = _config(found, model, dataset, settings)
    made = create_from_config(config)
    for file in found:
        try:
            file.weights.give(getattr(made, file.network))
        except NoFit as error:
            raise InputError(
                f"The weights do not fit the model's {file.network}: {error}. "
                f"Received: {str(file.path)!r}"
            ) from error
    for average, network in zip(made.generator_averages, made.generators, strict=False):
        average.set_weights(network.get_weights())
    if verify_with is not None:
        difference = verify(made, verify_with, arrays)
        logger.info("Outputs differ from the original's by %.2g at most", difference)
    run = _run(run_dir, name or _stem(found[0].path))
    _write(run, config, made, found)
    return run.folder


def _config(found, model, dataset, settings) -> Config:
    """Returns the settings of the run: what shapes state, then what the user says."""
    stated = _stated(found)
    data = dataset or NO_DATASET
    asked = load_config(model, data, **settings).values
    *size, channels = asked["image_shape"]
    channels, side = stated.pop("channels", channels), stated.pop("side", None)
    if side is not None:
        if {"image_size", "image_shape"} & settings.keys() and size != [side, side]:
            raise InputError(f"The weights make images of {side}x{side} pixels. Received: {size}")
        size = [side, side]
    shape = (*size, channels)
    for name in stated.keys() & settings.keys() - {"dropout_levels"}:  # which no shape states
        if asked[name] != stated[name]:
            raise InputError(
                f"The shapes of the weights say {name}={stated[name]}. Received: {settings[name]}"
            )
    settings = {k: v for k, v in settings.items() if k != "image_size"}
    return load_config(model, data, **{**stated, **settings, "image_shape": shape})


def _stated(found) -> dict:
    """Returns what the shapes of all weights together state of the model's settings."""
    stated = {}
    for file in found:
        for name, value in file.weights.settings.items():
            if stated.setdefault(name, value) != value:
                raise InputError(
                    f"Files of one model must agree on {name}, {stated[name]} in one. "
                    f"Received: {value} in {str(file.path)!r}"
                )
    stacked = stated.pop("all_channels", None)
    if stacked is not None and "input_channels" in stated:
        channels = stated["input_channels"] + stated["channels"]
        if stacked != channels:
            raise InputError(
                f"The discriminator must take the {channels} channels of inputs and outputs "
                f"together. Received: {stacked}"
            )
    return stated


def _run(run_dir, name) -> Run:
    if run_dir is not None:
        return Run(path_of(run_dir))
    number = 1
    while (RUNS / f"{name}-imported-{number}").exists():
        number += 1
    return Run(RUNS / f"{name}-imported-{number}")


def _stem(path):
    """Returns a name for what a file holds: its own, or its folder's where that says nothing."""
    return path.parent.resolve().name if path.stem.startswith("latest_net") else path.stem


def _write(run: Run, config: Config, model: GANModel, found: Sequence[ImportedFile]) -> None:
    """Writes the run's folder, complete or not at all."""
    with folder_written_atomically(run.folder) as temporary:
        temporary.mkdir(parents=True)
        made = Run(temporary)
        made.write_config(config)
        write_json(made.imported_path, [file.to_json() for file in found], indent=2)
        model.save(made.model_path)
        made.write_status(0, "finished")
