"""What a run is trained with: versions of packages and of the code, oneDNN, devices."""

import importlib.metadata
import platform
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ganzoo import registry
from ganzoo.runs import onednn


def environment(replicas: int) -> dict[str, str | int | bool | None]:
    """Returns what a run is trained with, by name, as its `config.yaml` records it.

    Args:
        replicas: how many devices train it.
    """
    packages = ("keras-ganzoo", "tensorflow", "keras", "tensorflow-datasets", "numpy")
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:  # run from a checkout, not installed
            versions[package] = None
    versions["git_revision"] = git_revision()
    python = platform.python_version()
    return {"python": python, **versions, "onednn": onednn.is_enabled(), "replicas": replicas}


def home_of(model: str) -> str:
    """Returns what registers a model when it is imported, a module, or the script that ran.

    `config.yaml` records it, for where it is not imported: such a run says what is missing.

    Args:
        model: its name.
    """
    module = registry.import_path(model).partition(":")[0]
    script = getattr(sys.modules["__main__"], "__file__", None)
    return Path(script).name if module == "__main__" and script else module


def changes(recorded: Mapping, replicas: int) -> list[str]:
    """Returns `"name: then -> now"` for what may make a resumed run another one, bit for bit.

    Args:
        recorded: what `environment` returned when the run was trained before.
        replicas: how many devices train it now.
    """
    if recorded and "onednn" not in recorded:  # of a version that left it to TensorFlow
        recorded = {**recorded, "onednn": onednn.is_default()}
    return [
        f"{name}: {recorded[name]} -> {now}"
        for name, now in environment(replicas).items()
        if name != "git_revision" and name in recorded and recorded[name] != now
    ]


def git_revision() -> str | None:
    """Returns the revision of the checkout that ganzoo is imported from, or None."""
    here = Path(__file__).parent
    try:
        command = ["git", "-C", str(here), "ls-files", "--error-unmatch", Path(__file__).name]
        subprocess.run(command, capture_output=True, check=True)
        command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=40"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
