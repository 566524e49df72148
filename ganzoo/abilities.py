"""What a model can do, asked of the model itself: not of its class, and not of its batch format.

Metrics, commands and exports that work on several kinds of models ask here.
"""

from dataclasses import dataclass

from ganzoo.batch_formats import batch_format


@dataclass(frozen=True)
class Abilities:
    """What a model, or an export of one, can do.

    Attributes:
        samples: whether it makes images of latents, which it draws from seeds.
        encodes: whether it finds the latents of images by itself (`encode`).
        num_classes: of a model whose images are of a class, how many there are; otherwise None.
        class_names: their names, where the data that it was trained on has them.
        attributes: the names of those that a model's images are of; otherwise none.
        directions: in which it translates images: none, `("ab",)` or `("ab", "ba")`.
        has_targets: whether a batch has the right result of each input.
    """

    samples: bool
    encodes: bool
    num_classes: int | None
    class_names: tuple[str, ...]
    attributes: tuple[str, ...]
    directions: tuple[str, ...]
    has_targets: bool

    @property
    def translates(self) -> bool:
        """Whether it makes images of images, or of label maps."""
        return bool(self.directions)

    @property
    def takes_labels(self) -> bool:
        """Whether each of its images is of a label: a class or attributes."""
        return self.num_classes is not None or bool(self.attributes)


def abilities_of(model) -> Abilities:
    """Returns what a model, a class of models or an `ExportedModel` can do."""
    attributes = tuple(getattr(model, "attributes", ()))
    of_batches = getattr(model, "batch_format", None)  # which an export has none of
    return Abilities(
        samples=hasattr(model, "latents_of_seeds"),
        encodes=hasattr(model, "encode"),
        num_classes=None if attributes else getattr(model, "num_classes", None),
        class_names=() if attributes else tuple(getattr(model, "class_names", ())),
        attributes=attributes,
        directions=tuple(model.directions) if hasattr(model, "translate") else (),
        has_targets=of_batches is not None and batch_format(of_batches).is_paired,
    )
