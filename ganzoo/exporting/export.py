"""`export`: a run becomes a folder that a server loads."""

import json
import logging
import os
import re
from pathlib import Path

from ganzoo import serving
from ganzoo.config.settings import DTYPES
from ganzoo.errors import InputError, ResourceError, unknown
from ganzoo.exporting import server_files
from ganzoo.exporting.card import metadata, model_card
from ganzoo.runs.folder import open_run
from ganzoo.runs.loading import load_run
from ganzoo.saving.files import check_utf8, folder_written_atomically, path_of

logger = logging.getLogger(__name__)

FORMATS = ("savedmodel", "onnx")


def export(
    run: str | os.PathLike,
    path: str | os.PathLike,
    *,
    name: str | None = None,
    version: int | None = None,
    format: str = "savedmodel",
    precision: str | None = None,
    jit: bool = False,
    checkpoint: str = "newest",
) -> Path:
    """Exports the generators of a run in TensorFlow Serving's layout; a page is `export_page`'s.

    `path/name/version/` gets the SavedModel with all signatures of the model (or an ONNX file for
    each signature of floats), `model_card.md`, and `export.json` with the proof: how much each
    signature differs from the model. A SavedModel gets warm-up requests and batching parameters as
    well, and `path/models.config` the model's name. The version appears complete or not at all.

    Args:
        run: a run folder, or the name of a pretrained run.
        path: the folder of all models; the server sees it as `/models`.
        name: the model's name on the server; left out, the run folder's name, or
            that of the pretrained run, `dcgan-sample`.
        version: a number, at least 1; left out, one more than the highest existing one.
        format: `"savedmodel"` or `"onnx"`.
        precision: the type of number that networks compute in, `"float32"`, `"bfloat16"` or
            `"float16"`; left out, as in training.
        jit: whether XLA compiles the networks of a SavedModel.
        checkpoint: `"newest"`, or `"best"` as training was evaluated.

    Returns:
        `path/name/version`.

    Raises:
        InputError: for an invalid name, version, format or precision.
        ResourceError: if `run` is no trained run, the version exists already, something cannot be
            written, or the export does not answer as the model does.
    """
    if format not in FORMATS:
        raise unknown("export format", format, FORMATS)
    if precision is not None and precision not in DTYPES:
        raise unknown("precision", precision, DTYPES)
    source = open_run(run)
    name = source.name.replace("/", "-") if name is None else name
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise InputError(
            "A model's name on a server is letters, digits, dots, dashes and underscores; give "
            f"another one. Received: {name!r}"
        )
    home = path_of(path) / name
    check_utf8(home.absolute())
    target = home / str(_version(home, version, format))
    model = load_run(source.folder, checkpoint)
    if precision is not None:
        model = serving.at_precision(model, DTYPES[precision])

    with folder_written_atomically(target) as temporary:
        proof, warmup_requests = _write(model, temporary, name, format, jit)
        info = metadata(model, source, target, format, jit, proof, warmup_requests)
        (temporary / "export.json").write_text(json.dumps(info, indent=2) + "\n")
        (temporary / "model_card.md").write_text(model_card(info, source))
    if format == "savedmodel":
        server_files.add_to_models_config(home.parent, name)
    return target


def _version(home, version, format):
    """Returns the version to write, having checked that it can be."""
    there = [folder for folder in home.glob("*") if re.fullmatch("[0-9]+", folder.name)]
    if version is None:
        version = max((int(folder.name) for folder in there), default=0) + 1
    if not 1 <= version < 2**63:
        raise InputError(f"A version must be at least 1. Received: {version}")
    taken = next((folder for folder in there if int(folder.name) == version), None)
    if taken is not None:
        raise ResourceError(
            "That version is there already; leave it out for the next one. "
            f"Received: {str(taken)!r}"
        )
    # A server takes the highest number for the newest SavedModel.
    of_onnx = [folder for folder in there if not (folder / "saved_model.pb").exists()]
    if there and bool(of_onnx) != (format == "onnx"):
        raise ResourceError(
            "A model's versions are all SavedModels or all ONNX files; give another name. "
            f"Received: {format} for {str(home)!r}"
        )
    return version


def _write(model, folder, name, format, jit):
    """Writes the model's own files; returns the proof and the number of warm-up requests."""
    endpoints = serving.live_endpoints(model)
    if format == "onnx":
        proof = {}
        for endpoint in serving.onnx_endpoints(endpoints):
            file = "model.onnx" if endpoint == "serving_default" else f"{endpoint}.onnx"
            proof |= model.export(folder / file, "onnx", jit_compile=jit, endpoint=endpoint)
        return proof, 0
    proof = model.export(folder, jit_compile=jit)
    sizes = server_files.batch_sizes(endpoints)
    server_files.write_batching(folder, sizes)
    try:
        return proof, server_files.write_warmup(folder, name, endpoints, sizes)
    except ResourceError as error:
        logger.warning("Exported without warm-up requests. %s", error)
        return proof, 0
