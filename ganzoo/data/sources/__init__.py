"""What is given as a dataset -> examples: one file for each kind of thing that can be given."""

from ganzoo.data.sources.opening import open_sources
from ganzoo.data.sources.source import Source

__all__ = [
    "Source",
    "open_sources",
]
