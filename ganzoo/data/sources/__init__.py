"""What is given as a dataset -> examples: one file for each kind of thing that can be given."""

from ganzoo.data.sources.embedded import open_sample
from ganzoo.data.sources.named import open_named
from ganzoo.data.sources.source import Source, reversed_pairs
from ganzoo.errors import InputError

__all__ = ["Source", "open_sources", "reversed_pairs"]


def open_sources(
    dataset: str, batch_format: str, split: str, data_dir: str | None = None
) -> tuple[Source, ...]:
    """Returns a split as one source, or as two where the format is `unpaired`.

    What is not here yet is downloaded and prepared. The sources may have more parts than the
    format needs.

    Raises:
        InputError: for an unknown dataset or split, a dataset that does not make the format, or
            one without examples.
        ResourceError: if the data is not here and cannot be downloaded.
    """
    if dataset == "sample":
        sources = open_sample(batch_format, split)
    else:
        sources = open_named(dataset, batch_format, split, data_dir)
    for source in sources:
        if source.size == 0:
            raise InputError(f"There are no examples in {source.name!r}. Received: split={split!r}")
    return sources
