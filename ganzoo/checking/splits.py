"""The same picture in two splits: what is measured on the one has been learnt from the other.

Pictures are the same where their decoded pixels are, whatever their files are called, and however
they are compressed without loss. Each is known by a hash of 64 bits. Those of one colour are passed
over, since they say nothing, and so are label maps.
"""

import contextlib
import re
from collections.abc import Sequence

import tensorflow as tf

from ganzoo.batch_formats import BatchFormat, LabelMaps, Part
from ganzoo.data.reading import read_through
from ganzoo.data.settings import DataSettings
from ganzoo.data.sources.opening import open_sources
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError
from ganzoo.images.ranges import with_channels

SPLITS = ("train", "validation", "test")


def shared_pictures(
    dataset: str, batch_format: BatchFormat, data: DataSettings, trained: Sequence[Source]
) -> tuple[dict[tuple[str, str], list[tuple[str, str]]], list[str]]:
    """Reads all splits that a dataset has, with progress.

    Args:
        dataset: as of `open_sources`.
        batch_format: with the settings of the data.
        data: these settings.
        trained: the sources of their split.

    Returns:
        For each two splits what messages call the pictures that both have, in the one and in the
        other; and the faults of files that cannot be read.
    """
    splits, faults = _splits(dataset, batch_format, data, trained), []
    if len(splits) < 2:
        return {}, faults
    read = {split: _read(sources, batch_format, faults) for split, sources in splits.items()}
    names = list(read)
    pairs = [(one, other) for n, one in enumerate(names) for other in names[n + 1 :]]
    common = {pair: _in_common(*(read[split] for split in pair)) for pair in pairs}
    return {pair: found for pair, found in common.items() if found}, faults


def _splits(dataset, batch_format, data, trained):
    """Returns the sources of all splits that are there, none of them twice."""
    base = re.match(r"\w*", data.split)[0]  # of train[:100]
    found = {} if base == "all" else {data.split: trained}
    for split in SPLITS:
        if split == base:
            continue
        with contextlib.suppress(InputError):  # it has no such split
            sources = open_sources(
                dataset, batch_format, split, data.data_dir, direction=data.direction
            )
            # A tenth that is held out has two names.
            identities = [[s.identity for s in others] for others in found.values()]
            if [source.identity for source in sources] not in identities:
                found[split] = sources
    return found


def _read(sources, batch_format, faults):
    """Returns (source, {hash: position}) for each part of each source that is a picture."""
    parts = dict.fromkeys(sources, batch_format.pictures)
    if batch_format.independent:
        parts = {s: (part,) for s, part in zip(sources, batch_format.pictures, strict=True)}
    found = []
    for source in sources:
        # Label maps may well be equal, such as empty ones, where their pictures are not.
        pictures = [part for part in parts[source] if not isinstance(part.kind, LabelMaps)]
        found += [(source, hashes) for hashes in _hashes(source, pictures, faults)]
    return found


def _hashes(source: Source, pictures: Sequence[Part], faults: list[str]) -> list[dict[bytes, int]]:
    """Returns for each part the hashes of its pictures, with the position of the first of each."""

    def described(example):
        found = {}
        for part in pictures:
            picture = with_channels(part.kind.drawn(example[part.source_name]), 3)
            content = tf.io.decode_raw(tf.io.serialize_tensor(picture), tf.uint8)
            is_flat = tf.reduce_all(picture == picture[:1, :1])
            found[part.name] = tf.fingerprint(content[None])[0], is_flat
        return found

    skipped, firsts, count = {}, {part.name: {} for part in pictures}, 0
    for added, parts in read_through(source, described, skip_bad=True, skipped=skipped):
        for name, (hashes, are_flat) in parts.items():
            for number, (digest, is_flat) in enumerate(zip(hashes, are_flat, strict=True), count):
                if not is_flat:
                    firsts[name].setdefault(digest.tobytes(), number)
        count += added
    faults += [skipped[position] for position in sorted(skipped)]
    readable = [position for position in range(source.size) if position not in skipped]
    return [
        {digest: readable[number] for digest, number in first.items()} for first in firsts.values()
    ]


def _in_common(one, other):
    pairs = {
        (mine.example_name(here[digest]), theirs.example_name(there[digest]))
        for (mine, here), (theirs, there) in zip(one, other, strict=True)
        for digest in here.keys() & there.keys()
    }
    return sorted(pairs)
