"""What is in a file with weights, as text: to find the layout that it has, or where it differs."""

import os
import pickletools
import zipfile

from ganzoo.errors import InputError
from ganzoo.saving.files import path_of
from ganzoo.weights.layouts import LAYOUTS, NoFit
from ganzoo.weights.tensor_files import read_tensors, state_dicts

_STRINGS = {"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"}
_PUTS, _GETS = {"PUT", "BINPUT", "LONG_BINPUT"}, {"GET", "BINGET", "LONG_BINGET"}


def inspect_weights(path: str | os.PathLike) -> str:
    """Returns the names, shapes and types of a file's tensors, and the layouts that they fit.

    Of a pickle that is refused it names the functions and classes that the pickle asks for: it is
    read, and not run.

    Raises:
        ResourceError: if there is no such file, or it cannot be read.
        InputError: if it is no PyTorch or safetensors file.
    """
    path = path_of(path)
    try:
        tensors = read_tensors(path)
    except InputError as error:
        asked = sorted(_asked_for(path))
        if not asked:
            raise
        return "\n".join([str(error), "It asks for:", *(f"  {name}" for name in asked)])
    lines = [f"{name}  {tuple(values.shape)}  {values.dtype}" for name, values in tensors.items()]
    size = sum(values.size for values in tensors.values())
    lines.append(f"{len(tensors)} tensors, {size:,} numbers")
    return "\n".join([*lines, *_fits(tensors)])


def _fits(tensors):
    """Returns a line for each layout that fits; where none does, for each what is missing."""
    fits, faults = [], []
    for holder, state in state_dicts(tensors).items():
        for layout in LAYOUTS:
            where = f"{holder}: " if holder else ""
            try:
                settings = layout.read(state).settings
            except NoFit as error:
                if not holder:
                    faults.append(f"no {layout.name}: {error}")
                continue
            sizes = ", ".join(f"{name}={value}" for name, value in settings.items())
            fits.append(f"{where}fits --as {layout.model}, its {layout.name} ({sizes})")
    return fits or faults


def _asked_for(path):
    """Returns the names of all that a file's pickles ask for."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if m.filename.endswith("data.pkl")]
            # As `read_pth` has it: what is compressed can be of any size.
            stored = [m for m in members if m.compress_type == zipfile.ZIP_STORED]
            pickles = [archive.read(member) for member in stored]
    else:
        pickles = [path.read_bytes()]
    return {name for content in pickles for name in _globals(content)}


def _globals(content):
    """Yields the names that a pickle asks for, until it ends or is no pickle."""
    strings, memo = [], {}  # the last texts; texts by their number in the pickle's memo
    try:
        for opcode, argument, _ in pickletools.genops(content):
            if opcode.name == "GLOBAL":
                yield argument.replace(" ", ".")
            elif opcode.name == "STACK_GLOBAL" and len(strings) >= 2:
                yield ".".join(strings[-2:])
            elif opcode.name in _STRINGS:
                strings.append(argument)
            elif opcode.name == "MEMOIZE":
                memo[len(memo)] = strings[-1] if strings else ""
            elif opcode.name in _PUTS:
                memo[argument] = strings[-1] if strings else ""
            elif opcode.name in _GETS and argument in memo:
                strings.append(memo[argument])
    except ValueError:
        return  # its end, or that of what is a pickle
