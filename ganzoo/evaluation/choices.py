"""Which metrics there are for which model: for what it can do."""

from collections.abc import Sequence

from ganzoo.abilities import Abilities, abilities_of
from ganzoo.errors import InputError, unknown

FEATURE_METRICS = ("fid", "kid", "inception_score", "manifold")  # of an extractor's features
ENCODING_METRICS = ("reconstruction", "feature_reconstruction", "encoding_neighbours")
GARMENTS = {"sample", "fashion_mnist"}
HIGHER_IS_BETTER = {"inception_score", "manifold", "parzen", "encoding_neighbours"}


def metrics_of(abilities: Abilities) -> tuple[str, ...]:
    """Returns the names of the metrics that a model with these abilities can be measured by."""
    compares_pairs = abilities.translates and abilities.has_targets
    return (
        *(("paired",) if compares_pairs else ()),
        *FEATURE_METRICS,
        *(("swd", "parzen", "memorisation") if abilities.samples else ()),
        *(ENCODING_METRICS if abilities.encodes else ()),
        *(("class_diversity",) if abilities.samples and abilities.num_classes else ()),
        *(("noise_diversity",) if compares_pairs else ()),
        *(("cycle",) if len(abilities.directions) == 2 else ()),
    )


def default_metrics(abilities: Abilities) -> tuple[str, ...]:
    """Returns the metrics that are measured where none is asked for."""
    if "paired" in metrics_of(abilities):
        return ("paired",)
    return ("fid", "kid", "cycle") if "cycle" in metrics_of(abilities) else ("fid", "kid")


def default_extractor(dataset: str) -> str:
    """Returns the feature extractor for a dataset where none is asked for.

    It depends on the dataset alone, not on what this machine has, so that one run's figures are
    always by one network.
    """
    return "garments" if dataset in GARMENTS else "inception"


def check_metrics(names: Sequence[str] | None, model) -> tuple[str, ...]:
    """Returns the names of metrics, each once, or the defaults of a model.

    Args:
        names: metrics; None for the defaults.
        model: the model, or its class.

    Raises:
        InputError: if there is no name, or one is not a metric for such a model.
    """
    abilities = abilities_of(model)
    if names is None:
        return default_metrics(abilities)
    for name in names:
        if name not in metrics_of(abilities):
            whose = model.__name__ if isinstance(model, type) else type(model).__name__
            raise unknown(f"metric of {whose}", name, metrics_of(abilities))
    if not names:
        raise InputError(f"There must be a metric to measure. Received: {names!r}")
    return tuple(dict.fromkeys(names))
