"""What a run was trained with: versions of packages, and of the code."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path


def environment():
    packages = ("keras-ganzoo", "tensorflow", "keras", "tensorflow-datasets", "numpy")
    versions = {}
    for package in packages:
        try:
            versions[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:  # run from a checkout, not installed
            versions[package] = None
    return {"python": platform.python_version(), **versions, "git_revision": git_revision()}


def git_revision():
    """The revision of the checkout that ganzoo is imported from, or None."""
    here = Path(__file__).parent
    try:
        command = ["git", "-C", str(here), "ls-files", "--error-unmatch", Path(__file__).name]
        subprocess.run(command, capture_output=True, check=True)
        command = ["git", "-C", str(here), "describe", "--always", "--dirty", "--abbrev=40"]
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None
