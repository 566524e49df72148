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
        has_prior: whether it states what these latents are drawn from.
        num_classes: of a model whose images are of a class, how many there are; otherwise None.
        directions: in which it translates images: none, `("ab",)` or `("ab", "ba")`.
        has_targets: whether a batch has the right result of each input.
    """

    samples: bool
    has_prior: bool
    num_classes: int | None
    directions: tuple[str, ...]
    has_targets: bool

    @property
    def translates(self) -> bool:
        """Whether it makes images of images, or of label maps."""
        return bool(self.directions)


def abilities_of(model) -> Abilities:
    """Returns what a model, a class of models or an `ExportedModel` can do."""
    of_batches = getattr(model, "batch_format", None)  # which an export has none of
    return Abilities(
        samples=hasattr(model, "latents_of_seeds"),
        has_prior=hasattr(model, "prior"),
        num_classes=getattr(model, "num_classes", None),
        directions=tuple(model.directions) if hasattr(model, "translate") else (),
        has_targets=of_batches is not None and batch_format(of_batches).is_paired,
    )
