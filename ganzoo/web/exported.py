"""`export_page`: the page of a run without a server, for a static host or a mail."""

import base64
import json
import os
import shutil
from importlib import resources
from pathlib import Path

from ganzoo import serving
from ganzoo.errors import InputError, ResourceError
from ganzoo.exporting.card import metrics_in_words, terms_in_words, training_facts, weights_in_words
from ganzoo.inference.saved_directions import load_direction
from ganzoo.inference.sources import background_of
from ganzoo.randomness.priors import Normal, Uniform
from ganzoo.runs.loading import load_run
from ganzoo.saving.files import folder_written_atomically
from ganzoo.web import translations
from ganzoo.web.exported_networks import most_pixels, own_networks, write_onnx_networks
from ganzoo.web.shown import Shown

MOST_EXAMPLES = translations.EXAMPLES
RUNTIME = ("ort.wasm.min.js", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
SCRIPTS = ("noise.js", "network.js", "exported.js", "canvas.js", "page.js")
POLICY = (  # of one file; a folder's page also loads its network and the runtime from there
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; media-src blob:; base-uri 'none'; form-action 'none'"
)
POLICY_OF_FOLDER = (
    POLICY.replace("script-src", "script-src 'self' 'wasm-unsafe-eval'") + "; connect-src 'self'"
)


def export_page(
    run: str | os.PathLike,
    path: str | os.PathLike,
    *,
    runtime: str | os.PathLike | None = None,
    examples: int = 0,
    checkpoint: str = "newest",
) -> Path:
    """Writes the page of a run as a folder that any static host serves.

    By itself `index.html` is all of it, and can be opened as a file: our own JavaScript computes
    the network. That is for small models, of the layers that it has. With `runtime` the folder gets
    the networks as ONNX and onnxruntime-web, which computes any layers and is faster; browsers load
    these from a server alone. `README.md` is the card, and what a Hugging Face Space reads.

    Kernels are float16 in the file where that changes no pixel by more than one level of 255, and
    float32 otherwise.

    Args:
        run: a run folder, or the name of a pretrained run.
        path: the folder to write, which does not exist yet.
        runtime: a folder of onnxruntime-web (`npm pack onnxruntime-web`, unpacked), or its `dist`.
        examples: of a model that translates, how many pictures of the data's held-out split go into
            the page, where whoever has it sees them; at most 64.
        checkpoint: `"newest"`, or `"best"` as training was evaluated.

    Returns:
        `path`.

    Raises:
        InputError: if there is a layer that the JavaScript does not have, or the network is too
            large for it, and no `runtime` is given; or if the page cannot show such a model.
        ResourceError: if `run` is no trained run, its data is not here and examples are asked for,
            `runtime` is no such folder, or the folder is there already or cannot be written.
    """
    target = Path(path)
    if not 0 <= examples <= MOST_EXAMPLES:
        raise InputError(f"There can be 0 to {MOST_EXAMPLES} examples. Received: {examples}")
    if target.exists():
        raise ResourceError(f"Cannot export over something that exists. Received: {str(path)!r}")
    of_runtime = _runtime_files(runtime) if runtime is not None else []
    shown = Shown(run)
    if shown.run is None:
        raise InputError(f"A page is exported of a run, not of an export. Received: {str(run)!r}")
    model = shown.model() if checkpoint == "newest" else load_run(shown.folder, checkpoint)
    if model.dtype_policy.compute_dtype != "float32":
        model = serving.at_precision(model, "float32")
    facts = _facts(shown, model, examples, checkpoint)
    with folder_written_atomically(target) as temporary:
        temporary.mkdir(exist_ok=True)
        if of_runtime:
            weights = {}
            facts |= {"networks": write_onnx_networks(model, temporary), "runtime": True}
            (temporary / "runtime").mkdir()
            for file in of_runtime:
                shutil.copyfile(file, temporary / "runtime" / file.name)
        else:
            networks = own_networks(model)
            facts["networks"] = {name: {"steps": each.steps} for name, each in networks.items()}
            facts["most_pixels"] = most_pixels(model, networks)
            weights = {name: each.weights for name, each in networks.items()}
        (temporary / "index.html").write_text(_html(facts, weights), "utf-8")
        (temporary / "README.md").write_text(_readme(model, shown), "utf-8")
    return target


def _runtime_files(runtime):
    """Returns the files of onnxruntime-web that a page needs."""
    folders = [Path(runtime), Path(runtime) / "dist", Path(runtime) / "package" / "dist"]
    for folder in folders:
        if all((folder / name).is_file() for name in RUNTIME):
            return [folder / name for name in RUNTIME]
    raise ResourceError(
        f"Not a folder of onnxruntime-web, which has {', '.join(RUNTIME)} in it or in dist; "
        f"`npm pack onnxruntime-web` fetches one. Received: {str(runtime)!r}"
    )


def _facts(shown, model, examples, checkpoint) -> dict:
    """Returns what the page's script is given, but its networks: JSON."""
    able, sides = shown.abilities, "ab"
    facts = shown.facts() | {"steps": [], "step": int(model.step.numpy()), "examples": examples}
    given = {
        "facts": facts,
        "source": shown.source,
        "checkpoint": None if checkpoint == "newest" else checkpoint,
        "runtime": False,
        "most_pixels": 16_000_000,
    }
    if able.samples:
        return given | {
            "latents": _latents(model),
            "directions": {
                name: load_direction(shown.folder, name).vector.tolist()
                for name in facts["directions"]
            },
        }
    if getattr(model, "input_classes", None) is not None:
        raise InputError(
            "An exported page takes pictures, not label maps; `ganzoo web` takes both. "
            f"Received: {shown.source!r}"
        )
    multiple, smallest = model.size_rule
    red, green, blue = background_of(shown.folder)
    return given | {
        "multiple": multiple,
        "smallest": smallest,
        "background": f"rgb({red} {green} {blue})",
        "input_channels": model.samplers[0].inputs[0].shape[-1],
        "palette": _palette(shown),
        "examples": {
            side: [
                base64.b64encode(translations.example(shown, number, side).content).decode()
                for number in range(examples)
            ]
            for side in sides[: max(1, len(able.directions))]
        },
    }  # fmt: skip


def _latents(model):
    space = model.latent_space
    if type(space) not in (Normal, Uniform) or model.latent_shape != (model.latent_dim,):
        raise InputError(
            "An exported page draws latents from a normal or uniform prior. "
            f"Received: {type(model).__name__}, {space}"
        )
    bounds = {} if isinstance(space, Normal) else {"low": space.low, "high": space.high}
    return bounds | {
        "distribution": type(space).__name__,
        "size": model.latent_dim,
        "mean": space.mean,
        "path": space.path,
    }


def _palette(shown):
    """Returns the colours of the data's inputs; black and white, where it is not here."""
    try:
        shown.check_data()
    except ResourceError:
        return ["#ffffff", "#000000"]
    return translations.palette(shown)


def _html(facts, weights):
    """Returns the page: index.html as it is served, with everything that it loads inside."""
    folder = resources.files("ganzoo.web") / "assets"
    head, end_of_head, body = folder.joinpath("index.html").read_text("utf-8").partition("</head>")
    kept = [line for line in head.splitlines() if "%QUERY%" not in line]
    kept.append(f"<style>\n{folder.joinpath('page.css').read_text('utf-8')}</style>")
    policy = POLICY_OF_FOLDER if facts["runtime"] else POLICY
    kept.insert(3, f'<meta http-equiv="Content-Security-Policy" content="{policy}">')
    told = json.dumps(facts).replace("<", "\\u003c")
    parts = [f'<script type="application/json" id="exported">{told}</script>']
    for name, content in weights.items():
        text = base64.b64encode(content).decode()
        parts.append(f'<script type="application/octet-stream" id="weights-{name}">{text}</script>')
    if facts["runtime"]:
        parts.append(f'<script src="runtime/{RUNTIME[0]}"></script>')
    parts += [f"<script>\n{folder.joinpath(name).read_text('utf-8')}</script>" for name in SCRIPTS]
    before, end, after = body.partition("</body>")
    return "\n".join([*kept, end_of_head]) + before + "\n".join(parts) + "\n" + end + after


def _readme(model, shown):
    """Returns the card, whose head a Hugging Face Space reads."""
    info = training_facts(model, shown.run)
    name = shown.source if info["run"] == shown.source else shown.run.name
    return f"""---
title: {json.dumps(f"{info['model']}: {name}")}
sdk: static
app_file: index.html
---

# {name}

{info["model"]}: {info["summary"]} `index.html` is its page, by `ganzoo export --format page`.

* Paper: {info["paper"]}
* Data: {info["dataset"]}
* Training: {info["step"]:,} steps; weights: {info["weights"]:,}, {weights_in_words(info)}

## Metrics

{metrics_in_words(info)}

## Licences

* ganzoo, which made this: Apache-2.0.
* onnxruntime-web, where there is a folder `runtime`: MIT, Microsoft Corporation.
* {terms_in_words(info)}
"""
