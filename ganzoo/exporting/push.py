"""`push`: a run's weights, metrics and card go to the Hugging Face Hub."""

import os
import tempfile
from pathlib import Path

from ganzoo.errors import InputError
from ganzoo.exporting.small_run import CARD, card, write_small_run
from ganzoo.runs.folder import open_run
from ganzoo.saving import hub


def push(run: str | os.PathLike, address: str, *, private: bool = False) -> str:
    """Uploads a run to the Hugging Face Hub, from where `load_run` and every command take it.

    What is uploaded is small: the settings, the weights of the networks that make images (float32,
    safetensors), metrics, the log, the last sample grids, and a model card. Who uploads is known to
    the Hub's client (`hf auth login`, or `HF_TOKEN`).

    Args:
        run: a run folder.
        address: `hf://USER/NAME`; the repository is made where there is none.
        private: whether a repository that is made is private.

    Returns:
        The address of its page.

    Raises:
        InputError: if the address is not one.
        ResourceError: if `run` is no trained run, `keras-ganzoo[hub]` is not installed, or it
            cannot be uploaded.
    """
    if not hub.is_on_hub(address):
        raise InputError(f"A run is pushed to hf://USER/NAME. Received: {address!r}")
    with tempfile.TemporaryDirectory() as temporary:
        small = write_small_run(open_run(run), Path(temporary) / "run", "float32")
        text = card(small, address, "ganzoo train config.yaml", f"ganzoo evaluate {address}")
        (small.folder / CARD).write_text(f"{_front_matter(small.config().model)}\n{text}")
        return hub.upload(small.folder, address, private, "A run of ganzoo")


def _front_matter(model):
    """Returns what the Hub reads of a card: how the repository is found."""
    return f"---\nlibrary_name: ganzoo\ntags:\n- gan\n- {model}\n- keras\n---\n"
