"""The metadata of an export: `export.json` for programs, and `model_card.md` for people."""

import csv
import datetime
import importlib.metadata
import inspect
import sys
from pathlib import Path

from ganzoo import __version__, serving
from ganzoo.config import pretrained
from ganzoo.config.catalog import list_datasets
from ganzoo.models.base import GANModel
from ganzoo.runs.folder import Run


def training_facts(model: GANModel, run: Run) -> dict:
    """Returns what is known of a run's training: paper, data and its terms, steps, metrics."""
    dataset = run.config().values["dataset"]
    known = {entry.name: entry.terms for entry in list_datasets()}
    citation = (sys.modules[type(model).__module__].__doc__ or "").split("\n\n")[1:2]
    summary = inspect.getdoc(type(model)).splitlines()[0]
    return {
        "model": type(model).__name__,
        "summary": summary,
        "paper": " ".join("".join(citation).split()) or summary,
        "dataset": dataset,
        "dataset_terms": known.get(
            dataset, "not known to ganzoo; they are those of the images' owners"
        ),
        "run": pretrained.name_of(run.folder) or str(run.folder),
        "step": int(model.step.numpy()),
        "weights": sum(network.count_params() for network in model.samplers),
        "moving_average": bool(model.moving_average or model.moving_average_half_life),
        "losses": _last_logged(run),
        "metrics": run.results(),
    }


def metadata(
    model: GANModel, run: Run, target: Path, format: str, jit: bool, proof: dict,
    warmup_requests: int,
) -> dict:  # fmt: skip
    """Returns the content of `export.json`.

    Args:
        model: the exported model.
        run: its run.
        target: the version's folder.
        format, jit: as `export` takes them.
        proof: as `GANModel.export` returns it.
        warmup_requests: the number of warm-up requests.
    """
    endpoints = serving.live_endpoints(model)
    return {
        "name": target.parent.name,
        "version": int(target.name),
        **training_facts(model, run),
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


def model_card(info: dict, run: Run) -> str:
    """Returns the model card: paper, data, training, metrics, signatures, licences, settings.

    Args:
        info: as `metadata` returns it.
        run: the run that was exported.
    """
    compiled = ", compiled by XLA" if info["jit"] else ""
    return f"""# {info["name"]}, version {info["version"]}

{info["model"]}: {info["summary"]} This export has the generators only, no discriminator; made with
ganzoo {info["versions"]["ganzoo"]} on {info["created"][:10]}.

* Paper: {info["paper"]}
* Data: {info["dataset"]}
* Training: {info["step"]} steps; run `{info["run"]}`; weights: {info["weights"]:,}, \
{weights_in_words(info)}
* Computes in {info["computes_in"]}{compiled}

## Metrics

{metrics_in_words(info)}

## Signatures

{_signatures(info)}

## Proof

Each signature was compared with the model on the same inputs. The largest difference, of floats in
[-1, 1] or of pixels in 0 to 255:

{_proof(info)}

## Licences

* ganzoo, which made this: Apache-2.0.
* {terms_in_words(info)}

## Settings of the run

```yaml
{run.config().to_yaml().rstrip()}
```
"""


def weights_in_words(info: dict) -> str:
    """Returns which weights of the training these are."""
    return "their moving average" if info["moving_average"] else "as training left them"


def metrics_in_words(info: dict) -> str:
    """Returns a list of metrics, with their protocols, and of the last losses."""
    lines = [
        f"* {result['metric']} at step {result['step']}: {_listed(result['values'])}; "
        f"protocol: {_listed(result['protocol'])}"
        for result in info["metrics"]
    ]
    if info["losses"]:
        lines.append(f"* The log's last line: {_listed(info['losses'])}")
    return "\n".join(lines or ["None were recorded."])


def terms_in_words(info: dict) -> str:
    """Returns what the terms of the data mean for weights and images."""
    return f"""The images it was trained on: {info["dataset_terms"]}. Whether and how weights and
  generated images may be used depends on these terms; ganzoo grants nothing of them."""


def _signatures(info):
    rows = [("signature", "", "name", "type", "shape", ""), ["---"] * 6]
    for name, signature in info["signatures"].items():
        for kind in ("inputs", "outputs"):
            for tensor, spec in signature[kind].items():
                shape = ", ".join("any" if n is None else f"{n}" for n in spec["shape"])
                rows.append((name, kind[:-1], tensor, spec["dtype"], shape, spec["meaning"]))
    return _table(rows)


def _proof(info):
    rows = [("signature", "difference", "limit"), ["---"] * 3]
    for name, result in info["proof"].items():
        rows.append((name, f"{result['max_difference']:.2g}", f"{result['limit']:.2g}"))
    return _table(rows)


def _table(rows):
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _listed(values):
    return ", ".join(
        f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in values.items()
    )


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
