"""A name that TensorFlow Datasets knows -> examples, downloaded and prepared if need be."""

import re
import socket
import urllib.parse
import urllib.request
from pathlib import Path

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, ResourceError, listed, unknown


def open_named(
    name: str, batch_format: str, split: str, data_dir: str | None
) -> tuple[Source, ...]:
    """Returns a split of a TensorFlow Dataset.

    Its first image feature is `images`, its first two make `paired`, and splits that differ by a
    last A or B, as those of `cycle_gan/*` do, are the domains of `unpaired`.
    """
    builder = _builder(name, data_dir)
    parts = _parts(builder, name)
    _prepare(builder)
    splits = builder.info.splits
    domains = [s[:-1] for s in splits if s.endswith("A") and f"{s[:-1]}B" in splits]
    _check_format(name, batch_format, parts, domains)
    of_format = BATCH_FORMATS["paired" if batch_format == "paired" else "labelled"]
    parts = {part: parts[part] for part in of_format if part in parts}
    if batch_format != "unpaired":
        return (_source(builder, name, split, parts),)
    if re.match(r"\w*", split)[0] not in domains:
        raise unknown(f"split of {name!r}", split, domains)
    # train[:100] is that of each domain: trainA[:100] and trainB[:100].
    of_domains = [re.sub(r"^\w+", rf"\g<0>{domain}", split) for domain in "AB"]
    return tuple(_source(builder, f"{name}/{one}", one, parts) for one in of_domains)


def _parts(builder, name):
    """Returns {part: the feature that it is} for every part that the features can be."""
    import tensorflow_datasets as tfds

    features = builder.info.features
    features = features if hasattr(features, "items") else {}
    images = [key for key, kind in features.items() if isinstance(kind, tfds.features.Image)]
    labels = [key for key, kind in features.items() if isinstance(kind, tfds.features.ClassLabel)]
    if not images:
        raise InputError(
            f"Dataset {name!r} has no image feature; it has: {listed(features)}. "
            "Choose one with images, such as 'celeb_a'"
        )
    usable = [key for key in images if features[key].shape[-1] in (1, 3, 4)]
    if not usable:
        raise InputError(
            f"The images of {name!r} must have 1, 3 or 4 channels. "
            f"Received: images {features[images[0]].shape}"
        )
    parts = dict(zip(BATCH_FORMATS["labelled"], usable[:1] + labels[:1], strict=False))
    if len(usable) > 1:
        parts |= dict(zip(BATCH_FORMATS["paired"], usable[:2], strict=True))
    return parts


def _check_format(name, batch_format, parts, domains):
    makes = {
        "images": True,
        "labelled": "labels" in parts,
        "paired": "targets" in parts,
        "unpaired": bool(domains),
    }
    if makes[batch_format]:
        return
    if batch_format == "paired" and domains:
        raise InputError(
            f"The images of {name!r} are unpaired: none belongs to another. For pairs take a "
            "'pix2pix/NAME' dataset, or a folder of A|B images. Received: batch_format='paired'"
        )
    formats = ", ".join(one for one, made in makes.items() if made)
    raise InputError(
        f"Dataset {name!r} gives batches of the formats {formats}. "
        f"Received: batch_format={batch_format!r}"
    )


def _source(builder, name, split, parts):
    import tensorflow_datasets as tfds

    try:
        size = builder.info.splits[split].num_examples
    except (KeyError, ValueError):
        raise unknown(f"split of {name!r}", split, builder.info.splits) from None

    def examples():
        # One file after the other: the order of the examples is part of what a seed means.
        dataset = builder.as_dataset(
            split,
            shuffle_files=False,
            decoders=tfds.decode.PartialDecoding(dict.fromkeys(parts.values(), True)),
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
        return dataset.map(lambda example: {part: example[key] for part, key in parts.items()})

    shapes = {part: builder.info.features[key].shape for part, key in parts.items()}
    return Source(name, f"{builder.data_dir}/{split}", size, shapes, examples)


def _builder(name, data_dir):
    import tensorflow_datasets as tfds

    if not re.fullmatch(r"\w+(/[\w.-]+)?(:[\w.]+)?", name, re.ASCII):
        raise InputError(
            "A dataset is 'sample' or the name of a TensorFlow Dataset, such as 'celeb_a' or "
            f"'cycle_gan/maps'. Received: {name!r}"
        )
    builder_name, _, config_name = name.partition(":")[0].partition("/")
    others = tfds.list_builders(with_community_datasets=False)
    if builder_name not in others:
        raise unknown("dataset", name, ["sample", *others])
    configs = [config.name for config in tfds.builder_cls(builder_name).BUILDER_CONFIGS]
    if config_name and config_name not in configs:
        raise unknown("dataset", name, [f"{builder_name}/{c}" for c in configs] or [builder_name])
    try:
        return tfds.builder(name, data_dir=data_dir)
    except (ValueError, AssertionError, ImportError, OSError) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise InputError(f"TFDS cannot open the dataset: {reason}. Received: {name!r}") from error


def _prepare(builder):
    """Downloads and prepares the dataset unless it is there; says what to do where it cannot."""
    if builder.is_prepared():
        return
    try:
        _require_network(builder)
        builder.download_and_prepare()
    except Exception as error:  # TFDS lets through whatever its downloads and parsers raise
        files = ", ".join(f"{info.filename} from {url}" for url, info in _missing(builder).items())
        advice = (
            f"Put {files} into TFDS's manual folder, {_downloads(builder) / 'manual'}, and run "
            "this again"
            if files
            else builder.MANUAL_DOWNLOAD_INSTRUCTIONS or "See the dataset's page in TFDS's catalog"
        )
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise ResourceError(
            f"TFDS could not download and prepare {builder.name!r}. {' '.join(advice.split())}. "
            f"Received: {reason[:300]}"
        ) from error


def _downloads(builder):
    root = Path(builder.data_dir).parents[builder.info.full_name.count("/")]
    return root / "downloads"


def _files(builder):
    """Returns {url: its file} of all that the builder may download; TFDS has None for no list."""
    return builder.url_infos or {}


def _missing(builder):
    """Returns {url: its file} of what is neither in the manual folder nor downloaded before."""
    from tensorflow_datasets.core.download import resource

    return {
        url: info
        for url, info in _files(builder).items()
        if not (_downloads(builder) / "manual" / info.filename).exists()
        and not any(
            (folder / resource.get_dl_fname(url, info.checksum)).exists()
            for folder in (_downloads(builder), _downloads(builder) / builder.name)
        )
    }


def _require_network(builder):
    """Fails at once where TFDS would go on trying for minutes with no network."""
    missing = _missing(builder)
    # Of several configurations only one is wanted, and its files may be those that are here.
    partly_here = len(builder.BUILDER_CONFIGS) > 1 and len(missing) < len(_files(builder))
    if partly_here or urllib.request.getproxies():
        return
    for url in map(urllib.parse.urlsplit, missing):
        port = url.port or {"http": 80, "https": 443}.get(url.scheme)
        if url.hostname and port:
            socket.create_connection((url.hostname, port), timeout=10).close()
