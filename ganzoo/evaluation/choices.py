"""Which metrics there are for which kind of model."""

from collections.abc import Sequence

from ganzoo.errors import InputError, unknown

FEATURE_METRICS = ("fid", "kid", "inception_score", "manifold")  # of an extractor's features
_OF_SAMPLES = (*FEATURE_METRICS, "parzen", "memorisation")
METRICS = {  # by batch format
    "images": _OF_SAMPLES,
    "labelled": (*_OF_SAMPLES, "class_diversity"),
    "paired": ("paired", *FEATURE_METRICS, "noise_diversity"),
    "unpaired": (*FEATURE_METRICS, "cycle"),
}
DEFAULTS = {
    "images": ("fid", "kid"),
    "labelled": ("fid", "kid"),
    "paired": ("paired",),
    "unpaired": ("fid", "kid", "cycle"),
}
HIGHER_IS_BETTER = {"inception_score", "manifold", "parzen"}


def check_metrics(names: Sequence[str] | None, batch_format: str) -> tuple[str, ...]:
    """Returns the names of metrics, each once, or the defaults of a batch format.

    Args:
        names: metrics; None for the defaults.
        batch_format: a key of `METRICS`.

    Raises:
        InputError: if there is no name, or one is not a metric for models of the batch format.
    """
    if batch_format not in METRICS:
        raise InputError(
            f"Metrics are of models of the batch formats {', '.join(METRICS)}. "
            f"Received: {batch_format!r}"
        )
    if names is None:
        return DEFAULTS[batch_format]
    for name in names:
        if name not in METRICS[batch_format]:
            kind = f"metric of models of the batch format {batch_format!r}"
            raise unknown(kind, name, METRICS[batch_format])
    if not names:
        raise InputError(f"There must be a metric to measure. Received: {names!r}")
    return tuple(dict.fromkeys(names))
