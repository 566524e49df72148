"""The formats of a batch: each is one declaration of its parts, found by its name.

| name | parts |
|---|---|
| `images` | images |
| `labelled` | images, labels |
| `paired` | inputs, targets |
| `unpaired` | images_a, images_b, in an order each |
| `attributes` | images, attributes |
| `label_maps` | inputs, targets |

Images are float32 in [-1, 1], `(batch, height, width, channels)`; labels are int32 `(batch,)`;
attributes are float32 `(batch, count)` of 0.0 and 1.0; label maps, the inputs of `label_maps`, are
int32 `(batch, height, width)`.
"""

from dataclasses import dataclass, replace

from ganzoo.batch_formats.attributes import Attributes
from ganzoo.batch_formats.images import Images
from ganzoo.batch_formats.kinds import Kind
from ganzoo.batch_formats.label_maps import LabelMaps
from ganzoo.batch_formats.labels import Labels
from ganzoo.errors import InputError, unknown


@dataclass(frozen=True)
class Part:
    """One of the tensors of a batch.

    Args:
        name: such as `"images"`.
        kind: what it is a batch of.
        source_name: what a dataset's examples call it, where that is another name.
    """

    name: str
    kind: Kind
    source_name: str = ""

    def __post_init__(self):
        object.__setattr__(self, "source_name", self.source_name or self.name)


@dataclass(frozen=True)
class BatchFormat:
    """What an element of a dataset is: a tensor, or a tuple of as many as there are parts.

    Args:
        name: what models, `load_dataset` and messages call it.
        parts: in the order of the tuple.
        independent: whether the parts are streams of their own, as the two sides of an unpaired
            dataset: each is shuffled and augmented by itself.
        settings: the arguments of `load_dataset` that concern this format, and not every one.
    """

    name: str
    parts: tuple[Part, ...]
    independent: bool = False
    settings: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(part.name for part in self.parts)

    @property
    def pictures(self) -> tuple[Part, ...]:
        """The parts that are pictures, with a height and a width."""
        return tuple(part for part in self.parts if part.kind.is_picture)

    def part_of(self, kind: type[Kind]) -> Part | None:
        """Returns the first part of a kind; None if there is none."""
        return next((part for part in self.parts if isinstance(part.kind, kind)), None)

    @property
    def is_paired(self) -> bool:
        """Whether an example is two pictures of one thing: an input and its target."""
        return len(self.pictures) == 2 and not self.independent

    def with_settings(self, settings) -> "BatchFormat":
        """Returns the format with its kinds made definite by the settings of data.

        Args:
            settings: a `data.DataSettings`.
        """
        parts = (replace(part, kind=part.kind.with_settings(settings)) for part in self.parts)
        return replace(self, parts=tuple(parts))

    def with_kind(self, part: Part, kind: Kind) -> "BatchFormat":
        """Returns the format with another kind for one of its parts."""
        parts = (replace(one, kind=kind) if one is part else one for one in self.parts)
        return replace(self, parts=tuple(parts))

    def reversed(self) -> "BatchFormat":
        """Returns the format of a dataset in which the parts come the other way round."""
        return replace(self, parts=self.parts[::-1])


_formats: dict[str, BatchFormat] = {}


def register_batch_format(declared: BatchFormat) -> BatchFormat:
    """Makes a format known by its name, for models and `load_dataset`, and returns it.

    A plug-in calls it when it is imported.

    Raises:
        InputError: if another format has that name, or two of its parts have one name.

    Example:

    >>> from ganzoo.batch_formats import BatchFormat, Images, Labels, Part, register_batch_format
    >>> stereo = BatchFormat("stereo", (Part("left", Images()), Part("right", Images())))
    >>> register_batch_format(stereo).names
    ('left', 'right')
    """
    if _formats.get(declared.name, declared) != declared:
        raise InputError(
            "Another batch format of this name is registered already, with the parts "
            f"{', '.join(_formats[declared.name].names)}. Received: {declared.name!r}, with "
            f"{', '.join(declared.names)}"
        )
    if not declared.parts or len(set(declared.names)) < len(declared.parts):
        raise InputError(
            f"A batch format has parts, each with a name of its own. Received: {declared.names}"
        )
    _formats[declared.name] = declared
    return declared


def batch_format(name: str) -> BatchFormat:
    """Returns the format of a name.

    Raises:
        InputError: for an unknown name.
    """
    if name not in _formats:
        raise unknown("batch format", name, _formats)
    return _formats[name]


def list_batch_formats() -> list[str]:
    """Returns the names of all formats, in the order in which they were registered."""
    return list(_formats)


for _declared in (
    BatchFormat("images", (Part("images", Images()),)),
    BatchFormat("labelled", (Part("images", Images()), Part("labels", Labels()))),
    BatchFormat(
        "paired",
        (Part("inputs", Images("input_channels")), Part("targets", Images())),
        settings=("input_channels", "direction"),
    ),
    # Each side is a dataset of images.
    BatchFormat(
        "unpaired",
        (Part("images_a", Images(), "images"), Part("images_b", Images(), "images")),
        independent=True,
    ),
    BatchFormat(
        "attributes",
        (Part("images", Images()), Part("attributes", Attributes())),
        settings=("attributes",),
    ),
    BatchFormat(
        "label_maps",
        (Part("inputs", LabelMaps()), Part("targets", Images())),
        settings=("direction", "input_classes", "input_colors", "color_distance"),
    ),
):
    register_batch_format(_declared)
