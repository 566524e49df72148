"""The laws that take minutes are slow tests."""

import pytest

from ganzoo.testing import SlowModelLaws


def pytest_collection_modifyitems(items):
    for item in items:
        if item.cls is not None and hasattr(SlowModelLaws, item.originalname):
            item.add_marker(pytest.mark.slow)
