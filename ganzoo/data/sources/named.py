"""A name that TensorFlow Datasets knows -> examples, downloaded and prepared if need be."""

import re

from ganzoo.batch_formats import BATCH_FORMATS
from ganzoo.data.preparing import ensure_prepared, open_builder
from ganzoo.data.sources.source import Source
from ganzoo.errors import InputError, listed, unknown


def open_named(
    name: str, batch_format: str, split: str, data_dir: str | None
) -> tuple[Source, ...]:
    """Returns a split of a TensorFlow Dataset.

    Its first image feature is `images`, its first two make `paired`, and splits that differ by a
    last A or B, as those of `cycle_gan/*` do, are the domains of `unpaired`.
    """
    builder = open_builder(name, data_dir)
    parts = _parts(builder, name)
    ensure_prepared(builder)
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

    unused = [
        key
        for key, kind in builder.info.features.items()
        if isinstance(kind, tfds.features.Image) and key not in parts.values()
    ]

    def examples():
        # One file after the other: the order of the examples is part of what a seed means.
        dataset = builder.as_dataset(
            split,
            shuffle_files=False,
            decoders=dict.fromkeys(unused, tfds.decode.SkipDecoding()),
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
        examples = dataset.map(lambda example: {part: example[key] for part, key in parts.items()})
        return examples.enumerate()

    shapes = {part: builder.info.features[key].shape for part, key in parts.items()}
    classes = tuple(builder.info.features[parts["labels"]].names) if "labels" in parts else ()
    return Source(name, f"{builder.data_dir}/{split}", size, shapes, examples, classes=classes)
