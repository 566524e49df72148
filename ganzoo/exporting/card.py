"""What an export says of itself: `export.json` for programs and `model_card.md` for people."""

import csv
import datetime
import importlib.metadata
import inspect
import sys

from ganzoo import __version__, serving
from ganzoo.catalog import list_datasets


def facts(model, run, target, format, jit, proof, warmup_requests) -> dict:
    """Returns what `export.json` holds.

    Args:
        model: what was exported.
        run: the `Run` that it is from.
        target: the version's folder.
        format, jit: as `export` takes them.
        proof: what `GANModel.export` returned.
        warmup_requests: how many were written.
    """
    dataset = run.config().values["dataset"]
    known = {entry.name: entry.terms for entry in list_datasets()}
    citation = (sys.modules[type(model).__module__].__doc__ or "").split("\n\n")[1:2]
    summary = inspect.getdoc(type(model)).splitlines()[0]
    endpoints = serving.live_endpoints(model)
    return {
        "name": target.parent.name,
        "version": int(target.name),
        "model": type(model).__name__,
        "summary": summary,
        "paper": " ".join("".join(citation).split()) or summary,
        "dataset": dataset,
        "dataset_terms": known.get(
            dataset, "not known to ganzoo; they are those of the images' owners"
        ),
        "run": str(run.folder),
        "step": int(model.step.numpy()),
        "weights": sum(network.count_params() for network in model.samplers),
        "moving_average": bool(model.moving_average),
        "losses": _last_logged(run),
        "metrics": run.results(),
        "format": format,
        "computes_in": model.dtype_policy.compute_dtype,
        "jit": jit,
        "warmup_requests": warmup_requests,
        "signatures": {name: _signature(endpoints[name]) for name in proof},
        "proof": proof,
        "versions": {
            "ganzoo": __version__,
            **{name: importlib.metadata.version(name) for name in ("tensorflow", "keras")},
        },
        "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def model_card(told: dict, run) -> str:
    """Returns the card: what the model is, what it was made of, and how it is asked.

    Args:
        told: what `facts` returned.
        run: the `Run` that it is from.
    """
    metrics = [
        f"* {result['metric']} at step {result['step']}: {_listed(result['values'])}; "
        f"protocol: {_listed(result['protocol'])}"
        for result in told["metrics"]
    ]
    if told["losses"]:
        metrics.append(f"* The log's last line: {_listed(told['losses'])}")
    signatures, proof = [], []
    for name, signature in told["signatures"].items():
        for kind in ("inputs", "outputs"):
            for tensor, of_it in signature[kind].items():
                shape = ", ".join("any" if n is None else f"{n}" for n in of_it["shape"])
                row = name, kind[:-1], tensor, of_it["dtype"], shape, of_it["meaning"]
                signatures.append("| " + " | ".join(f"{cell}" for cell in row) + " |")
        figures = told["proof"][name]
        proof.append(f"| {name} | {figures['max_difference']:.2g} | {figures['limit']:.2g} |")
    return "\n".join(
        [
            f"# {told['name']}, version {told['version']}",
            "",
            f"{told['model']}: {told['summary']} Only what samples is here, no discriminator; made "
            f"with ganzoo {told['versions']['ganzoo']} on {told['created'][:10]}.",
            "",
            f"* Paper: {told['paper']}",
            f"* Data: {told['dataset']}",
            f"* Training: {told['step']} steps; run `{told['run']}`; weights: {told['weights']:,}, "
            + ("their moving average" if told["moving_average"] else "as training left them"),
            f"* Computes in {told['computes_in']}" + (", compiled by XLA" if told["jit"] else ""),
            "",
            "## Metrics",
            "",
            *(metrics or ["None were recorded."]),
            "",
            "## Signatures",
            "",
            "| signature | | name | type | shape | |",
            "|---|---|---|---|---|---|",
            *signatures,
            "",
            "## Proof",
            "",
            "Each signature was asked what the model was asked. The largest difference, of floats",
            "in [-1, 1] or of pixels in 0 to 255:",
            "",
            "| signature | difference | limit |",
            "|---|---|---|",
            *proof,
            "",
            "## Licences",
            "",
            "* ganzoo, which made this: Apache-2.0.",
            f"* The images it was trained on: {told['dataset_terms']}. Whether and how weights and",
            "  generated images may be used depends on these terms; ganzoo grants nothing of them.",
            "",
            "## Settings of the run",
            "",
            "```yaml",
            run.config().to_yaml().rstrip(),
            "```",
            "",
        ]
    )


def _listed(values):
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _signature(endpoint):
    return {
        kind: {
            spec.name: {
                "dtype": spec.dtype.name,
                "shape": ["batch", *spec.shape[1:].as_list()],
                "meaning": endpoint.meanings[spec.name],
            }
            for spec in specs
        }
        for kind, specs in (("inputs", endpoint.inputs), ("outputs", endpoint.outputs))
    }


def _last_logged(run):
    """The last row of the run's log: step, epoch and losses."""
    if not run.log_path.exists():
        return {}
    with run.log_path.open(newline="") as file:
        return (list(csv.DictReader(file)) or [{}])[-1]
