"""The laws that every model keeps, as pytest classes, for the tests of plug-in packages too.

`docs/adding_a_model.md` shows how a package holds them against its model. It needs pytest.
"""

from ganzoo.testing.model_laws import ModelLaws, SlowModelLaws
from ganzoo.testing.model_under_test import ModelUnderTest

__all__ = ["ModelLaws", "ModelUnderTest", "SlowModelLaws"]
