"""Something to do as soon as another package is imported, by whoever imports it."""

import importlib.abc
import importlib.util
import sys
from collections.abc import Callable


def when_imported(module: str, then: Callable[[], object]) -> None:
    """Calls `then` after a module is imported: at once, if it has been already."""
    if module in sys.modules:
        then()
    else:
        sys.meta_path.insert(0, _Watcher(module, then))


class _Watcher(importlib.abc.MetaPathFinder):
    """Finds one module, as the finders after this one do, and does something after its code ran."""

    def __init__(self, module, then):
        self._module = module
        self._then = then
        self._searching = False

    def find_spec(self, fullname, path=None, target=None):
        if fullname != self._module or self._searching:
            return None
        self._searching = True  # what follows asks all finders, this one too
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._searching = False
        if spec is not None and spec.loader is not None:
            run = spec.loader.exec_module

            def run_and_tell(module):
                run(module)
                self._then()

            spec.loader.exec_module = run_and_tell
        return spec
