"""Which metrics there are for which kind of model."""

from collections.abc import Sequence

from ganzoo.errors import InputError, unknown

OF_SETS = ("fid", "kid", "inception_score", "manifold")  # of features of reals and fakes
_FROM_NOISE = (*OF_SETS, "parzen", "memorisation")
METRICS = {
    "images": _FROM_NOISE,
    "labelled": (*_FROM_NOISE, "class_diversity"),
    "paired": ("paired", *OF_SETS, "noise_diversity"),
    "unpaired": (*OF_SETS, "cycle"),
}
DEFAULTS = {
    "images": ("fid", "kid"),
    "labelled": ("fid", "kid"),
    "paired": ("paired",),
    "unpaired": ("fid", "kid", "cycle"),
}
HIGHER_IS_BETTER = {"inception_score", "manifold", "parzen"}


def check_metrics(names: Sequence[str] | None, batch_format: str) -> tuple[str, ...]:
    """Returns the metrics, or a kind of model's usual ones.

    Raises:
        InputError: for a metric that there is not for such models.
    """
    if names is None:
        return DEFAULTS[batch_format]
    for name in names:
        if name not in METRICS[batch_format]:
            kind = f"metric of models of the batch format {batch_format!r}"
            raise unknown(kind, name, METRICS[batch_format])
    if not names:
        raise InputError(f"There must be a metric to measure. Received: {names!r}")
    return tuple(dict.fromkeys(names))
