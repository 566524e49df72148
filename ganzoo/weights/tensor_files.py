"""Files with weights, read by what they are and not by what they are called."""

import os
import zipfile

import numpy as np

from ganzoo.errors import InputError, ResourceError
from ganzoo.saving.files import path_of
from ganzoo.saving.pth import read_pth
from ganzoo.saving.safetensors import is_safetensors, read_safetensors

# Put before all names of a state dict by what trained the network.
WRAPPERS = ("module.", "_orig_mod.")


def read_tensors(path: str | os.PathLike) -> dict[str, np.ndarray]:
    """Returns the tensors of a PyTorch or safetensors file, in PyTorch's layout, by name.

    Raises:
        ResourceError: if there is no such file, or it cannot be read.
        InputError: if it is of another format, is incomplete, or would have to be run to be read.
    """
    path = path_of(path)
    if not path.is_file():
        raise ResourceError(f"There is no file with weights there. Received: {str(path)!r}")
    try:
        if not zipfile.is_zipfile(path) and is_safetensors(path):
            return read_safetensors(path)
    except OSError as error:
        raise ResourceError(
            f"Weights cannot be read: {error.strerror}. Received: {str(path)!r}"
        ) from error
    return read_pth(path)


def state_dicts(tensors: dict[str, np.ndarray]) -> dict[str, dict[str, np.ndarray]]:
    """Returns the state dicts that a file may hold, by the name of what holds them.

    A file is a state dict itself, named `""`, or has some side by side, such as `G` and `G_ema`, or
    `state_dict` and `optimizer`. What `DataParallel` and `torch.compile` put in front of all names
    is taken away.
    """
    dicts = {"": tensors}
    for name, values in tensors.items():
        holder, dot, rest = name.partition(".")
        if dot:
            dicts.setdefault(holder, {})[rest] = values
    return {holder: _unwrapped(state) for holder, state in dicts.items()}


def _unwrapped(state):
    for wrapper in WRAPPERS:
        if state and all(name.startswith(wrapper) for name in state):
            return _unwrapped({k.removeprefix(wrapper): v for k, v in state.items()})
    return state


def check_finite(state: dict[str, np.ndarray], path) -> None:
    """Raises InputError if a weight is NaN or infinite."""
    for name, values in state.items():
        if values.dtype.kind == "f" and not np.isfinite(values).all():
            raise InputError(f"Weights are NaN or infinite: {name}. Received: {str(path)!r}")
