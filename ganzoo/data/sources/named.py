"""A name that TensorFlow Datasets knows -> examples, downloaded and prepared if need be."""

import re
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from ganzoo import batch_formats
from ganzoo.batch_formats import Attributes, BatchFormat, Kind, Labels
from ganzoo.batch_formats.attributes import columns_of
from ganzoo.data.sources.decoding import decoded
from ganzoo.data.sources.source import Source
from ganzoo.data.tfds.preparing import ensure_prepared, open_builder
from ganzoo.errors import InputError, listed, unknown


class TfdsSource(Source):
    """A split of a prepared TensorFlow Dataset.

    Args:
        builder: the prepared `tfds.core.DatasetBuilder`.
        name: what messages call the source.
        split: as TFDS has it, such as `"train[:10%]"`.
        features: the path of the feature for each part, such as `{"labels": "attributes/Smiling"}`;
            for attributes a tuple of the paths of all of them.
        kinds: of the parts of the format, by their names here.

    Raises:
        InputError: for an unknown split.
    """

    def __init__(self, builder, name: str, split: str, features: dict, kinds: dict[str, Kind]):
        try:
            size = builder.info.splits[split].num_examples
        except (KeyError, ValueError):
            raise unknown(f"split of {name!r}", split, builder.info.splits) from None
        shapes, identity = {}, f"{builder.data_dir}/{split}"
        classes = attributes = ()
        for part, path in features.items():
            if isinstance(path, tuple):
                shapes[part], identity = (len(path),), f"{identity}#{','.join(path)}"
                attributes = tuple(one.rpartition("/")[2] for one in path)
                continue
            kind = _feature(builder.info.features, path)
            shapes[part] = kind.shape
            if kind.shape == ():
                classes = tuple(getattr(kind, "names", ("false", "true")))
                if "#" in name:  # other labels are other examples to a cache
                    identity += f"#{path}"
        super().__init__(name, identity, size, shapes, classes, attributes)
        self._builder = builder
        self._split = split
        self._features = features
        self._kinds = kinds

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
        return dataset.enumerate().map(lambda n, features: (n, self._example(n, features)))

    def _example(self, position, features):
        where = tf.strings.join([f"{self.name} {self._split} ", tf.strings.as_string(position)])
        example = {}
        for part, path in self._features.items():
            if isinstance(path, tuple):
                bits = [tf.cast(_feature(features, one), tf.uint8) for one in path]
                example[part] = tf.stack(bits)
            else:
                value = _feature(features, path)
                value = value if value.shape.rank else tf.cast(value, tf.int64)
                example[part] = decoded(self._kinds[part], value, where)
        return example


def open_named(
    name: str, batch_format: BatchFormat, split: str, data_dir: str | None
) -> tuple[Source, ...]:
    """Returns a split of a TensorFlow Dataset.

    Parts that are pictures are its image features, in their order. Splits that differ by a last A
    or B, as those of `cycle_gan/*` do, are the domains of a format of independent parts. Its first
    class label is `labels`, or, of a name such as `celeb_a#Smiling`, the feature that is named
    there. What is true or false is an attribute.
    """
    dataset, _, label = name.partition("#")
    builder = open_builder(dataset, data_dir)
    features = _Features(builder, name)
    if label:
        features.labels = [_label_feature(builder, dataset, label)]
    attributes = batch_format.part_of(Attributes)
    if attributes is not None and features.attributes:
        features.choose_attributes(attributes.kind.names)
    ensure_prepared(builder)
    splits = builder.info.splits
    domains = [s[:-1] for s in splits if s.endswith("A") and f"{s[:-1]}B" in splits]
    _check_format(name, batch_format, features, domains)
    parts = features.of_parts(batch_format)
    kinds = {"labels": Labels()}  # which come with images alone, too
    kinds |= {part.source_name: part.kind for part in batch_format.parts}
    for part in batch_format.pictures:
        path = parts[part.source_name]
        part.kind.check_channels(_feature(builder.info.features, path).shape[-1], f"{name}/{path}")
    if not batch_format.independent:
        return (TfdsSource(builder, name, split, parts, kinds),)
    if re.match(r"\w*", split)[0] not in domains:
        raise unknown(f"split of {name!r}", split, domains)
    # train[:100] is that of each domain: trainA[:100] and trainB[:100].
    of_domains = [re.sub(r"^\w+", rf"\g<0>{domain}", split) for domain in "AB"]
    return tuple(TfdsSource(builder, f"{name}/{one}", one, parts, kinds) for one in of_domains)


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
        self.attributes = tuple(path for path, kind in _leaves(features) if _is_true_or_false(kind))
        self._name = name

    def choose_attributes(self, wanted: Sequence[str]) -> None:
        """Leaves the wanted attributes alone, by name or path, in that order; none for all.

        Raises:
            InputError: for one that is not there.
        """
        names = [path.rpartition("/")[2] for path in self.attributes]
        wanted = [name.rpartition("/")[2] if name in self.attributes else name for name in wanted]
        columns = columns_of(wanted, names, repr(self._name))
        self.attributes = tuple(self.attributes[column] for column in columns)

    def of_parts(self, batch_format: BatchFormat) -> dict[str, str | tuple[str, ...]] | None:
        """Returns {part of a source: the feature that it is}, None if a part has no feature."""
        images, labels, found = iter(self.images), iter(self.labels), {}
        for part in batch_format.parts:
            if part.source_name in found:  # the other side of a dataset of two
                continue
            of_kind = images if part.kind.is_picture else ()
            if isinstance(part.kind, Labels):
                of_kind = labels
            elif isinstance(part.kind, Attributes) and self.attributes:
                of_kind = [self.attributes]
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

    choices = [
        path
        for path, kind in _leaves(builder.info.features)
        if isinstance(kind, tfds.features.ClassLabel) or _is_true_or_false(kind)
    ]
    found = [path for path in choices if label in (path, path.rpartition("/")[2])]
    if len(found) != 1:
        raise unknown(f"label of {dataset!r}", label, choices)
    return found[0]


def _leaves(features, path=()):
    """Yields the path and the feature of all that are no dict of features themselves."""
    import tensorflow_datasets as tfds

    for key, kind in features.items():
        if isinstance(kind, tfds.features.FeaturesDict):
            yield from _leaves(kind, (*path, key))
        else:
            yield "/".join((*path, key)), kind


def _is_true_or_false(kind):
    return kind.shape == () and kind.np_dtype == np.bool_


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
