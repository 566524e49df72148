"""What a run is trained on, as far as it can be told again when the run goes on.

A fingerprint is the number of examples; of a folder also the name and the size in bytes of each
file; and a digest of what the batches are made of: all labels or attributes, and the pictures of up
to 512 examples, evenly spaced. It does not depend on where the data lies, or on its times.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from ganzoo.data.pipeline import Pipeline
from ganzoo.errors import listed

PICTURES = 512  # of a domain
LISTED = 20_000  # files by name; of more only what they come to is kept


def fingerprint(pipeline: Pipeline) -> dict:
    """Returns the fingerprint of a pipeline's data, of JSON values.

    Returns:
        `examples`, how many there are in each domain; `content`, a digest; `files`, their sizes by
        their names, or None where there are none, or too many; `listing`, a digest of those.
    """
    content = hashlib.sha256()
    for domain in pipeline.domains:
        for part in domain.evenly_spaced(PICTURES).values():
            content.update(np.ascontiguousarray(part).tobytes())
        for name, kind in domain.kinds.items():
            if not kind.is_picture:
                content.update(np.ascontiguousarray(domain.examples.array(name)).tobytes())
    files = pipeline.files
    listing = hashlib.sha256(repr(sorted(files.items())).encode("utf-8", "surrogateescape"))
    return {
        "examples": list(pipeline.sizes),
        "content": content.hexdigest(),
        "files": files if 0 < len(files) <= LISTED else None,
        "listing": listing.hexdigest() if files else None,
    }


def changes(before: dict, now: dict) -> Sequence[str]:
    """Returns in words how data differs from what it was; nothing where it is the same.

    Args:
        before, now: fingerprints.
    """
    if before == now:
        return []
    old, new = before.get("files") or {}, now.get("files") or {}
    if not (old and new):
        if before["examples"] == now["examples"]:
            return ["as many examples, of other content"]
        return [f"{_counts(now)} examples, and were {_counts(before)}"]
    groups = {
        "new": sorted(new.keys() - old.keys()),
        "gone": sorted(old.keys() - new.keys()),
        "of another size": sorted(
            name for name in old.keys() & new.keys() if old[name] != new[name]
        ),
    }
    found = [f"{len(names):,} {what} ({listed(names)})" for what, names in groups.items() if names]
    return found or ["the same files, of other content"]


def _counts(described):
    return " and ".join(f"{count:,}" for count in described["examples"])
