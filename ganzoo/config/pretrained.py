"""Runs that are named and not made here: those that ship with ganzoo, and those on the Hub.

Of some presets the trained generators ship, each a run folder,
`ganzoo/runs/pretrained/MODEL/PRESET`; tests/benchmarks/pretrained.py makes them. Whatever takes a
run takes `"dcgan/sample"`, and `"hf://USER/NAME"`, too.
"""

import os
from pathlib import Path

from ganzoo.config.presets import list_presets
from ganzoo.errors import InputError, ResourceError
from ganzoo.saving import hub
from ganzoo.saving.files import path_of

PRETRAINED = Path(__file__).parents[1] / "runs" / "pretrained"


def list_pretrained() -> list[str]:
    """Returns the names of the presets that weights ship of, such as `"dcgan/sample"`, sorted."""
    return sorted(
        config.parent.relative_to(PRETRAINED).as_posix()
        for config in PRETRAINED.glob("*/*/config.yaml")
    )


def folder_of(run: str | os.PathLike) -> Path:
    """Returns the folder of a run: the path itself or, where nothing is there, a pretrained run's.

    Args:
        run: a path, the name of a preset that weights ship of, or a run on the Hub, which is
            fetched.

    Raises:
        ResourceError: if there is nothing, and it is the name of a preset without weights; or if a
            run cannot be fetched.
    """
    if hub.is_on_hub(run):
        return hub.fetched(os.fspath(run))
    return shipped_folder(os.fspath(run)) if is_named(run) else path_of(run)


def is_named(run: str | os.PathLike) -> bool:
    """Whether a run is on the Hub, or is named by a preset and no folder that is there."""
    return hub.is_on_hub(run) or (os.fspath(run) in list_presets() and not path_of(run).exists())


def shipped_folder(preset: str) -> Path:
    """Returns the folder of the run that ships of a preset.

    Raises:
        ResourceError: if none does.
    """
    if preset not in list_pretrained():
        raise ResourceError(
            f"No weights ship of this preset, only of {', '.join(list_pretrained())}; "
            f"`ganzoo train {preset}` makes some. Received: {preset!r}"
        )
    return PRETRAINED / preset


def name_of(folder: Path) -> str | None:
    """Returns the name of the pretrained run in a folder; None of any other folder."""
    folder = folder.absolute()
    if (address := hub.address_of(folder)) is not None:
        return address
    folder = folder.resolve()
    is_inside = folder.is_relative_to(PRETRAINED.resolve())
    return folder.relative_to(PRETRAINED.resolve()).as_posix() if is_inside else None


def check_writable(folder: Path) -> None:
    """Raises an InputError if the folder is of a pretrained run, which nothing is written into."""
    if (name := name_of(folder)) is not None:
        raise InputError(
            "A pretrained run is not written to: copy its folder, "
            f"{str(folder)!r}, and name the copy, or train with init_from={name!r}. "
            f"Received: {name!r}"
        )
