"""Which network of a model each file of weights holds."""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ganzoo.errors import InputError, unknown
from ganzoo.saving.files import path_of
from ganzoo.weights.layouts import LAYOUTS, Layout, NetworkWeights, NoFit
from ganzoo.weights.tensor_files import check_finite, read_tensors, state_dicts

NETWORKS = {
    "cyclegan": ("generator_ab", "generator_ba", "discriminator_a", "discriminator_b"),
    "pix2pix": ("generator", "discriminator"),
    "dcgan": ("generator", "discriminator"),
}
# How the authors' files are called, and which network that is. Their D_A is shown images of B.
_FILES_OF_CYCLEGAN = {
    "G_A": "generator_ab", "G_B": "generator_ba", "D_A": "discriminator_b",
    "D_B": "discriminator_a",
}  # fmt: skip


@dataclass(frozen=True)
class ImportedFile:
    """A file, and what was found in it.

    Attributes:
        path: the file's.
        holder: what holds the state dict in it, such as `"G_ema"`; `""` for the file itself.
        layout: the layout that fits.
        weights: as the layout reads them.
        network: the name of the model's network that they are of.
    """

    path: Path
    holder: str
    layout: Layout
    weights: NetworkWeights
    network: str

    def to_json(self) -> dict:
        """Returns what a run's `imported.json` says of the file."""
        with self.path.open("rb") as file:
            checksum = hashlib.file_digest(file, "sha256").hexdigest()
        return {
            "network": self.network,
            "file": self.path.name,
            "sha256": checksum,
            "bytes": self.path.stat().st_size,
            "layout": self.layout.name,
            "held_by": self.holder,
            "ignored": list(self.weights.ignored),
        }


def find_networks(files, model: str) -> list[ImportedFile]:
    """Returns what the files hold, each a network of the model.

    Args:
        files: as `import_weights` takes them.
        model: a model's name.
    """
    if model not in NETWORKS:
        raise unknown("model of weights to import", model, NETWORKS)
    if isinstance(files, (str, os.PathLike)):
        files = [files]
    named = files.items() if isinstance(files, Mapping) else ((None, path) for path in files)
    found = []
    for network, path in named:
        path = path_of(path)
        holder, layout, weights = _fitting(path, model)
        if network is not None and network not in NETWORKS[model]:
            raise unknown(f"network of {model}", network, NETWORKS[model])
        network = network or _network_of(path, layout, {file.network for file in found})
        if network in {file.network for file in found}:
            raise InputError(
                f"Two files hold the network {network}; name each, as in NETWORK=FILE. "
                f"Received: {str(path)!r}"
            )
        found.append(ImportedFile(path, holder, layout, weights, network))
    if not any(file.layout.side == "generator" for file in found):
        raise InputError(
            "A generator must be among the files. "
            f"Received: {', '.join(str(file.path) for file in found) or 'none'}"
        )
    return found


def _fitting(path, model):
    """Returns the holder, layout and weights of the one state dict in a file that fits a model."""
    fits, faults = {}, []
    for holder, state in state_dicts(read_tensors(path)).items():
        for layout in LAYOUTS:
            try:
                weights = layout.read(state)
            except NoFit as error:
                if layout.model == model and not holder:
                    faults.append(f"{layout.side}: {error}")
                continue
            check_finite(state, path)
            fits[holder, layout] = weights
    ours = {at: weights for at, weights in fits.items() if at[1].model == model}
    if not ours:
        others = {layout.model for _, layout in fits}
        hint = f"It fits {sorted(others)[0]!r}. " if others else ""
        raise InputError(
            f"The weights have no layout of {model!r} ({'; '.join(faults)}). {hint}"
            f"Received: {str(path)!r}"
        )
    if len(ours) > 1:  # what samples best, in the words of those who save both
        averages = [at for at in ours if at[0].lower().endswith("ema")]
        if len(averages) != 1:
            raise InputError(
                "The file holds several networks that fit: "
                f"{', '.join(holder for holder, _ in ours)}. Received: {str(path)!r}"
            )
        ours = {averages[0]: ours[averages[0]]}
    ((holder, layout), weights) = ours.popitem()
    return holder, layout, weights


def _network_of(path, layout, taken):
    """Returns the name of the network that a file is of."""
    if layout.model != "cyclegan":
        return layout.side
    for end, network in _FILES_OF_CYCLEGAN.items():
        if f"_{path.stem}".endswith(f"_{end}"):
            if not network.startswith(layout.side):
                raise InputError(
                    f"The name of the file says {end}, its weights are of a {layout.side}. "
                    f"Received: {str(path)!r}"
                )
            return network
    if layout.side == "generator" and "generator_ab" not in taken:
        return "generator_ab"
    raise InputError(
        "Which network it is must be said, as NETWORK=FILE or by G_A, G_B, D_A or D_B at the end "
        f"of the file's name. Received: {str(path)!r}"
    )
