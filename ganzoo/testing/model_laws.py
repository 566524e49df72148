"""All laws of a model, in two classes: those that take seconds, and those that take minutes."""

from ganzoo.testing.exporting import ExportLaws
from ganzoo.testing.losses import LossLaws
from ganzoo.testing.sampling import SamplingLaws
from ganzoo.testing.saving import SavingLaws
from ganzoo.testing.sides import SideLaws
from ganzoo.testing.statements import StatementLaws
from ganzoo.testing.steps import CompiledStepLaws, StepLaws


class ModelLaws(StatementLaws, LossLaws, SideLaws, StepLaws, SavingLaws, SamplingLaws):
    """The laws that every model keeps, for a test class of a model to derive from.

    On two cores they take 5 to 15 s for a tiny model. One law compiles a step; in the others it
    runs eagerly.

    Example:

    >>> from ganzoo.testing import ModelLaws
    >>> class TestDCGAN(ModelLaws):
    ...     model = "dcgan"
    ...     arguments = {"image_shape": (8, 8, 1), "latent_dim": 4, "filters": 2}
    >>> TestDCGAN().new_model().moving_average
    0.5
    """


class SlowModelLaws(CompiledStepLaws, ExportLaws):
    """The laws that compile much: steps traced again and again, XLA, float16, the export.

    A class derives from it as from `ModelLaws`, and may derive from both.
    """
