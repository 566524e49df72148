"""ganzoo: a model zoo of generative adversarial networks for Keras 3 and TensorFlow.

Every public name is here. Each is loaded when it is first used, so that `import ganzoo` costs
nothing.
"""

import importlib
import sys

from ganzoo.import_hook import when_imported

__version__ = "0.1.0"

_HOMES = {
    "GANModel": "ganzoo.models.base",
    "GAN": "ganzoo.models.gan",
    "DCGAN": "ganzoo.models.dcgan",
    "CGAN": "ganzoo.models.cgan",
    "Pix2Pix": "ganzoo.models.pix2pix",
    "CycleGAN": "ganzoo.models.cyclegan",
    "register_model": "ganzoo.registry",
    "create_model": "ganzoo.registry",
    "list_models": "ganzoo.registry",
    "load_dataset": "ganzoo.data",
    "list_datasets": "ganzoo.catalog",
    "prepare_dataset": "ganzoo.data.preparing",
    "check_dataset": "ganzoo.checking",
    "list_presets": "ganzoo.presets",
    "load_config": "ganzoo.config",
    "train": "ganzoo.training",
    "resume": "ganzoo.training",
    "launch": "ganzoo.launching",
    "list_runs": "ganzoo.summaries",
    "compare": "ganzoo.comparing",
    "load_run": "ganzoo.runs",
    "load_model": "ganzoo.runs",
    "generate": "ganzoo.generation",
    "arithmetic": "ganzoo.latent_arithmetic",
    "find_direction": "ganzoo.directions",
    "train_classifier": "ganzoo.classifiers",
    "list_directions": "ganzoo.saved_directions",
    "project": "ganzoo.projection",
    "interpolate": "ganzoo.interpolation",
    "timelapse": "ganzoo.timelapses",
    "translate": "ganzoo.translation",
    "evaluate": "ganzoo.evaluation",
    "export": "ganzoo.exporting",
    "benchmark": "ganzoo.benchmarking",
    "DivergenceError": "ganzoo.errors",
    "InputError": "ganzoo.errors",
    "ResourceError": "ganzoo.errors",
}
_MODULES = (
    "callbacks",
    "config",
    "data",
    "demo",
    "images",
    "metrics",
    "models",
    "networks",
    "randomness",
)

__all__ = sorted([*_HOMES, "__version__", "callbacks", "metrics"])


def __getattr__(name):
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name in _MODULES:
        return importlib.import_module(f"ganzoo.{name}")
    raise AttributeError(f"module 'ganzoo' has no attribute {name!r}")


def __dir__():
    return sorted([*globals(), *_HOMES, *_MODULES])


if "keras" in sys.modules:
    # Keras imports nobody's classes when it loads a file, so whoever uses Keras gets them now.
    importlib.import_module("ganzoo.models")
# Nor does TensorFlow Datasets: from when it is imported, before or after ganzoo, it knows our sets.
when_imported("tensorflow_datasets", lambda: importlib.import_module("ganzoo.data.builders"))
