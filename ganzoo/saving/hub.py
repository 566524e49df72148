"""Run folders on the Hugging Face Hub, by its own client: `hf://USER/NAME`.

Only files of a run are fetched, none of them a pickle. Where the client keeps them, and that it
keeps offline, are its own settings (`HF_HOME`, `HF_HUB_OFFLINE`).
"""

import os
import re
from pathlib import Path

from ganzoo.errors import InputError, ResourceError

PREFIX = "hf://"
FILES = ["config.yaml", "weights.safetensors", "*.json", "log.csv", "README.md", "samples/*.png"]


def is_on_hub(run: str | os.PathLike) -> bool:
    """Whether a run is named as one on the Hub."""
    return os.fspath(run).startswith(PREFIX)


def fetched(address: str) -> Path:
    """Returns the folder of a run that is fetched from the Hub, or is here already.

    Args:
        address: `hf://USER/NAME`, with `@REVISION` for another one than the newest.

    Raises:
        InputError: if the address is not one.
        ResourceError: if the client is not installed, or the run cannot be had.
    """
    name, revision = _parts(address)
    hub = _client()
    try:
        folder = hub.snapshot_download(name, revision=revision, allow_patterns=FILES)
    except (hub.errors.HfHubHTTPError, OSError, ValueError) as error:
        raise _failure("fetched", address, error) from error
    return Path(folder)


def address_of(folder: Path) -> str | None:
    """Returns the address of a run that lies where the client keeps what it fetched, or None."""
    home = folder.parent.parent.name
    if folder.parent.name != "snapshots" or not home.startswith("models--"):
        return None
    return PREFIX + "/".join(home.split("--")[1:])


def upload(folder: Path, address: str, private: bool, message: str) -> str:
    """Uploads the files of a folder, in one commit, and returns the address of its page.

    Args:
        folder: of a run.
        address: `hf://USER/NAME`; the repository is made where there is none.
        private: whether a repository that is made is private.
        message: of the commit.

    Raises:
        InputError: if the address is not one.
        ResourceError: if the client is not installed, or it cannot be uploaded.
    """
    name, revision = _parts(address)
    hub = _client()
    try:
        api = hub.HfApi()
        page = api.create_repo(name, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=name, folder_path=folder, allow_patterns=FILES, revision=revision,
            commit_message=message,
        )  # fmt: skip
    except (hub.errors.HfHubHTTPError, OSError, ValueError) as error:
        raise _failure("uploaded", address, error) from error
    return str(page)


def _parts(address):
    match = re.fullmatch(r"hf://([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", address)
    if match is None:
        raise InputError(
            f"A run on the Hub is written hf://USER/NAME, or hf://USER/NAME@REVISION. "
            f"Received: {address!r}"
        )
    return match.groups()


def _client():
    try:
        import huggingface_hub
        import huggingface_hub.errors
    except ImportError as error:
        raise ResourceError(
            'Runs on the Hub need its client: pip install "keras-ganzoo[hub]"'
        ) from error
    return huggingface_hub


def _failure(done, address, error):
    reason = " ".join(str(error).split())[:300]
    return ResourceError(
        f"The run cannot be {done}: {type(error).__name__}: {reason}. Received: {address!r}"
    )
