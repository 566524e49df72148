"""A name that TensorFlow Datasets knows -> examples, downloaded and prepared if need be."""

import re

import numpy as np
import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.batch_formats import BatchFormat, Labels
from ganzoo.data.sources.source import Source
from ganzoo.data.tfds.preparing import ensure_prepared, open_builder
from ganzoo.errors import InputError, listed, unknown


class TfdsSource(Source):
    """A split of a prepared TensorFlow Dataset.

    Args:
        builder: the prepared `tfds.core.DatasetBuilder`.
        name: what messages call the source.
        split: as TFDS has it, such as `"train[:10%]"`.
        features: the path of the feature for each part, such as `{"labels": "attributes/Smiling"}`.

    Raises:
        InputError: for an unknown split.
    """

    def __init__(self, builder, name: str, split: str, features: dict[str, str]):
        try:
            size = builder.info.splits[split].num_examples
        except (KeyError, ValueError):
            raise unknown(f"split of {name!r}", split, builder.info.splits) from None
        kinds = {part: _feature(builder.info.features, path) for part, path in features.items()}
        classes, identity = (), f"{builder.data_dir}/{split}"
        if "labels" in kinds:
            classes = tuple(getattr(kinds["labels"], "names", ("false", "true")))
            if "#" in name:  # other labels are other examples to a cache
                identity += f"#{features['labels']}"
        shapes = {part: kind.shape for part, kind in kinds.items()}
        super().__init__(name, identity, size, shapes, classes)
        self._builder = builder
        self._split = split
        self._features = features

    def examples(self):
        import tensorflow_datasets as tfds

        unused = [
            key
            for key, kind in self._builder.info.features.items()
            if isinstance(kind, tfds.features.Image) and key not in self._features.values()
        ]
        # One file after the other: the order of the examples is part of what a seed means.
        dataset = self._builder.as_dataset(
            self._split,
            shuffle_files=False,
            decoders=dict.fromkeys(unused, tfds.decode.SkipDecoding()),
            read_config=tfds.ReadConfig(interleave_cycle_length=1, try_autocache=False),
        )
        return dataset.map(self._example).enumerate()

    def _example(self, features):
        example = {part: _feature(features, path) for part, path in self._features.items()}
        if "labels" in example:
            example["labels"] = tf.cast(example["labels"], tf.int64)
        return example


def open_named(
    name: str, batch_format: BatchFormat, split: str, data_dir: str | None
) -> tuple[Source, ...]:
    """Returns a split of a TensorFlow Dataset.

    Parts that are pictures are its image features, in their order. Splits that differ by a last A
    or B, as those of `cycle_gan/*` do, are the domains of a format of independent parts. Its first
    class label is `labels`, or, of a name such as `celeb_a#Smiling`, the feature that is named
    there.
    """
    dataset, _, label = name.partition("#")
    builder = open_builder(dataset, data_dir)
    features = _Features(builder, name)
    if label:
        features.labels = [_label_feature(builder, dataset, label)]
    ensure_prepared(builder)
    splits = builder.info.splits
    domains = [s[:-1] for s in splits if s.endswith("A") and f"{s[:-1]}B" in splits]
    _check_format(name, batch_format, features, domains)
    parts = features.of_parts(batch_format)
    if not batch_format.independent:
        return (TfdsSource(builder, name, split, parts),)
    if re.match(r"\w*", split)[0] not in domains:
        raise unknown(f"split of {name!r}", split, domains)
    # train[:100] is that of each domain: trainA[:100] and trainB[:100].
    of_domains = [re.sub(r"^\w+", rf"\g<0>{domain}", split) for domain in "AB"]
    return tuple(TfdsSource(builder, f"{name}/{one}", one, parts) for one in of_domains)


class _Features:
    """The features of a dataset that parts can be made of, by path."""

    def __init__(self, builder, name):
        import tensorflow_datasets as tfds

        features = builder.info.features
        features = features if hasattr(features, "items") else {}
        images = [key for key, kind in features.items() if isinstance(kind, tfds.features.Image)]
        if not images:
            raise InputError(
                f"Dataset {name!r} has no image feature; it has: {listed(features)}. "
                "Choose one with images, such as 'celeb_a'"
            )
        self.images = [key for key in images if features[key].shape[-1] in (1, 3, 4)]
        if not self.images:
            raise InputError(
                f"The images of {name!r} must have 1, 3 or 4 channels. "
                f"Received: images {features[images[0]].shape}"
            )
        self.labels = [
            key for key, kind in features.items() if isinstance(kind, tfds.features.ClassLabel)
        ]

    def of_parts(self, batch_format: BatchFormat) -> dict[str, str] | None:
        """Returns {part of a source: the feature that it is}, None if a part has no feature."""
        images, labels, found = iter(self.images), iter(self.labels), {}
        for part in batch_format.parts:
            if part.source_name in found:  # the other side of a dataset of two
                continue
            of_kind = images if part.kind.is_picture else ()
            if isinstance(part.kind, Labels):
                of_kind = labels
            feature = next(iter(of_kind), None)
            if feature is None:
                return None
            found[part.source_name] = feature
        if found.keys() == {"images"} and self.labels:  # one cache for batches with and without
            found["labels"] = self.labels[0]
        return found


def _label_feature(builder, dataset, label):
    """Returns the path of a feature that is a class or true or false, of its name or path."""
    import tensorflow_datasets as tfds

    def leaves(features, path=()):
        for key, kind in features.items():
            if isinstance(kind, tfds.features.FeaturesDict):
                yield from leaves(kind, (*path, key))
            elif isinstance(kind, tfds.features.ClassLabel) or (
                kind.shape == () and kind.np_dtype == np.bool_
            ):
                yield "/".join((*path, key))

    choices = list(leaves(builder.info.features))
    found = [path for path in choices if label in (path, path.rpartition("/")[2])]
    if len(found) != 1:
        raise unknown(f"label of {dataset!r}", label, choices)
    return found[0]


def _feature(of, path):
    """Returns the feature at a path such as `attributes/Smiling`, of features or of an example."""
    for key in path.split("/"):
        of = of[key]
    return of


def _check_format(name, batch_format, features, domains):
    made = [
        declared.name
        for declared in map(batch_formats.batch_format, batch_formats.list_batch_formats())
        if features.of_parts(declared) and (domains or not declared.independent)
    ]
    if batch_format.name in made:
        return
    if batch_format.is_paired and domains:
        raise InputError(
            f"The images of {name!r} are unpaired: none belongs to another. For pairs take a "
            "'pix2pix/NAME' dataset, or a folder of A|B images. "
            f"Received: batch_format={batch_format.name!r}"
        )
    raise InputError(
        f"Dataset {name!r} gives batches of the formats {', '.join(made)}. "
        f"Received: batch_format={batch_format.name!r}"
    )
